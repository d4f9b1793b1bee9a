import type { Facts } from '../facts/index.ts';
import { groupOf, innerName, outerName, plainInterfaceName, spokenName } from '../model/names.ts';

/** An interface of a container, whose veth pair needs names on the host. */
export interface Unnamed {
  readonly container: string;
  /** The interface's name inside, such as eth0. */
  readonly device: string;
  /** Its place among the container's interfaces, from 0, and how many there are. */
  readonly index: number;
  readonly count: number;
  /** `host_interface` of the config. */
  readonly wanted?: string | undefined;
}

/** The names of a veth pair's ends on the host. */
interface Ends {
  readonly outer: string;
  readonly inner: string;
}

/**
 * Names that somebody else on the host has: interfaces, their altnames, and interfaces of living runs. This run's own
 * are free for it: `repair` and `plan` then choose the same names as `up`.
 */
function takenNames(run: string, facts: Facts, bridges: readonly string[]): Set<string> {
  const group = groupOf(run);
  const others = facts.links.filter((link) => link.group !== group);
  return new Set([
    ...bridges,
    ...(facts.reservedInterfaces ?? []),
    ...others.flatMap(({ name, altnames }) => [name, ...altnames]),
  ]);
}

/**
 * Names both ends of each veth pair, in the order given. The outer end is called as the config wants it, otherwise
 * `veth-CONTAINER` (with several interfaces `veth-CONTAINER-N`) if that fits and is free, otherwise by a hash. All outer
 * ends are named before the inner ones, so a container called `web-c` does not lose its name to the peer of `web`.
 * Facts without `reservedInterfaces` are those of a ctr that named every interface by its hash, and what it recorded
 * has those names.
 */
export function nameEnds(
  run: string,
  all: readonly Unnamed[],
  facts: Facts,
  bridges: readonly string[],
): readonly Ends[] {
  const taken = takenNames(run, facts, bridges);
  for (const { wanted } of all) if (wanted !== undefined) taken.add(wanted);
  const spoken = facts.reservedInterfaces !== undefined;
  const take = (name: string): string | undefined => {
    if (!spoken || !plainInterfaceName.test(name) || taken.has(name)) return undefined;
    taken.add(name);
    return name;
  };
  const outers = all.map(({ container, device, index, count, wanted }) => {
    const derived = outerName(run, container, device);
    const plain = wanted ?? take(spokenName(container, count > 1 ? index : undefined));
    return { derived, plain };
  });
  return outers.map(({ derived, plain }) => ({
    outer: plain ?? derived,
    inner: (plain === undefined ? undefined : take(`${plain}-c`)) ?? innerName(derived),
  }));
}
