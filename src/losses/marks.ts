import type { HostView } from '../facts/index.ts';
import { Filter } from '../filter/walk.ts';
import { formatAddress } from '../model/ipv4.ts';
import { forwarded } from './hooks.ts';
import type { Packet } from './lookup.ts';
import { ping, toPort } from './packet-kind.ts';

/** A mark, and whether only packets of some protocols get it. */
export interface Mark {
  readonly mark: number;
  readonly partly: boolean;
}

const none: readonly Mark[] = [{ mark: 0, partly: false }];

/**
 * The marks that firewall rules give packets before they are routed (ip-rule(8), `fwmark`). Pure.
 * @returns a function that lists the marks for a packet: first that of a ping, then those of other protocols.
 */
export function marksOn({ firewall, rules }: HostView): (packet: Packet) => readonly Mark[] {
  const looked = rules?.some(({ mark }) => mark !== undefined) === true;
  const given = firewall.chains.some((chain) => chain.rules.some((rule) => /mark/i.test(rule)));
  if (!looked || !given) return () => none;
  const filter = new Filter(firewall);
  const known = new Map<string, readonly Mark[]>();
  return ({ to, from, iif }) => {
    if (iif === 'lo') return none;
    const key = `${iif} ${formatAddress(from)} ${formatAddress(to)}`;
    const found = known.get(key) ?? marksOf(filter, { to, from, iif });
    known.set(key, found);
    return found;
  };
}

const kinds = [ping, toPort('tcp', 80), toPort('tcp', 443), toPort('udp', 53)];

function marksOf(filter: Filter, { to, from, iif }: Packet): readonly Mark[] {
  const marks = kinds.map((kind) => {
    const ends = { in: iif, source: from, destination: to };
    let mark: number | undefined = 0;
    for (const { hook, families, packet } of forwarded(kind, ends, 'first')) {
      if (hook !== 'prerouting') continue;
      for (const base of filter.at(hook, families)) {
        ({ mark } = filter.walk(base, { ...packet, mark }));
      }
    }
    return mark ?? 0;
  });
  const [usual = 0, ...others] = new Set(marks);
  return [{ mark: usual, partly: false }, ...others.map((mark) => ({ mark, partly: true }))];
}
