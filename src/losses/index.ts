import type { HostView } from '../facts/index.ts';
import type { ProblemCode } from '../model/codes/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import type { Rule } from '../model/resource.ts';
import { couldLose } from './quick-look.ts';

/**
 * Everything on the host that takes packets which the lab lets through: another table, rule, route or
 * interface, by its name. A host without any of these does not load the code that judges them.
 * @param ours the firewall rules that the lab's plan adds.
 */
export async function losses(
  lab: Lab,
  host: HostView,
  ours: readonly Rule[],
): Promise<readonly Problem[]> {
  if (!couldLose(lab, host)) return [];
  const { allLosses } = await import('./all-losses.ts');
  return allLosses(lab, host, ours);
}

/** The codes of losses that routes, policy rules and forwarding explain. */
export const routingLosses: readonly ProblemCode[] = ['W105', 'W120', 'W121', 'W122'];
