import { host, outward, ping, some, truth } from '../edits.ts';
import type { Family } from '../family.ts';

export const subnet: Family = {
  name: 'subnet',
  title: "a VPN or an older network has the container's subnet too",
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name, address, network } = member;
      const { bridge, gateway, subnet: taken, stem } = network;
      const tunnel = 'ip tuntap add name tun9 mode tun; ip link set dev tun9 up';
      // Where the reverse path filter is strict, it sees the other route first.
      const strict = lab.surroundings.includes('strict-rp');
      const causes = [
        ...['subnet-taken', 'host-route-elsewhere', 'reply-route'],
        ...(strict ? ['reverse-path'] : []),
      ];
      const back = strict ? undefined : 'back';
      const all = { mend: host('ip link del dev tun9') };
      const asked = [
        { to: 'gateway', question: ping(member, gateway), truth: truth(causes, 'host', back) },
        { to: 'world', question: outward(member), truth: truth(causes, 'host', back) },
        {
          to: 'container',
          question: ping('host', address),
          truth: truth([...causes, 'route-elsewhere'], 'host', 'there'),
        },
      ];
      return asked
        .flatMap(({ to, ...rest }) => [
          {
            id: `vpn-first ${to} ${name}`,
            plant: host(`${tunnel}; ip route prepend ${taken} dev tun9`),
            ...all,
            ...rest,
          },
          {
            id: `vpn-half ${to} ${name}`,
            plant: host(`${tunnel}; ip route add ${stem}.0/25 dev tun9`),
            ...all,
            ...rest,
          },
          {
            id: `older-bridge ${to} ${name}`,
            plant: host(
              `ip link add name br-old type bridge; ip addr add ${stem}.200/24 dev br-old; ip link set dev br-old up; ip addr del ${gateway}/24 dev ${bridge}; ip addr add ${gateway}/24 broadcast + dev ${bridge}`,
            ),
            mend: host('ip link del dev br-old'),
            ...rest,
          },
        ])
        .filter((_, index) => index % 2 === 0);
    }),
};
