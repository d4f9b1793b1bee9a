import type { Config } from './config/schema.ts';
import type { Facts } from './facts/index.ts';
import { compact } from './fast/compact.ts';
import type { Lab } from './model/lab.ts';
import { groupOf } from './model/names.ts';
import type { Plan } from './model/plan.ts';
import type { Resource } from './model/resource.ts';
import type { Step } from './model/step.ts';
import { settle } from './resolve/lab.ts';
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

/** The plan of a lab in which everything is decided. */
export function planOf(lab: Lab, facts: Facts): Plan {
  const steps = stepsOf({ lab, facts }).filter((step) => step !== null);
  return { version: 1, name: lab.name, lab, steps };
}

/** What a plan makes and a command removes, in the order in which it is made; also what a living run has made. */
export function plannedResources({ steps }: Pick<Plan, 'steps'>): readonly Resource[] {
  return steps.flatMap(({ inherits = [], commands }) => [
    ...inherits,
    ...commands.flatMap(removableOf),
  ]);
}

/** The way back of a plan, when every command of it has run and no other run needs anything of it. */
export function wayBack(plan: Plan): readonly Step[] {
  const { name } = plan;
  return teardown(plannedResources(plan), {
    run: name,
    group: groupOf(name),
    order: orderOf(plan),
  });
}

/** How the run of a plan is undone. */
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
