import type { Runner } from '../../exec/runner.ts';
import { readHostView } from '../../facts/view.ts';
import { losses } from '../../losses/index.ts';
import type { Problem } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { isKind } from '../../model/resource.ts';
import { madeBy } from '../../model/step.ts';
import { plannedResources } from '../../plan.ts';
import type { Finding } from './finding.ts';
import { findingsFor, hostFindings } from './resources.ts';

/** What is wrong with a run that came up a moment ago. */
export interface Afterwards {
  /** What the plan made and the kernel no longer has, in the words of `ctr check`. */
  readonly undone: readonly Finding[];
  readonly lost: readonly Problem[];
}

/**
 * Reads the host once more: another network manager may have undone what the plan just made.
 * @param warned problems already reported before the run came up; not repeated.
 * @param isRunning whether a container still runs: the veth pair of an ended container is gone as well.
 */
export async function lookBack(
  runner: Runner,
  plan: Plan,
  warned: readonly Problem[],
  isRunning: (container: string) => boolean,
): Promise<Afterwards> {
  const { lab } = plan;
  const host = await readHostView(runner);
  // Checked after the host was read: a container that runs now also ran then.
  const running = lab.containers.filter(({ name }) => isRunning(name));
  if (running.length === 0) return { undone: [], lost: [] };
  const made = plan.steps.flatMap(({ commands }) => commands.flatMap(madeBy));
  const found = hostFindings(lab, made, { links: host.links }).filter(
    ({ holds, subject }) => !holds && subject !== undefined,
  );
  const undone = [...new Set(running.flatMap(({ name }) => findingsFor(lab, name, found)))];
  const rules = plannedResources(plan)
    .filter(isKind('firewall-rule'))
    .map(({ rule }) => rule);
  const known = new Set(warned.map(({ code, place }) => `${code} ${place}`));
  const lost = (await losses(lab, host, rules)).filter(
    ({ code, place }) => !known.has(`${code} ${place}`),
  );
  return { undone, lost };
}
