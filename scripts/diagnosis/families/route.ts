import { defaultRoute, on, outward, some, truth } from '../edits.ts';
import type { Family } from '../family.ts';

export const route: Family = {
  name: 'route',
  title:
    "the sender's routes: none, lost when eth0 went down and up, blocked, moved, a policy rule",
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name, place, device, network, more } = member;
      const there = { question: outward(member) };
      const restore = [`ip route del default`, defaultRoute(member)];
      return [
        {
          id: `missing ${name}`,
          plant: on(place, 'ip route del default'),
          mend: on(place, defaultRoute(member)),
          ...there,
          truth: truth('route-missing', place, 'there'),
        },
        {
          id: `down-and-up ${name}`,
          plant: on(place, `ip link set dev ${device} down; ip link set dev ${device} up`),
          mend: on(place, defaultRoute(member)),
          ...there,
          truth: truth('route-missing', place, 'there'),
        },
        ...['blackhole', 'unreachable', 'prohibit', 'throw'].map((kind) => ({
          id: `${kind} ${name}`,
          plant: on(place, `ip route add ${kind} 203.0.113.0/24`),
          mend: on(place, `ip route del ${kind} 203.0.113.0/24`),
          ...there,
          truth: truth(
            kind === 'throw' ? ['route-blocked', 'route-missing'] : 'route-blocked',
            place,
            'there',
          ),
        })),
        {
          id: `policy-blackhole ${name}`,
          plant: on(place, 'ip rule add pref 100 to 203.0.113.0/24 blackhole'),
          mend: on(place, 'ip rule del pref 100'),
          ...there,
          truth: truth(['route-policy', 'route-blocked'], place, 'there'),
        },
        {
          id: `policy-table ${name}`,
          plant: on(
            place,
            `ip rule add pref 100 to 203.0.113.0/24 lookup 77; ip route add 203.0.113.0/24 via ${network.stem}.99 dev ${device} table 77`,
          ),
          mend: on(place, 'ip rule del pref 100; ip route flush table 77'),
          ...there,
          truth: truth(['route-policy', 'neighbour-unowned'], place, 'there'),
        },
        {
          id: `moved-gateway ${name}`,
          plant: on(place, `ip route replace default via ${network.stem}.99 dev ${device}`),
          mend: on(place, ...restore),
          ...there,
          truth: truth(['neighbour-unowned', 'route-elsewhere'], place, 'there'),
        },
        {
          id: `on-link ${name}`,
          plant: on(place, `ip route del default; ip route add default dev ${device}`),
          mend: on(place, ...restore),
          ...there,
          truth: truth(['neighbour-unowned', 'route-elsewhere'], place, 'there'),
        },
        {
          id: `loopback ${name}`,
          plant: on(place, 'ip route del default; ip route add default dev lo'),
          mend: on(place, ...restore),
          ...there,
          truth: truth('route-elsewhere', place, 'there'),
        },
        {
          id: `more-specific ${name}`,
          plant: on(place, `ip route add 203.0.113.80 via ${network.stem}.98 dev ${device}`),
          mend: on(place, 'ip route del 203.0.113.80'),
          ...there,
          truth: truth(['neighbour-unowned', 'route-elsewhere'], place, 'there'),
        },
        ...more.map((port) => ({
          id: `moved-interface ${name}`,
          plant: on(place, `ip route replace default dev ${port.device}`),
          mend: on(place, ...restore),
          ...there,
          truth: truth(['neighbour-unowned', 'route-elsewhere'], place, 'there'),
        })),
      ];
    }),
};
