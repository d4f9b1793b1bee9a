import { host, neighbours, on, outward, ping, some, truth, uplink } from '../edits.ts';
import type { Family } from '../family.ts';

const big = { size: 1500 };

export const mtu: Family = {
  name: 'mtu',
  title:
    'big packets are lost without a word: a smaller MTU at the far end, on a port, in a tunnel',
  faults: (lab) => [
    ...some(lab).flatMap((member) => [
      {
        id: `far-side ${member.name}`,
        plant: on('world', 'ip link set dev eth0 mtu 1400'),
        mend: on('world', 'ip link set dev eth0 mtu 1500'),
        question: { ...outward(member), ...big },
        truth: truth('mtu-black-hole', ['host', 'world']),
      },
      {
        id: `port ${member.name}`,
        plant: host(`ip link set dev ${member.outer} mtu 1400`),
        mend: host(`ip link set dev ${member.outer} mtu 1500`),
        question: { ...ping(member, member.network.gateway), ...big },
        truth: truth('mtu-black-hole', ['host', member.place]),
      },
      {
        id: `error-filtered ${member.name}`,
        // The host says "fragmentation needed" (RFC 1191), and a filter eats it.
        scene: {
          plant: host(`iptables -w 5 -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP`),
          mend: host(`iptables -w 5 -D OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP`),
        },
        plant: host(`ip link set dev ${uplink} mtu 1400`),
        mend: host(`ip link set dev ${uplink} mtu 1500`),
        question: { ...outward(member), ...big },
        truth: truth(['mtu-black-hole', 'mtu-exceeded'], 'host', 'there'),
      },
      {
        id: `tunnel ${member.name}`,
        // A container at the other end of a VXLAN tunnel (RFC 7348): its packets are 50 bytes bigger on the wire.
        scene: {
          plant: [
            ...host(`ip link set dev ${uplink} mtu 1600`),
            ...on(
              'world',
              'ip link set dev eth0 mtu 1600',
              'ip link add name vx9 mtu 1500 type vxlan id 9 dstport 4789 local 198.51.100.1 remote 198.51.100.2',
              `ip addr add ${member.network.stem}.201/24 dev vx9; ip link set dev vx9 up`,
            ),
            ...host(
              'ip link add name vx9 mtu 1500 type vxlan id 9 dstport 4789 local 198.51.100.2 remote 198.51.100.1',
              `ip link set dev vx9 master ${member.network.bridge} up`,
            ),
          ],
          mend: [
            ...host(`ip link del dev vx9; ip link set dev ${uplink} mtu 1500`),
            ...on('world', 'ip link del dev vx9; ip link set dev eth0 mtu 1500'),
          ],
        },
        plant: host('ip link set dev vx9 mtu 1450'),
        mend: host('ip link set dev vx9 mtu 1500'),
        question: { ...ping(member, `${member.network.stem}.201`), ...big },
        truth: truth('mtu-black-hole', 'host'),
      },
    ]),
    ...neighbours(lab).map(([one, other]) => ({
      id: `neighbour-port ${other.name}`,
      plant: host(`ip link set dev ${other.outer} mtu 1400`),
      mend: host(`ip link set dev ${other.outer} mtu 1500`),
      question: { ...ping(one, other.address), ...big },
      truth: truth('mtu-black-hole', ['host', other.place]),
    })),
  ],
};
