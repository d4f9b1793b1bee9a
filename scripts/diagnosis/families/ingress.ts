import { connect, host, iptables, nft, outward, ping, some, truth, uplink, web } from '../edits.ts';
import type { Family } from '../family.ts';

export const ingress: Family = {
  name: 'ingress',
  title: 'filters before routing: netdev, raw and mangle of iptables, prerouting chains of nft',
  faults: (lab) => [
    ...some(lab).flatMap((member) => {
      const { name, address, outer, network } = member;
      const there = { question: outward(member), truth: truth('ingress-filter', 'host', 'there') };
      return [
        {
          id: `raw ${name}`,
          ...iptables('host', 'PREROUTING', `-s ${address} -j DROP`, 'raw'),
          ...there,
        },
        {
          id: `mangle ${name}`,
          ...iptables('host', 'PREROUTING', `-i ${network.bridge} -p icmp -j DROP`, 'mangle'),
          ...there,
        },
        {
          id: `nft ${name}`,
          ...nft(
            'host',
            'inet',
            'type filter hook prerouting priority -300;',
            `ip saddr ${address} drop`,
          ),
          ...there,
        },
        {
          id: `port-ingress ${name}`,
          ...nft(
            'host',
            'netdev',
            `type filter hook ingress device ${outer} priority 0;`,
            'ip protocol icmp drop',
          ),
          ...there,
        },
        {
          id: `bridge-ingress ${name}`,
          ...nft(
            'host',
            'netdev',
            `type filter hook ingress device ${network.bridge} priority 0;`,
            `ip saddr ${address} counter drop`,
          ),
          ...there,
        },
        {
          id: `to-gateway ${name}`,
          ...iptables('host', 'PREROUTING', `-d ${network.gateway} -j DROP`, 'raw'),
          question: ping(member, network.gateway),
          truth: truth('ingress-filter', 'host', 'there'),
        },
      ];
    }),
    ...lab.members.slice(0, 1).flatMap((member) => {
      const back = truth(['ingress-filter', 'reply-filter'], 'host', 'back');
      return [
        {
          id: 'answer-raw',
          ...iptables('host', 'PREROUTING', `-i ${uplink} -s ${web} -j DROP`, 'raw'),
          question: outward(member),
          truth: back,
        },
        {
          id: 'answer-ingress',
          ...nft(
            'host',
            'netdev',
            `type filter hook ingress device ${uplink} priority 0;`,
            `ip saddr ${web} drop`,
          ),
          question: outward(member),
          truth: back,
        },
        {
          id: 'answer-tcp',
          ...iptables('host', 'PREROUTING', `-i ${uplink} -p tcp --sport 80 -j DROP`, 'mangle'),
          question: connect(member, web, 80),
          truth: back,
        },
        {
          id: 'invalid',
          // Packets without connection tracking are "invalid" for the rules behind.
          plant: host(
            `nft add table ip theirs; nft 'add chain ip theirs base { type filter hook prerouting priority -150; }'; nft 'add rule ip theirs base iifname ${uplink} ct state established drop'`,
          ),
          mend: host('nft delete table ip theirs'),
          question: outward(member),
          truth: back,
        },
      ];
    }),
  ],
};
