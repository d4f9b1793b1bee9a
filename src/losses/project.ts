import type { Facts, HostView, LinkFact } from '../facts/index.ts';
import type { Lab } from '../model/lab.ts';
import type { NftRule, Rule } from '../model/resource.ts';
import { forwardingKey } from '../resolve/network-rules.ts';
import { withPlanned, withTables } from './our-rules.ts';

/**
 * What routes and filters packets on the host once the plan of this lab has run. Pure.
 * @param rules the rules of iptables(8) that the plan adds.
 * @param tables the rules of nft(8) that it adds.
 */
export function project(
  lab: Lab,
  facts: Facts,
  rules: readonly Rule[],
  tables: readonly NftRule[] = [],
): HostView {
  const missing = lab.networks.filter(
    ({ bridge }) => !facts.links.some(({ name }) => name === bridge),
  );
  const bridges = missing.map(
    ({ bridge, mac, mtu, gateway, prefix }): LinkFact => ({
      name: bridge,
      kind: 'bridge',
      group: 0,
      mac,
      mtu,
      up: true,
      addresses: [`${gateway}/${prefix}`],
      altnames: [],
    }),
  );
  const links = [...facts.links, ...bridges].map((link): LinkFact => {
    const isOurs = lab.networks.some(({ bridge }) => bridge === link.name);
    return isOurs ? { ...link, up: true } : link;
  });
  // The kernel makes a subnet's route when its bridge is switched on (ip-address(8)).
  const raised = lab.networks.filter(
    ({ bridge }) => !facts.links.some(({ name, up }) => name === bridge && up),
  );
  const switches = [...lab.networks.map(({ bridge }) => bridge), ...lab.uplinks];
  return {
    links,
    routes: [...facts.routes, ...raised.map(({ subnet, bridge }) => ({ to: subnet, dev: bridge }))],
    sysctls: {
      ...facts.sysctls,
      ...Object.fromEntries(switches.map((name) => [forwardingKey(name), '1'])),
    },
    ...(facts.rules === undefined ? {} : { rules: facts.rules }),
    firewall: withTables(tables, withPlanned(rules, facts.firewall)),
  };
}
