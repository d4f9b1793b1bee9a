import { host, nft, on, outward, ping, some, truth, uplink as wan } from '../edits.ts';
import type { Family } from '../family.ts';
import { worldGateway } from '../lab.ts';

export const uplink: Family = {
  name: 'uplink',
  title: "the host's uplink: off, no carrier, its gateway does not answer ARP",
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name } = member;
      const question = outward(member);
      return [
        {
          id: `down ${name}`,
          plant: host(`ip link set dev ${wan} down`),
          mend: host(
            `ip link set dev ${wan} up; ip route add default via ${worldGateway} dev ${wan}`,
          ),
          question,
          truth: truth('uplink-down', 'host', 'there'),
        },
        {
          id: `no-carrier ${name}`,
          plant: on('world', 'ip link set dev eth0 down'),
          mend: on('world', 'ip link set dev eth0 up'),
          question,
          truth: truth('uplink-down', ['host', 'world'], 'there'),
        },
        {
          id: `gateway-silent ${name}`,
          plant: on('world', 'ip link set dev eth0 arp off'),
          mend: on('world', 'ip link set dev eth0 arp on'),
          question,
          truth: truth(['uplink-neighbour', 'neighbour-arp-off'], ['host', 'world']),
        },
        {
          id: `gateway-gone ${name}`,
          plant: on('world', `ip addr del ${worldGateway}/24 dev eth0`),
          mend: on('world', `ip addr add ${worldGateway}/24 broadcast + dev eth0`),
          question,
          truth: truth('uplink-neighbour', ['host', 'world'], 'there'),
        },
        {
          id: `wrong-mac ${name}`,
          plant: host(
            `ip neigh replace ${worldGateway} lladdr 02:00:00:00:00:98 dev ${wan} nud permanent`,
          ),
          mend: host(`ip neigh del ${worldGateway} dev ${wan}`),
          question,
          truth: truth(['neighbour-wrong', 'uplink-neighbour'], 'host', 'there'),
        },
        {
          id: `egress-filter ${name}`,
          ...nft(
            'host',
            'netdev',
            `type filter hook egress device ${wan} priority 0;`,
            'ip protocol icmp drop',
          ),
          question,
          truth: truth(['output-filter', 'forward-table', 'uplink-filter'], 'host', 'there'),
        },
        {
          id: `host-asks ${name}`,
          plant: host(`ip link set dev ${wan} down`),
          mend: host(
            `ip link set dev ${wan} up; ip route add default via ${worldGateway} dev ${wan}`,
          ),
          question: ping('host', worldGateway),
          truth: truth(['uplink-down', 'source-down'], 'host', 'there'),
        },
      ].filter(({ id }) => !id.startsWith('host-asks') || member === lab.members[0]);
    }),
};
