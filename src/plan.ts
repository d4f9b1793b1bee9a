import type { Config } from './config/schema.ts';
import type { Facts } from './facts/index.ts';
import { compact } from './fast/compact.ts';
import type { Lab } from './model/lab.ts';
import { groupOf } from './model/names.ts';
import type { Plan } from './model/plan.ts';
import { programsOf } from './model/programs.ts';
import type { Resource } from './model/resource.ts';
import type { Command, Step } from './model/step.ts';
import { settle } from './resolve/lab.ts';
import { removeArgv } from './resources/index.ts';
import { removableOf } from './resources/removable-of.ts';
import { pipeline } from './steps/index.ts';
import type { Scope } from './steps/scope.ts';
import { type TeardownOrder, teardown } from './teardown.ts';

function stepsOf(scope: Scope): readonly (Step | null)[] {
  return pipeline.flatMap((section) => {
    if (section.each === 'network') {
      return scope.lab.networks.flatMap((network) =>
        section.steps.map((step) => step(network, scope)),
      );
    }
    return scope.lab.containers.flatMap((container) =>
      section.steps.flatMap((step) => {
        if (typeof step === 'function') return [step(container, scope)];
        return container.attachments.flatMap((attachment) =>
          step.eachInterface.map((inner) => inner(attachment, scope)),
        );
      }),
    );
  });
}

/** The plan of a lab whose addresses and names are all settled. */
export function planOf(lab: Lab, facts: Facts): Plan {
  const steps = stepsOf({ lab, facts }).filter((step) => step !== null);
  return { version: 1, name: lab.name, lab, steps };
}

/**
 * The resources of a plan that the way back removes, in the order in which the plan makes them. They include those
 * that another run has already made and shares.
 */
export function plannedResources({ steps }: Pick<Plan, 'steps'>): readonly Resource[] {
  return steps.flatMap(({ inherits = [], commands }) => [
    ...inherits,
    ...commands.flatMap(removableOf),
  ]);
}

/** The way back of a plan, if all its commands have run and no other run needs its resources. */
export function wayBack(plan: Plan): readonly Step[] {
  const { name } = plan;
  return teardown(plannedResources(plan), {
    run: name,
    group: groupOf(name),
    order: orderOf(plan),
  });
}

/** Every program that a plan starts, on the way there and back. */
export function programsIn(plan: Plan): readonly string[] {
  const commands = [...plan.steps, ...wayBack(plan)].flatMap((step) => step.commands);
  const removals = plannedResources(plan).map(
    (one): Command => ({ argv: removeArgv(one), makes: [] }),
  );
  const all = [...commands, ...commands.flatMap(({ batch = [] }) => batch), ...removals];
  return [...new Set(all.flatMap(programsOf))];
}

/** The order in which ctr undoes the run of a plan. */
export function orderOf({ oneByOne }: Pick<Plan, 'oneByOne'>): TeardownOrder {
  return oneByOne ? 'exact' : 'lanes';
}

/** Pure: the same config and facts give the same plan, byte for byte. */
export function makePlan(config: Config, facts: Facts): Plan {
  return planOf(settle(config, facts).lab, facts);
}

/** Pure: the plan of a lab in which everything is decided, in the form that was asked for. */
export function planOfLab(lab: Lab, facts: Facts, fast: boolean): Plan {
  const plan = planOf(lab, facts);
  return fast ? compact(plan) : plan;
}

/** Pure: the plan in the form that was asked for. */
export function planFor(config: Config, facts: Facts, fast: boolean): Plan {
  return planOfLab(settle(config, facts).lab, facts, fast);
}
