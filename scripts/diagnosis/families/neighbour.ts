import { host, neighbours, nft, on, outward, ping, some, sysctl, truth } from '../edits.ts';
import type { Family } from '../family.ts';

const wrong = '02:00:00:00:00:99';

export const neighbour: Family = {
  name: 'neighbour',
  title: 'ARP: a permanent entry with a wrong MAC, ARP switched off, ignored or filtered',
  faults: (lab) => [
    ...some(lab).flatMap((member) => {
      const { name, place, device, address, network } = member;
      const { gateway, bridge } = network;
      return [
        {
          id: `wrong-gateway ${name}`,
          plant: on(
            place,
            `ip neigh replace ${gateway} lladdr ${wrong} dev ${device} nud permanent`,
          ),
          mend: on(place, `ip neigh del ${gateway} dev ${device}`),
          question: outward(member),
          truth: truth('neighbour-wrong', place, 'there'),
        },
        {
          id: `wrong-on-host-back ${name}`,
          plant: host(`ip neigh replace ${address} lladdr ${wrong} dev ${bridge} nud permanent`),
          mend: host(`ip neigh del ${address} dev ${bridge}`),
          question: outward(member),
          truth: truth('neighbour-wrong', 'host', 'back'),
        },
        {
          id: `wrong-on-host-there ${name}`,
          plant: host(`ip neigh replace ${address} lladdr ${wrong} dev ${bridge} nud permanent`),
          mend: host(`ip neigh del ${address} dev ${bridge}`),
          question: ping('host', address),
          truth: truth('neighbour-wrong', 'host', 'there'),
        },
        {
          id: `arp-off ${name}`,
          plant: on(place, `ip link set dev ${device} arp off`),
          mend: on(place, `ip link set dev ${device} arp on`),
          question: outward(member),
          truth: truth('neighbour-arp-off', place),
        },
        {
          id: `arp-off-asked-by-host ${name}`,
          plant: on(place, `ip link set dev ${device} arp off`),
          mend: on(place, `ip link set dev ${device} arp on`),
          question: ping('host', address),
          truth: truth('neighbour-arp-off', place),
        },
        {
          id: `arptables ${name}`,
          plant: on(
            place,
            "nft add table arp theirs; nft 'add chain arp theirs in { type filter hook input priority 0; policy drop; }'",
          ),
          mend: on(place, 'nft delete table arp theirs'),
          question: ping('host', address),
          truth: truth('neighbour-arp-filter', place),
        },
        {
          id: `arp-ignore-in-container ${name}`,
          ...sysctl(place, `net/ipv4/conf/${device}/arp_ignore`, 8),
          question: ping('host', address),
          truth: truth('neighbour-arp-filter', place),
        },
      ];
    }),
    ...lab.members.slice(0, 1).flatMap((member) => {
      const { bridge } = member.network;
      return [
        {
          id: 'arp-off-bridge',
          plant: host(`ip link set dev ${bridge} arp off`),
          mend: host(`ip link set dev ${bridge} arp on`),
          question: outward(member),
          truth: truth('neighbour-arp-off', 'host'),
        },
        {
          id: 'arp-ignore',
          ...sysctl('host', `net/ipv4/conf/${bridge}/arp_ignore`, 8),
          question: outward(member),
          truth: truth('neighbour-arp-filter', 'host', 'there'),
        },
        {
          id: 'arp-table',
          ...nft('host', 'arp', 'type filter hook input priority 0;', `iifname ${bridge} drop`),
          question: outward(member),
          truth: truth('neighbour-arp-filter', 'host', 'there'),
        },
        {
          id: 'arp-output',
          ...nft('host', 'arp', 'type filter hook output priority 0; policy drop;'),
          question: outward(member),
          truth: truth('neighbour-arp-filter', 'host', 'there'),
        },
      ];
    }),
    ...neighbours(lab).flatMap(([one, other]) => [
      {
        id: `wrong-neighbour ${other.name}`,
        plant: on(
          one.place,
          `ip neigh replace ${other.address} lladdr ${wrong} dev ${one.device} nud permanent`,
        ),
        mend: on(one.place, `ip neigh del ${other.address} dev ${one.device}`),
        question: ping(one, other.address),
        truth: truth('neighbour-wrong', one.place, 'there'),
      },
      {
        id: `wrong-for-the-answer ${other.name}`,
        plant: on(
          other.place,
          `ip neigh replace ${one.address} lladdr ${wrong} dev ${other.device} nud permanent`,
        ),
        mend: on(other.place, `ip neigh del ${one.address} dev ${other.device}`),
        question: ping(one, other.address),
        truth: truth('neighbour-wrong', other.place, 'back'),
      },
      {
        id: `arp-filtered-neighbour ${other.name}`,
        ...nft(other.place, 'arp', 'type filter hook input priority 0;', 'drop'),
        question: ping(one, other.address),
        truth: truth('neighbour-arp-filter', other.place),
      },
    ]),
  ],
};
