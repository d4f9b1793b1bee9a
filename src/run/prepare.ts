import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import { losses } from '../losses/index.ts';
import { project } from '../losses/project.ts';
import { CtrError, exitCodeFor, exitCodes, type Problem } from '../model/errors.ts';
import { own } from '../model/own.ts';
import type { Plan } from '../model/plan.ts';
import { madeBy } from '../model/step.ts';
import { planFor } from '../plan.ts';
import { settle } from '../resolve/lab.ts';
import type { Preflight } from '../resolve/preflight/findings.ts';
import { preflight, runTaken, unique } from '../resolve/preflight.ts';

/** Whether a bridge may go with this run: one that was there before it is somebody else's to remove. */
export function makesBridge(plan: Plan): boolean {
  return plan.steps.some(({ commands }) =>
    commands.flatMap(madeBy).some((one) => one.kind === 'link' && one.shared !== undefined),
  );
}

export function reservedBy(plan: Plan): Record<string, string[]> {
  const reserved: Record<string, string[]> = {};
  for (const { network, address } of plan.lab.containers.flatMap((one) => one.attachments)) {
    reserved[network.bridge] = [...(own(reserved, network.bridge) ?? []), address];
  }
  return reserved;
}

/** The error of a run that cannot come up, with everything that stands in its way. */
export function notReady(name: string, problems: readonly Problem[]): CtrError {
  return new CtrError(
    'host-not-ready',
    exitCodeFor(problems, exitCodes.notReady),
    {
      en: `cannot bring up ${name}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}, nothing was touched`,
      zh: `无法启动 ${name}：有 ${problems.length} 个问题，什么都没有改动`,
    },
    { problems },
  );
}

/** Another run of this user has the name: on this host, or in a sandbox host. */
export function nameTaken(name: string): CtrError {
  return notReady(name, [runTaken(name)]);
}

/** Everything that stands against a config on a host, as `plan` shows it and `up` refuses it. */
export async function judge(config: Config, facts: Facts): Promise<Preflight> {
  const { lab, warnings, problems } = settle(config, facts);
  const checked = preflight(lab, facts);
  const lost = await losses(lab, project(lab, facts));
  return {
    problems: [...problems, ...checked.problems],
    warnings: [...warnings, ...unique([...checked.warnings, ...lost])],
  };
}

/** Decides, and says everything that stands against it. */
export async function prepare(
  config: Config,
  fast: boolean,
  facts: Facts,
): Promise<{ readonly plan: Plan; readonly warnings: readonly Problem[] }> {
  const { problems, warnings } = await judge(config, facts);
  if (problems.length > 0) throw notReady(config.name, problems);
  return {
    plan: planFor(config, facts, fast),
    // What the config alone shows, validate and plan have said.
    warnings: warnings.filter(({ code }) => code !== 'W101'),
  };
}
