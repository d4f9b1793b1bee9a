import type { Facts } from '../facts/index.ts';
import { isOurGroup } from '../model/names.ts';

/** The interface of a sysctl under net/ipv4/conf or net/ipv6/conf. */
function interfaceIn(key: string): string | undefined {
  return /^net\/ipv[46]\/conf\/([^/]+)\//.exec(key)?.[1];
}

/**
 * The facts that a run's record keeps, so that ctr can make the run's plan again. They leave out what may be long and does
 * not change that plan: the host's own firewall rules, and the veth pairs of other runs, whose names `reservedInterfaces`
 * has. Otherwise the records of a hundred containers would each list the other ninety-nine.
 */
export function recordedFacts(facts: Facts): Facts {
  const { links, sysctls, firewall, reservedInterfaces = [] } = facts;
  const reserved = new Set(reservedInterfaces);
  const dropped = new Set(
    links
      .filter(({ group, kind, name }) => isOurGroup(group) && kind === 'veth' && reserved.has(name))
      .map(({ name }) => name),
  );
  return {
    ...facts,
    links: links.filter(({ name }) => !dropped.has(name)),
    sysctls: Object.fromEntries(
      Object.entries(sysctls).filter(([key]) => !dropped.has(interfaceIn(key) ?? '')),
    ),
    firewall: { ...firewall, chains: [], sets: {} },
  };
}
