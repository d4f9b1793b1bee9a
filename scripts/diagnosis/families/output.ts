import { connect, iptables, nft, outward, ping, some, truth, web } from '../edits.ts';
import type { Family } from '../family.ts';

export const output: Family = {
  name: 'output',
  title: 'filters of the sender on what it sends: iptables and nft, in containers and on the host',
  faults: (lab) => [
    ...some(lab).flatMap((member) => {
      const { name, place } = member;
      const why = truth('output-filter', place, 'there', ['reply-filter']);
      return [
        {
          id: `drop ${name}`,
          ...iptables(place, 'OUTPUT', `-d ${web} -j DROP`),
          question: outward(member),
          truth: why,
        },
        {
          id: `reject ${name}`,
          ...iptables(place, 'OUTPUT', '-p icmp -j REJECT'),
          question: outward(member),
          truth: why,
        },
        {
          id: `raw ${name}`,
          ...iptables(place, 'OUTPUT', `-d ${web} -j DROP`, 'raw'),
          question: outward(member),
          truth: why,
        },
        {
          id: `nft ${name}`,
          ...nft(
            place,
            'inet',
            'type filter hook output priority 0; policy drop;',
            'oifname lo accept',
          ),
          question: outward(member),
          truth: why,
        },
        {
          id: `nft-port ${name}`,
          ...nft(
            place,
            'ip',
            'type filter hook output priority 0;',
            'tcp dport 80 counter reject with tcp reset',
          ),
          question: connect(member, web, 80),
          truth: why,
        },
      ];
    }),
    {
      id: 'host',
      ...iptables('host', 'OUTPUT', '-p icmp -j DROP'),
      question: ping('host', web),
      truth: truth('output-filter', 'host', 'there'),
    },
    {
      id: 'host-nft',
      ...nft(
        'host',
        'inet',
        'type filter hook output priority 10;',
        `ip daddr ${web} tcp dport 80 drop`,
      ),
      question: connect('host', web, 80),
      truth: truth('output-filter', 'host', 'there'),
    },
  ],
};
