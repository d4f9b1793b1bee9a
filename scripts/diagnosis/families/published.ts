import { connect, host, iptables, neighbours, nft, serverScene, truth, uplink } from '../edits.ts';
import type { Family } from '../family.ts';
import type { Fault } from '../fault.ts';
import { hostAddress, type Member } from '../lab.ts';

const port = 8080;

/** The port of a container published on the host, as Docker does it. */
function publish(member: Member, docker: boolean): NonNullable<Fault['scene']> {
  const { address, network, place } = member;
  const chain = docker ? 'DOCKER' : 'PREROUTING';
  const rules = [
    `-t nat -A ${chain} -d ${hostAddress} -p tcp --dport ${port} -j DNAT --to-destination ${address}:${port}`,
    `-t nat -A POSTROUTING -s ${network.subnet} -d ${address} -p tcp --dport ${port} -j MASQUERADE`,
    `-A FORWARD ! -i ${network.bridge} -o ${network.bridge} -d ${address} -p tcp --dport ${port} -j ACCEPT`,
  ];
  const served = serverScene(place, port);
  return {
    plant: [...served.plant, ...host(...rules.map((rule) => `iptables -w 5 ${rule}`))],
    mend: [
      ...host(...rules.map((rule) => `iptables -w 5 ${rule.replace('-A ', '-D ')}`)),
      ...served.mend,
    ],
  };
}

export const published: Family = {
  name: 'published',
  title: 'a published port (DNAT): its rules, firewalls around it, the hairpin',
  faults: (lab) => {
    const docker = lab.surroundings.includes('docker');
    const chain = docker ? 'DOCKER' : 'PREROUTING';
    return [
      ...lab.members.slice(0, 1).flatMap((member) => {
        const { address, network } = member;
        const scene = publish(member, docker);
        const question = connect('world', hostAddress, port);
        const reload = (policy: string) =>
          `nft add table inet theirs; nft 'add chain inet theirs in { type filter hook input priority 5; policy drop; }'; nft add rule inet theirs in tcp dport ${port} accept; nft add rule inet theirs in ct state established accept; nft add rule inet theirs in iifname lo accept; nft add rule inet theirs in ip protocol icmp accept; nft 'add chain inet theirs forwarded { type filter hook forward priority 5; policy ${policy}; }'; nft add rule inet theirs forwarded ct state established accept; nft add rule inet theirs forwarded iifname ${network.bridge} accept`;
        return [
          {
            id: 'no-dnat',
            scene,
            plant: host(
              `iptables -w 5 -t nat -D ${chain} -d ${hostAddress} -p tcp --dport ${port} -j DNAT --to-destination ${address}:${port}`,
            ),
            mend: host(
              `iptables -w 5 -t nat -A ${chain} -d ${hostAddress} -p tcp --dport ${port} -j DNAT --to-destination ${address}:${port}`,
            ),
            question,
            truth: truth(['target-closed', 'target-filter'], 'host', 'there'),
          },
          {
            id: 'opened-in-input-only',
            scene,
            // The port is opened in INPUT; but what is published passes FORWARD, and there the policy drops it.
            plant: host(reload('drop')),
            mend: host('nft delete table inet theirs'),
            question,
            truth: truth(
              ['published-port-filter', 'forward-table', 'forward-policy'],
              'host',
              'there',
            ),
          },
          {
            id: 'opened-in-input-only-iptables',
            scene,
            plant: host(
              `iptables -w 5 -I INPUT 1 -p tcp --dport ${port} -j ACCEPT; iptables -w 5 -I FORWARD 1 -i ${uplink} -m conntrack --ctstate NEW -j DROP`,
            ),
            mend: host(
              `iptables -w 5 -D INPUT -p tcp --dport ${port} -j ACCEPT; iptables -w 5 -D FORWARD -i ${uplink} -m conntrack --ctstate NEW -j DROP`,
            ),
            question,
            truth: truth(['published-port-filter', 'forward-rule'], 'host', 'there'),
          },
          {
            id: 'dnat-to-a-wrong-address',
            scene,
            ...iptables(
              'host',
              'PREROUTING',
              `-d ${hostAddress} -p tcp --dport ${port} -j DNAT --to-destination ${network.stem}.77:${port}`,
              'nat',
            ),
            question,
            truth: truth(['diverted', 'target-absent', 'neighbour-unowned'], 'host', 'there'),
          },
          {
            id: 'dnat-to-a-wrong-port',
            scene,
            ...iptables(
              'host',
              'PREROUTING',
              `-d ${hostAddress} -p tcp --dport ${port} -j DNAT --to-destination ${address}:8081`,
              'nat',
            ),
            question,
            truth: truth(['diverted', 'target-closed'], ['host', member.place], 'there'),
          },
          {
            id: 'drop-of-the-answer',
            scene,
            ...nft(
              'host',
              'ip',
              'type filter hook forward priority -5;',
              `ip saddr ${address} tcp sport ${port} drop`,
            ),
            question,
            truth: truth(['reply-filter', 'forward-table'], 'host', 'back'),
          },
        ];
      }),
      ...neighbours(lab)
        .slice(0, 1)
        .flatMap(([one, other]) => {
          const rule = `-s ${one.network.subnet} -d ${one.address} -p tcp --dport ${port} -j MASQUERADE`;
          const hairpin = {
            scene: publish(one, docker),
            plant: host(`iptables -w 5 -t nat -D POSTROUTING ${rule}`),
            mend: host(`iptables -w 5 -t nat -A POSTROUTING ${rule}`),
          };
          // With br_netfilter, the bridge itself translates the answer back.
          if (lab.surroundings.includes('bridge-netfilter')) return [];
          return [
            {
              id: 'hairpin-own',
              ...hairpin,
              question: connect(one, hostAddress, port),
              truth: truth('reply-hairpin', ['host', one.place]),
            },
            {
              id: 'hairpin-neighbour',
              ...hairpin,
              question: connect(other, hostAddress, port),
              truth: truth('reply-hairpin', ['host', one.place, other.place]),
            },
          ];
        }),
    ];
  },
};
