import type { HostView } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import type { Rule } from '../model/resource.ts';
import { bridgeLosses, enslavedWays } from './bridge.ts';
import { firewallLosses } from './firewall.ts';
import { notForwarded } from './forwarding.ts';
import type { LossRule } from './loss-rule.ts';
import { ledAstray, noWayOut } from './routing.ts';

/** All kinds of reasons. `up` and `plan` warn about them, and `check` fails as long as there is one. */
const lossRules: readonly LossRule[] = [
  bridgeLosses,
  enslavedWays,
  firewallLosses,
  notForwarded,
  noWayOut,
  ledAstray,
];

/** What src/losses/index.ts gives, without its quick look beforehand. Pure. */
export function allLosses(
  lab: Lab,
  host: HostView,
  ours: readonly Rule[],
  mended: readonly Rule[] = [],
): readonly Problem[] {
  return lossRules.flatMap((rule) => rule(lab, host, ours, mended));
}
