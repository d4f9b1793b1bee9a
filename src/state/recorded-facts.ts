import type { Facts } from '../facts/index.ts';
import { isOurGroup } from '../model/names.ts';

/** The interface of a sysctl under net/ipv4/conf or net/ipv6/conf. */
function interfaceIn(key: string): string | undefined {
  return /^net\/ipv[46]\/conf\/([^/]+)\//.exec(key)?.[1];
}

/**
 * The facts stored in a run's record, from which ctr can rebuild the run's plan. Bulky facts that do not affect the plan are
 * left out: the host's own firewall rules, and other runs' veth pairs (`reservedInterfaces` keeps their names). With the
 * pairs included, each of a hundred records would list the other ninety-nine.
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
