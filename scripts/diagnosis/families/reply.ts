import {
  defaultRoute,
  iptables,
  neighbours,
  nft,
  on,
  outward,
  ping,
  some,
  truth,
  uplink,
  web,
} from '../edits.ts';
import type { Family } from '../family.ts';

export const reply: Family = {
  name: 'reply',
  title: 'the answer is lost: no route back, filters on the way back',
  faults: (lab) => [
    ...some(lab).flatMap((member) => {
      const { name, place, address, network } = member;
      const onHost = truth('reply-filter', 'host', 'back');
      return [
        {
          id: `host-drops ${name}`,
          ...iptables('host', 'FORWARD', `-i ${uplink} -d ${address} -j DROP`),
          question: outward(member),
          truth: truth(['reply-filter', 'forward-rule'], 'host', 'back'),
        },
        {
          id: `host-drops-established ${name}`,
          ...iptables(
            'host',
            'FORWARD',
            `-i ${uplink} -o ${network.bridge} -m conntrack --ctstate ESTABLISHED -j DROP`,
          ),
          question: outward(member),
          truth: truth(['reply-filter', 'forward-rule'], 'host', 'back'),
        },
        {
          id: `nft-drops ${name}`,
          ...nft(
            'host',
            'inet',
            'type filter hook forward priority 1;',
            `iifname ${uplink} ip daddr ${network.subnet} drop`,
          ),
          question: outward(member),
          truth: truth(['reply-filter', 'forward-table'], 'host', 'back'),
        },
        {
          id: `own-input ${name}`,
          ...iptables(place, 'INPUT', `-s ${web} -j DROP`),
          question: outward(member),
          truth: truth('reply-filter', place, 'back'),
        },
        {
          id: `own-input-policy ${name}`,
          ...nft(
            place,
            'inet',
            'type filter hook input priority 0; policy drop;',
            'iifname lo accept',
          ),
          question: ping(member, network.gateway),
          truth: truth('reply-filter', place, 'back', ['target-filter']),
        },
        {
          id: `gateway-output ${name}`,
          ...iptables('host', 'OUTPUT', `-d ${address} -j DROP`),
          question: ping(member, network.gateway),
          truth: onHost,
        },
        {
          id: `answer-of-the-container ${name}`,
          ...iptables(place, 'OUTPUT', '-p icmp -j DROP'),
          question: ping('host', address),
          truth: truth('reply-filter', place, 'back'),
        },
        {
          id: `no-route-in-the-container ${name}`,
          plant: on(place, `ip route del ${network.subnet} dev ${member.device}`),
          mend: on(
            place,
            `ip route add ${network.subnet} dev ${member.device} proto kernel scope link src ${address}`,
          ),
          question: ping('host', address),
          truth: truth(['reply-route'], place, 'back'),
        },
        {
          id: `blocked-in-the-container ${name}`,
          plant: on(place, `ip route add blackhole ${network.gateway}/32`),
          mend: on(place, `ip route del blackhole ${network.gateway}/32`),
          question: ping('host', address),
          truth: truth(['reply-route'], place, 'back'),
        },
      ].filter(({ id }) => !id.startsWith('no-route'));
    }),
    ...neighbours(lab).flatMap(([one, other]) => [
      {
        id: `neighbour-route ${other.name}`,
        plant: on(other.place, `ip route add unreachable ${one.address}/32`),
        mend: on(other.place, `ip route del unreachable ${one.address}/32`),
        question: ping(one, other.address),
        truth: truth('reply-route', other.place, 'back', ['route-blocked']),
      },
      {
        id: `neighbour-prefix ${other.name}`,
        plant: on(
          other.place,
          `ip addr del ${other.address}/24 dev ${other.device}; ip addr add ${other.address}/32 dev ${other.device}`,
        ),
        mend: on(
          other.place,
          `ip addr del ${other.address}/32 dev ${other.device}; ip addr add ${other.address}/24 broadcast + dev ${other.device}`,
          defaultRoute(other),
        ),
        question: ping(one, other.address),
        truth: truth(['reply-route', 'route-prefix'], other.place, 'back'),
      },
      {
        id: `neighbour-output ${other.name}`,
        ...iptables(other.place, 'OUTPUT', '-p icmp --icmp-type echo-reply -j DROP'),
        question: ping(one, other.address),
        truth: truth('reply-filter', other.place, 'back', ['output-filter']),
      },
    ]),
    // Across two networks.
    ...lab.members
      .filter(({ network }) => network !== lab.members[0]?.network)
      .flatMap((store) =>
        lab.members.slice(0, 1).map((from) => ({
          id: `other-network-policy ${store.name}`,
          plant: on(store.place, `ip rule add pref 100 to ${store.network.gateway} blackhole`),
          mend: on(store.place, 'ip rule del pref 100'),
          question: ping(from, store.address),
          truth: truth('reply-route', store.place, 'back', ['route-policy']),
        })),
      ),
  ],
};
