import { host, outward, some, truth, uplink } from '../edits.ts';
import type { Family } from '../family.ts';
import { worldGateway } from '../lab.ts';

const far = '203.0.113.0/24';

export const hostRoute: Family = {
  name: 'host-route',
  title: "the host's routes: no default, moved, blocked, a policy rule before main",
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name, network } = member;
      const at = { question: outward(member) };
      const there = (...causes: string[]) => truth(causes, 'host', 'there');
      return [
        {
          id: `missing ${name}`,
          plant: host('ip route del default'),
          mend: host(`ip route add default via ${worldGateway} dev ${uplink}`),
          ...at,
          truth: there('host-route-missing'),
        },
        {
          id: `moved ${name}`,
          plant: host(`ip route replace default via 198.51.100.99 dev ${uplink}`),
          mend: host(`ip route replace default via ${worldGateway} dev ${uplink}`),
          ...at,
          truth: there('uplink-neighbour', 'host-route-elsewhere'),
        },
        {
          id: `into-the-bridge ${name}`,
          plant: host(`ip route add ${far} dev ${network.bridge}`),
          mend: host(`ip route del ${far} dev ${network.bridge}`),
          ...at,
          truth: there('host-route-elsewhere'),
        },
        {
          id: `into-a-tunnel ${name}`,
          plant: host(
            `ip tuntap add name tun9 mode tun; ip link set dev tun9 up; ip route add 0.0.0.0/1 dev tun9; ip route add 128.0.0.0/1 dev tun9`,
          ),
          mend: host('ip link del dev tun9'),
          ...at,
          truth: there('host-route-elsewhere', 'uplink-down'),
        },
        ...['blackhole', 'unreachable', 'prohibit'].map((kind) => ({
          id: `${kind} ${name}`,
          plant: host(`ip route add ${kind} ${far}`),
          mend: host(`ip route del ${kind} ${far}`),
          ...at,
          truth: there('host-route-blocked'),
        })),
        ...['blackhole', 'prohibit'].map((kind) => ({
          id: `policy-${kind} ${name}`,
          plant: host(`ip rule add pref 100 from ${network.subnet} ${kind}`),
          mend: host('ip rule del pref 100'),
          ...at,
          truth: there('host-policy', 'host-route-blocked'),
        })),
        {
          id: `policy-table ${name}`,
          plant: host(
            `ip rule add pref 100 iif ${network.bridge} lookup 77; ip route add default via 198.51.100.98 dev ${uplink} table 77`,
          ),
          mend: host('ip rule del pref 100; ip route flush table 77'),
          ...at,
          truth: there('host-policy', 'uplink-neighbour', 'host-route-elsewhere'),
        },
        {
          id: `policy-mark ${name}`,
          plant: host(
            `ip rule add pref 100 fwmark 7 lookup 77; ip route add unreachable default table 77; iptables -w 5 -t mangle -A PREROUTING -i ${network.bridge} -j MARK --set-mark 7`,
          ),
          mend: host(
            `iptables -w 5 -t mangle -D PREROUTING -i ${network.bridge} -j MARK --set-mark 7; ip rule del pref 100; ip route flush table 77`,
          ),
          ...at,
          truth: there('host-policy', 'host-route-blocked'),
        },
        {
          id: `policy-back ${name}`,
          plant: host(`ip rule add pref 100 to ${network.subnet} iif ${uplink} blackhole`),
          mend: host('ip rule del pref 100'),
          ...at,
          // The reverse path filter asks for the way back as if the packet came in where it will go out
          // (fib_validate_source): where it is strict, it meets the rule first.
          truth: lab.surroundings.includes('strict-rp')
            ? truth(['reverse-path', 'host-policy', 'host-route-blocked'], 'host')
            : truth(['host-policy', 'host-route-blocked', 'reply-route'], 'host', 'back'),
        },
      ];
    }),
};
