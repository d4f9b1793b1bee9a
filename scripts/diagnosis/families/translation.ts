import { connect, firewallEdit, host, iptables, outward, some, truth, web } from '../edits.ts';
import type { Family } from '../family.ts';

export const translation: Family = {
  name: 'translation',
  title:
    'source translation: deleted, flushed, before it another rule, a wrong address; DNAT elsewhere',
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name, network, address } = member;
      const { subnet, bridge } = network;
      const missing = truth(['masquerade-missing', 'chain-flushed'], ['host', 'world']);
      const elsewhere = truth('masquerade-elsewhere', ['host', 'world']);
      const question = outward(member);
      const nat = (rule: string) => iptables('host', 'POSTROUTING', rule, 'nat');
      return [
        {
          id: `deleted ${name}`,
          ...firewallEdit(
            `iptables -w 5 -t nat -D POSTROUTING -s ${subnet} ! -o ${bridge} -m comment --comment ctr:${bridge} -j MASQUERADE`,
          ),
          question,
          truth: missing,
        },
        {
          id: `flushed ${name}`,
          ...firewallEdit('iptables -w 5 -t nat -F POSTROUTING'),
          question,
          truth: missing,
        },
        {
          id: `reloaded ${name}`,
          ...firewallEdit(
            "printf '*nat\\n:PREROUTING ACCEPT\\n:POSTROUTING ACCEPT\\nCOMMIT\\n' | iptables-restore",
          ),
          question,
          truth: missing,
        },
        {
          id: `accept-before ${name}`,
          ...nat(`-s ${subnet} -j ACCEPT`),
          question,
          truth: elsewhere,
        },
        {
          id: `return-before ${name}`,
          ...nat(`-s ${address} -d ${web} -j RETURN`),
          question,
          truth: elsewhere,
        },
        {
          id: `wrong-address ${name}`,
          ...nat(`-s ${subnet} -d ${web} -j SNAT --to-source 198.51.100.77`),
          question,
          truth: elsewhere,
        },
        {
          id: `not-tracked ${name}`,
          ...iptables('host', 'PREROUTING', `-s ${address} -j CT --notrack`, 'raw'),
          question,
          truth: truth(['not-tracked', 'masquerade-missing'], ['host', 'world']),
        },
        {
          id: `diverted ${name}`,
          ...iptables(
            'host',
            'PREROUTING',
            `-i ${bridge} -p tcp --dport 80 -j DNAT --to-destination 198.51.100.99:80`,
            'nat',
          ),
          question: connect(member, web, 80),
          truth: truth(['diverted', 'redirected'], 'host', 'there'),
        },
        {
          id: `redirected ${name}`,
          ...iptables(
            'host',
            'PREROUTING',
            `-i ${bridge} -p tcp --dport 80 -j REDIRECT --to-ports 3128`,
            'nat',
          ),
          question: connect(member, web, 80),
          truth: truth(['diverted', 'redirected'], 'host', 'there'),
        },
        {
          id: `diverted-nft ${name}`,
          plant: host(
            `nft add table ip theirs; nft 'add chain ip theirs base { type nat hook prerouting priority -110; }'; nft add rule ip theirs base iifname ${bridge} ip daddr ${web} dnat to 198.51.100.98`,
          ),
          mend: host('nft delete table ip theirs'),
          question,
          truth: truth(['diverted', 'redirected'], 'host', 'there'),
        },
      ];
    }),
};
