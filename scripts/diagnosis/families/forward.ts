import {
  connect,
  firewallEdit,
  host,
  iptables,
  nft,
  outward,
  some,
  truth,
  uplink,
  web,
} from '../edits.ts';
import type { Family } from '../family.ts';

export const forward: Family = {
  name: 'forward',
  title: 'rules and policies for forwarded packets: iptables, DOCKER-USER, nft tables of others',
  faults: (lab) => {
    // There the same rule also drops what containers say to each other.
    const bridged = lab.surroundings.includes('bridge-netfilter') ? ['bridge-netfilter'] : [];
    const docker = lab.surroundings.includes('docker');
    return [
      ...some(lab).flatMap((member) => {
        const { name, address, network } = member;
        const { bridge } = network;
        const icmp = outward(member);
        const drop = truth('forward-rule', 'host', 'there', bridged);
        const reject = truth('forward-reject', 'host', 'there', bridged);
        const table = (more: string, ...rules: string[]) =>
          nft('host', 'inet', `type filter hook forward ${more}`, ...rules);
        const rules = [
          { id: 'drop-source', rule: `-s ${address} -j DROP` },
          { id: 'drop-target', rule: `-d ${web} -p icmp -j DROP` },
          { id: 'drop-interfaces', rule: `-i ${bridge} -o ${uplink} -j DROP` },
          { id: 'drop-new', rule: `-m conntrack --ctstate NEW -j DROP` },
          { id: 'drop-all', rule: '-j DROP' },
          { id: 'drop-length', rule: '-p icmp -m length --length 20:200 -j DROP' },
        ];
        const rejects = [
          { id: 'reject', rule: `-s ${address} -j REJECT` },
          {
            id: 'reject-admin',
            rule: `-i ${bridge} -j REJECT --reject-with icmp-admin-prohibited`,
          },
          { id: 'reject-host', rule: `-d ${web} -j REJECT --reject-with icmp-host-unreachable` },
        ];
        return [
          ...rules.map(({ id, rule }) => ({
            id: `${id} ${name}`,
            ...iptables('host', 'FORWARD', rule),
            question: icmp,
            truth: drop,
          })),
          ...rejects.map(({ id, rule }) => ({
            id: `${id} ${name}`,
            ...iptables('host', 'FORWARD', rule),
            question: icmp,
            truth: reject,
          })),
          {
            id: `drop-port ${name}`,
            ...iptables('host', 'FORWARD', '-p tcp --dport 80 -j DROP'),
            question: connect(member, web, 80),
            truth: drop,
          },
          {
            id: `reset ${name}`,
            ...iptables('host', 'FORWARD', '-p tcp --dport 80 -j REJECT --reject-with tcp-reset'),
            question: connect(member, web, 80),
            truth: reject,
          },
          {
            id: `mangle ${name}`,
            ...iptables('host', 'FORWARD', `-s ${address} -j DROP`, 'mangle'),
            question: icmp,
            truth: drop,
          },
          {
            id: `postrouting ${name}`,
            ...iptables('host', 'POSTROUTING', `-o ${uplink} -p icmp -j DROP`, 'mangle'),
            question: icmp,
            truth: truth(['forward-rule', 'output-filter', 'forward-table'], 'host', 'there'),
          },
          {
            id: `nft-policy ${name}`,
            ...table('priority 0; policy drop;'),
            question: icmp,
            truth: truth(['forward-table', 'forward-policy'], 'host', 'there', bridged),
          },
          {
            id: `nft-late ${name}`,
            ...table('priority 200;', `ip saddr ${network.subnet} drop`),
            question: icmp,
            truth: truth(['forward-table', 'forward-rule'], 'host', 'there', bridged),
          },
          {
            id: `nft-reject ${name}`,
            ...table(
              'priority -10;',
              `iifname ${bridge} oifname ${uplink} reject with icmpx type admin-prohibited`,
            ),
            question: icmp,
            truth: truth(['forward-table', 'forward-reject'], 'host', 'there', bridged),
          },
          {
            id: `nft-jump ${name}`,
            plant: host(
              `nft add table ip theirs; nft add chain ip theirs deeper; nft add rule ip theirs deeper ip daddr ${web} counter drop; nft 'add chain ip theirs base { type filter hook forward priority 5; }'; nft add rule ip theirs base iifname ${bridge} jump deeper`,
            ),
            mend: host('nft delete table ip theirs'),
            question: icmp,
            truth: truth(['forward-table', 'forward-rule'], 'host', 'there', bridged),
          },
          {
            id: `nft-set ${name}`,
            plant: host(
              `nft add table inet theirs; nft 'add set inet theirs blocked { type ipv4_addr; elements = { ${web}, 203.0.113.10 }; }'; nft 'add chain inet theirs base { type filter hook forward priority 0; }'; nft add rule inet theirs base ip daddr @blocked drop`,
            ),
            mend: host('nft delete table inet theirs'),
            question: icmp,
            truth: truth(['forward-table', 'forward-rule'], 'host', 'there', bridged),
          },
        ];
      }),
      ...lab.members.slice(0, 1).flatMap((member) => {
        const ours = truth(['chain-flushed', 'forward-policy'], 'host');
        const reload =
          "printf '*filter\\n:INPUT ACCEPT\\n:FORWARD DROP\\n:OUTPUT ACCEPT\\n-A INPUT -i lo -j ACCEPT\\nCOMMIT\\n' | iptables-restore";
        return [
          {
            id: 'policy-and-reload',
            ...firewallEdit(reload),
            question: outward(member),
            truth: ours,
          },
          {
            id: 'policy-and-flush',
            ...firewallEdit('iptables -w 5 -P FORWARD DROP; iptables -w 5 -F FORWARD'),
            question: outward(member),
            truth: ours,
          },
          ...(docker
            ? [
                {
                  id: 'docker-flush',
                  ...firewallEdit('iptables -w 5 -F FORWARD'),
                  question: outward(member),
                  truth: ours,
                },
                {
                  id: 'docker-user',
                  ...iptables('host', 'DOCKER-USER', `-i ${member.network.bridge} -j DROP`),
                  question: outward(member),
                  truth: truth('forward-rule', 'host', 'there'),
                },
                {
                  id: 'rules-of-ours-deleted',
                  ...firewallEdit('iptables-save | grep -v "ctr:" | iptables-restore'),
                  question: outward(member),
                  truth: truth(['chain-flushed', 'forward-policy', 'masquerade-missing'], 'host'),
                },
              ]
            : []),
        ];
      }),
    ];
  },
};
