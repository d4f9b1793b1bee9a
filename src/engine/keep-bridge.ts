import type { LinkFact } from '../facts/index.ts';
import type { UndoOf } from '../undo.ts';
import type { Undone } from './events.ts';
import { otherPorts, stackedOn } from './users.ts';

const noMac = '00:00:00:00:00:00';
/** What the kernel gives a bridge whose last port has left (net/bridge/br_if.c, br_mtu_auto_adjust). */
const emptyMtu = 1500;

/**
 * Whether a bridge that was there before us is to be put back as it was, for every way back there is.
 * @returns why it is not, or undefined when it is.
 */
export function bridgeSpared(
  undo: UndoOf<'restore-bridge'>,
  links: readonly LinkFact[],
  goes: (link: LinkFact) => boolean,
): Pick<Undone, 'result' | 'reason'> | undefined {
  const link = links.find(({ name }) => name === undo.link);
  if (link === undefined) return { result: 'gone' };
  const { mac, mtu, up } = link;
  const sameMac = undo.mac === undefined || mac === undo.mac;
  if (sameMac && mtu === undo.mtu && (undo.up || !up)) return { result: 'gone' };
  const ports = otherPorts(links, undo.link, goes);
  if (ports.length > 0) return { result: 'in-use', reason: `port ${ports.join(' ')}` };
  const stacked = undo.up ? [] : stackedOn(links, undo.link, goes);
  if (stacked.length > 0) return { result: 'in-use', reason: `interface ${stacked.join(' ')}` };
  // The rest is what the kernel makes of a bridge that has become empty; anything else somebody has set.
  if (!sameMac && mac !== noMac) return { result: 'not-ours', reason: `address ${mac}` };
  if (mtu !== undo.mtu && mtu !== emptyMtu) return { result: 'not-ours', reason: `mtu ${mtu}` };
  return undefined;
}
