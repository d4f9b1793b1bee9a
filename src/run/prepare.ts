import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import { toolPackages } from '../facts/needed-tools.ts';
import { losses } from '../losses/index.ts';
import { project } from '../losses/project.ts';
import { publishes } from '../losses/quick-look.ts';
import { CtrError, exitCodeFor, exitCodes, type Problem } from '../model/errors.ts';
import { own } from '../model/own.ts';
import type { Plan } from '../model/plan.ts';
import { madeBy } from '../model/step.ts';
import { planFor, programsIn } from '../plan.ts';
import { settle } from '../resolve/lab.ts';
import type { Preflight } from '../resolve/preflight/findings.ts';
import { preflight, runTaken, unique } from '../resolve/preflight.ts';
import { hasIpv6 } from '../steps/ipv6.ts';
import { nftRulesOf, rulesOf } from '../steps/rules-of.ts';

/** Whether this run creates a bridge. A bridge that existed before is not this run's to remove. */
export function makesBridge(plan: Plan): boolean {
  return plan.steps.some(({ commands }) =>
    commands.flatMap(madeBy).some((one) => one.kind === 'link' && one.shared !== undefined),
  );
}

export function reservedBy(plan: Plan): Record<string, string[]> {
  const reserved: Record<string, string[]> = {};
  for (const { network, address, ipv6 } of plan.lab.containers.flatMap((one) => one.attachments)) {
    const own6 = ipv6 === undefined ? [] : [ipv6.address];
    reserved[network.bridge] = [...(own(reserved, network.bridge) ?? []), address, ...own6];
  }
  return reserved;
}

/** The error of a run that cannot come up, with every problem that prevents it. */
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

/** The error when another run of this user has the name, on this host or in a sandbox host. */
export function nameTaken(name: string): CtrError {
  return notReady(name, [runTaken(name)]);
}

/** Every problem of a config on a host: `plan` shows them, `up` refuses to run because of them. */
export async function judge(
  config: Config,
  facts: Facts,
  fast: boolean,
): Promise<Preflight & { readonly plan?: Plan }> {
  const { lab, warnings, problems } = settle(config, facts);
  // A lab with problems may have no plan.
  const plan = problems.length > 0 ? undefined : planFor(config, facts, fast);
  const checked = preflight(
    lab,
    facts,
    plan === undefined ? Object.keys(toolPackages) : programsIn(plan),
  );
  const ports = publishes(lab)
    ? (await import('../resolve/preflight/ports.ts')).portFindings(lab, facts)
    : { problems: [], warnings: [] };
  const six = hasIpv6(lab)
    ? (await import('../resolve/preflight/ipv6.ts')).ipv6Findings(lab, facts)
    : { problems: [], warnings: [] };
  const rules = rulesOf(lab, facts);
  const lost = await losses(lab, project(lab, facts, rules, nftRulesOf(lab, facts)), rules);
  return {
    problems: [...problems, ...checked.problems, ...ports.problems, ...six.problems],
    warnings: [
      ...warnings,
      ...unique([...checked.warnings, ...ports.warnings, ...six.warnings, ...lost]),
    ],
    ...(plan === undefined ? {} : { plan }),
  };
}

/** Makes the plan. @throws CtrError with every problem that prevents the run. */
export async function prepare(
  config: Config,
  fast: boolean,
  facts: Facts,
): Promise<{ readonly plan: Plan; readonly warnings: readonly Problem[] }> {
  const { plan, problems, warnings } = await judge(config, facts, fast);
  if (problems.length > 0 || plan === undefined) throw notReady(config.name, problems);
  return {
    plan,
    // W101 follows from the config alone, and validate and plan have shown it.
    warnings: warnings.filter(({ code }) => code !== 'W101'),
  };
}
