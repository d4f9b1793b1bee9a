import type { Facts, HostView, LinkFact } from '../facts/index.ts';
import type { Lab } from '../lab.ts';
import { forwardingKey } from '../steps/enable-forwarding.ts';
import { withPlanned } from './our-rules.ts';

/** The host as the plan of this lab will leave it, as far as that decides over packets. Pure. */
export function project(lab: Lab, facts: Facts): HostView {
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
  const switches = [...lab.networks.map(({ bridge }) => bridge), ...lab.uplinks];
  return {
    links: [...facts.links, ...bridges],
    routes: [
      ...facts.routes,
      ...missing.map(({ subnet, bridge }) => ({ to: subnet, dev: bridge })),
    ],
    sysctls: {
      ...facts.sysctls,
      ...Object.fromEntries(switches.map((name) => [forwardingKey(name), '1'])),
    },
    ...(facts.rules === undefined ? {} : { rules: facts.rules }),
    firewall: withPlanned(lab, facts.firewall),
  };
}
