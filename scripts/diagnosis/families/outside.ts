import { host, neighbours, nft, on, outward, ping, some, truth, uplink, web } from '../edits.ts';
import type { Family } from '../family.ts';

/** What no row of the table knows: the right answer is the place, and that the cause is not known. */
export const outside: Family = {
  name: 'outside',
  title: 'faults that the table does not have: the right answer is the place and "unknown"',
  faults: (lab) => [
    ...some(lab).flatMap((member) => {
      const { name, place, network } = member;
      const question = outward(member);
      return [
        {
          id: `ipsec-policy ${name}`,
          plant: host(`ip xfrm policy add src 0.0.0.0/0 dst ${web}/32 dir fwd action block`),
          mend: host('ip xfrm policy flush'),
          question,
          truth: truth([], 'host', 'there'),
        },
        {
          id: `ipsec-policy-own ${name}`,
          plant: on(place, `ip xfrm policy add src 0.0.0.0/0 dst ${web}/32 dir out action block`),
          mend: on(place, 'ip xfrm policy flush'),
          question,
          truth: truth([], place, 'there'),
        },
        {
          id: `time-to-live ${name}`,
          ...nft(
            'host',
            'ip',
            'type filter hook prerouting priority -200;',
            `iifname ${network.bridge} ip ttl set 1`,
          ),
          question,
          truth: truth([], 'host', 'there'),
        },
      ];
    }),
    ...neighbours(lab).map(([one, other]) => ({
      id: `static-entry-at-a-wrong-port ${other.name}`,
      plant: host(
        `mac=$(cat /run/score/mac-of-${other.name}); bridge fdb replace $mac dev ${one.outer} master static sticky`,
      ),
      mend: host(`bridge fdb del $(cat /run/score/mac-of-${other.name}) dev ${one.outer} master`),
      question: ping('host', other.address),
      truth: truth([], 'host'),
    })),
    ...lab.members.slice(0, 1).map((member) => ({
      id: 'wrong-checksum-of-an-address',
      // The destination is rewritten without connection tracking: the answer comes from somebody else.
      ...nft(
        'host',
        'ip',
        'type filter hook postrouting priority -50;',
        `oifname ${uplink} ip daddr ${web} ip daddr set 203.0.113.10`,
      ),
      question: outward(member),
      truth: truth([], ['host', 'world']),
    })),
  ],
};
