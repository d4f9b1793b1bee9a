import { host, inside, on, some, truth } from '../edits.ts';
import type { Family } from '../family.ts';
import type { Member } from '../lab.ts';

const known = 'downloads.example';
const keep = 'cp /etc/resolv.conf /tmp/score-resolv';
const back = 'cat /tmp/score-resolv >/etc/resolv.conf; rm /tmp/score-resolv';

const servers = [
  { id: 'refused', causes: ['name-refused', 'target-closed'], line: 'nameserver 10.88.0.1' },
  { id: 'times-out', causes: ['name-timeout', 'target-absent'], line: 'nameserver 203.0.113.99' },
  { id: 'stub', causes: ['name-loopback-stub', 'name-refused'], line: 'nameserver 127.0.0.53' },
  { id: 'none', causes: ['name-no-resolver'], line: '' },
  { id: 'commented-out', causes: ['name-no-resolver'], line: '# nameserver 198.51.100.1' },
];

function ask(from: Member, to: string) {
  return { from: from.place, to, protocol: 'icmp' } as const;
}

export const name: Family = {
  name: 'name',
  title: 'resolv.conf of the container, its hosts file, and the way to the name server',
  faults: (lab) => [
    ...some(lab).flatMap((member) =>
      servers.map(({ id, causes, line }) => ({
        id: `${id} ${member.name}`,
        plant: inside(member, `${keep}; echo '${line}' >/etc/resolv.conf`),
        mend: inside(member, back),
        question: ask(member, known),
        truth: truth(causes, [member.place, 'host', 'world']),
      })),
    ),
    ...some(lab).map((member) => ({
      id: `no-such-name ${member.name}`,
      scene: {
        plant: inside(
          member,
          'cp /etc/hosts /tmp/score-hosts; echo "203.0.113.80 backup" >>/etc/hosts; cp /etc/hosts /tmp/score-with',
        ),
        mend: inside(
          member,
          'cat /tmp/score-hosts >/etc/hosts; rm /tmp/score-hosts /tmp/score-with',
        ),
      },
      plant: inside(member, 'cat /tmp/score-hosts >/etc/hosts'),
      mend: inside(member, 'cat /tmp/score-with >/etc/hosts'),
      question: ask(member, 'backup'),
      truth: truth('name-unknown', [member.place]),
    })),
    ...some(lab)
      .slice(0, 1)
      .flatMap((member) => [
        {
          id: 'world-drops-53',
          plant: on(
            'world',
            "nft add table ip dns; nft 'add chain ip dns in { type filter hook input priority 0; }'; nft add rule ip dns in udp dport 53 drop",
          ),
          mend: on('world', 'nft delete table ip dns'),
          question: ask(member, known),
          truth: truth(['name-timeout', 'target-filter'], ['world', member.place]),
        },
        {
          id: 'host-drops-53',
          plant: host('iptables -w 5 -I FORWARD 1 -p udp --dport 53 -j DROP'),
          mend: host('iptables -w 5 -D FORWARD -p udp --dport 53 -j DROP'),
          question: ask(member, known),
          truth: truth(['name-timeout', 'forward-rule'], ['host', member.place]),
        },
        {
          id: 'host-rejects-53',
          plant: host('iptables -w 5 -I FORWARD 1 -p udp --dport 53 -j REJECT'),
          mend: host('iptables -w 5 -D FORWARD -p udp --dport 53 -j REJECT'),
          question: ask(member, known),
          truth: truth(['name-refused', 'forward-reject'], ['host', member.place]),
        },
      ]),
  ],
};
