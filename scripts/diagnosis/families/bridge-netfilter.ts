import { host, iptables, neighbours, nft, ping, truth } from '../edits.ts';
import type { Family } from '../family.ts';

export const bridgeNetfilter: Family = {
  name: 'bridge-netfilter',
  title: 'br_netfilter hands bridged packets to FORWARD, where they are dropped',
  faults: (lab) =>
    neighbours(lab).flatMap(([one, other]) => {
      const question = ping(one, other.address);
      const switchIt = (value: number) =>
        host(`sysctl -qw net.bridge.bridge-nf-call-iptables=${value}`);
      if (lab.surroundings.includes('bridge-netfilter')) {
        return [
          {
            id: `rule ${other.name}`,
            ...iptables('host', 'FORWARD', `-s ${one.address} -d ${other.address} -j DROP`),
            question,
            truth: truth('bridge-netfilter', 'host', 'there'),
          },
          {
            id: `back ${other.name}`,
            ...iptables('host', 'FORWARD', `-s ${other.address} -d ${one.address} -j DROP`),
            question,
            truth: truth(['bridge-netfilter', 'reply-filter'], 'host', 'back'),
          },
          {
            id: `reject ${other.name}`,
            ...iptables(
              'host',
              'FORWARD',
              `-i ${one.network.bridge} -o ${one.network.bridge} -j REJECT`,
            ),
            question,
            truth: truth('bridge-netfilter', 'host', 'there'),
          },
          {
            id: `policy ${other.name}`,
            ...nft('host', 'inet', 'type filter hook forward priority 0; policy drop;'),
            question,
            truth: truth('bridge-netfilter', 'host', 'there'),
          },
          {
            id: `prerouting ${other.name}`,
            ...iptables('host', 'PREROUTING', `-d ${other.address} -j DROP`, 'raw'),
            question,
            truth: truth(['bridge-netfilter', 'ingress-filter'], 'host', 'there'),
          },
        ];
      }
      return [
        {
          id: `switched-on ${other.name}`,
          scene: iptables('host', 'FORWARD', `-s ${one.address} -d ${other.address} -j DROP`),
          plant: switchIt(1),
          mend: switchIt(0),
          question,
          truth: truth('bridge-netfilter', 'host', 'there'),
        },
      ];
    }),
};
