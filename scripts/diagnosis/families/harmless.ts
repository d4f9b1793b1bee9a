import { host, iptables, nft, outward, ping, some, sysctl, truth, uplink } from '../edits.ts';
import type { Family } from '../family.ts';

/** Edits that break nothing: whoever reports one is wrong. */
export const harmless: Family = {
  name: 'harmless',
  title: 'edits that break nothing: whatever is reported surely is wrong',
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name, place, network } = member;
      const nothing = { question: outward(member), truth: truth([], []), harmless: true as const };
      return [
        { id: `untouched ${name}`, plant: [], mend: [], ...nothing },
        {
          id: `untouched-gateway ${name}`,
          plant: [],
          mend: [],
          ...nothing,
          question: ping(member, network.gateway),
        },
        {
          id: `untouched-name ${name}`,
          plant: [],
          mend: [],
          ...nothing,
          question: { ...outward(member), to: 'downloads.example' },
        },
        {
          id: `rule-for-others ${name}`,
          ...iptables('host', 'FORWARD', '-s 10.99.0.0/24 -j DROP'),
          ...nothing,
        },
        {
          id: `table-for-others ${name}`,
          ...nft(
            'host',
            'inet',
            'type filter hook forward priority 0; policy drop;',
            'ip protocol icmp accept',
            'tcp dport 80 accept',
            'udp dport 53 accept',
            'ct state established accept',
            'accept',
          ),
          ...nothing,
        },
        {
          id: `ingress-of-loopback ${name}`,
          ...nft('host', 'netdev', 'type filter hook ingress device lo priority 0; policy drop;'),
          ...nothing,
        },
        {
          // Frames that a bridge passes on from port to port do not come in on the bridge itself.
          id: `bridge-ingress-to-others ${name}`,
          ...nft(
            'host',
            'netdev',
            `type filter hook ingress device ${network.bridge} priority 0;`,
            `ip daddr ${network.subnet} ip daddr != ${network.gateway} drop`,
          ),
          ...nothing,
        },
        {
          id: `accept ${name}`,
          ...iptables('host', 'FORWARD', `-i ${network.bridge} -j ACCEPT`),
          ...nothing,
        },
        {
          id: `loose-reverse-path ${name}`,
          ...sysctl('host', 'net/ipv4/conf/all/rp_filter', 2),
          ...nothing,
        },
        {
          id: `input-drop ${name}`,
          ...iptables('host', 'INPUT', `-i ${uplink} -p tcp --dport 22 -j DROP`),
          ...nothing,
        },
        {
          id: `permanent-right-entry ${name}`,
          plant: host(
            `ip neigh replace ${member.address} lladdr $(cat /run/score/mac-of-${name}) dev ${network.bridge} nud permanent`,
          ),
          mend: host(`ip neigh del ${member.address} dev ${network.bridge}`),
          ...nothing,
        },
        {
          id: `another-bridge ${name}`,
          plant: host(
            'ip link add name br-other type bridge; ip addr add 10.200.0.1/24 dev br-other; ip link set dev br-other up',
          ),
          mend: host('ip link del dev br-other'),
          ...nothing,
        },
        {
          id: `wide-vpn ${name}`,
          plant: host(
            'ip tuntap add name tun9 mode tun; ip link set dev tun9 up; ip route add 10.0.0.0/8 dev tun9',
          ),
          mend: host('ip link del dev tun9'),
          ...nothing,
        },
        {
          id: `arp-ignore-1 ${name}`,
          ...sysctl(place, 'net/ipv4/conf/all/arp_ignore', 1),
          ...nothing,
        },
      ];
    }),
};
