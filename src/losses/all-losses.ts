import type { HostView } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
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

/** Pure: `losses` of src/losses/index.ts without the quick look. */
export function allLosses(lab: Lab, host: HostView): readonly Problem[] {
  return lossRules.flatMap((rule) => rule(lab, host));
}
