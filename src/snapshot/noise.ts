import type { Text } from '../model/text.ts';
import type { Change, Noise } from './change.ts';
import { networkAt } from './places.ts';
import type { Snapshot } from './snapshot.ts';

/** What is counted, as the end of "hidden: 4 …". */
export const noiseNames: { readonly [Kind in Noise]: Text } = {
  ipv6: { en: 'IPv6', zh: '条 IPv6' },
  multicast: { en: 'multicast', zh: '条组播' },
  timer: { en: 'timers', zh: '个定时状态' },
  defaults: { en: 'default settings', zh: '项默认设置' },
  implied: { en: 'implied', zh: '项附带变化' },
  mounts: { en: 'mounts', zh: '个挂载' },
  identity: { en: 'process IDs', zh: '个进程号' },
};

/** What decides whether a change is noise. */
export interface Seen {
  readonly changes: readonly Change[];
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** What IPv6 does by itself: link-local addresses, and the kernel's routes (RFC 4862). */
function isIpv6({ object, of, kind = '' }: Change): boolean {
  const [address = ''] = of.replace(/^(?:local|anycast|multicast|unreachable) /, '').split(' ');
  if (!address.includes(':')) return false;
  switch (object) {
    case 'address':
      return kind === 'link' || kind === 'host';
    case 'route':
      return kind.startsWith('kernel');
    case 'neighbour':
      return /^f[ef]/.test(address);
    default:
      return false;
  }
}

/** MACs of groups: of IPv4 (RFC 1112), of IPv6 (RFC 2464). */
function isMulticast({ object, of }: Change): boolean {
  return object === 'fdb' && /^(?:33:33|01:00:5e):/.test(of);
}

/** States of a neighbour that pass into each other as time goes by (arp(7)). */
const passing = new Set(['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'INCOMPLETE']);

function isTimer({ object, op, field, from = '', to = '', kind = '' }: Change): boolean {
  if (field === 'tentative') return true;
  if (object !== 'neighbour') return false;
  // One that is only asked for has not answered yet.
  if (op !== 'changed') return kind === 'INCOMPLETE' || kind === 'PROBE';
  return field === 'state' && passing.has(from) && passing.has(to);
}

/** A new interface takes each setting from `default`; what is gone takes its own along. */
function isDefault(change: Change, { changes, before, after }: Seen): boolean {
  const { object, op, of, place, dev } = change;
  if (object !== 'sysctl' || dev === undefined) return false;
  const isHere = (network = networkAt(before, place)) =>
    network?.links.some(({ name }) => name === dev) === true;
  if (op === 'removed') return !isHere(networkAt(after, place));
  if (op !== 'added') return false;
  const standard = networkAt(after, place)?.sysctls[of.replace(`/${dev}/`, '/default/')];
  const fresh = changes.some(
    (one) => one.op === 'added' && one.object === 'namespace' && one.place === place,
  );
  return change.to === standard || fresh;
}

/** The state says what the carrier is, and the carrier what the state is. */
function isImplied({ object, place, of, field, to }: Change, { changes }: Seen): boolean {
  if (object !== 'link') return false;
  const other = (name: string) =>
    changes.find(
      (one) => one.object === 'link' && one.place === place && one.of === of && one.field === name,
    );
  const [up, state, carrier] = [other('up'), other('state'), other('carrier')];
  switch (field) {
    case 'carrier':
      // Lost while the interface is up: this is what is told, not the state.
      return up !== undefined || (to === 'yes' && state !== undefined);
    case 'state':
      if (up?.to === 'down') return true;
      return up === undefined && carrier?.to === 'no' && to !== 'LOWERLAYERDOWN';
    default:
      return false;
  }
}

function isIdentity({ object, field }: Change): boolean {
  return object === 'process' && field === 'identity';
}

/** A mount below another one that comes or goes; and any other mount, when the root is another one. */
function isMountBelow({ object, op, place, of }: Change, { changes }: Seen): boolean {
  if (object !== 'mount' || op === 'changed') return false;
  return changes.some((one) => {
    if (one.object !== 'mount' || one.place !== place || one.of === of) return false;
    return one.op === 'changed' || (one.op === op && of.startsWith(`${one.of}/`));
  });
}

/** Why a change is not shown. @returns undefined for one that is. */
export function noiseOf(change: Change, seen: Seen): Noise | undefined {
  if (isIpv6(change)) return 'ipv6';
  if (isMulticast(change)) return 'multicast';
  if (isTimer(change)) return 'timer';
  if (isDefault(change, seen)) return 'defaults';
  if (isImplied(change, seen)) return 'implied';
  if (isMountBelow(change, seen)) return 'mounts';
  return isIdentity(change) ? 'identity' : undefined;
}
