import { host, neighbours, nft, outward, ping, truth } from '../edits.ts';
import type { Family } from '../family.ts';

export const bridge: Family = {
  name: 'bridge',
  title: 'the bridge: off, without its own address or its own MAC, filters of the bridge family',
  faults: (lab) =>
    lab.networks.flatMap((network) => {
      const member = lab.members.find((one) => one.network === network);
      if (member === undefined) return [];
      const { bridge: dev, gateway, name } = network;
      const question = ping(member, gateway);
      const filter = (hook: string, rule: string) =>
        nft('host', 'bridge', `type filter hook ${hook} priority 0;`, rule);
      const filtered = truth('bridge-filter', 'host');
      return [
        ...[question, outward(member)].map((asked, index) => ({
          id: `down ${name} ${index === 0 ? 'gateway' : 'world'}`,
          plant: host(`ip link set dev ${dev} down`),
          mend: host(`ip link set dev ${dev} up`),
          question: asked,
          truth: truth('link-bridge-down', 'host'),
        })),
        ...[question, outward(member)].map((asked, index) => ({
          id: `no-address ${name} ${index === 0 ? 'gateway' : 'world'}`,
          plant: host(`ip addr del ${gateway}/24 dev ${dev}`),
          mend: host(`ip addr add ${gateway}/24 broadcast + dev ${dev}`),
          question: asked,
          truth: truth('bridge-address', 'host'),
        })),
        {
          id: `other-address ${name}`,
          plant: host(
            `ip addr add ${network.stem}.254/24 broadcast + dev ${dev}; ip addr del ${gateway}/24 dev ${dev}; ip addr replace ${network.stem}.254/24 dev ${dev}`,
          ),
          mend: host(
            `ip addr del ${network.stem}.254/24 dev ${dev}; ip addr add ${gateway}/24 broadcast + dev ${dev}`,
          ),
          question: outward(member),
          truth: truth('bridge-address', 'host'),
        },
        {
          id: `own-entry ${name}`,
          plant: host(
            `mac=$(ip -o link show dev ${dev} | sed 's/.*link.ether \\(\\S*\\) .*/\\1/'); bridge fdb del $mac dev ${dev} self; echo $mac >/run/score/own-mac`,
          ),
          mend: host(`bridge fdb add $(cat /run/score/own-mac) dev ${dev} self local`),
          question,
          truth: truth('bridge-own-entry', 'host'),
        },
        {
          id: `filter-input ${name}`,
          ...filter('input', `iifname ${member.outer} ip protocol icmp drop`),
          question,
          truth: filtered,
        },
        {
          id: `filter-prerouting ${name}`,
          ...filter('prerouting', `iifname ${member.outer} ether type ip drop`),
          question: outward(member),
          truth: filtered,
        },
        {
          id: `filter-output ${name}`,
          ...filter('output', `oifname ${member.outer} ether type ip drop`),
          question,
          truth: filtered,
        },
        {
          id: `filter-arp ${name}`,
          ...filter('input', `iifname ${member.outer} ether type arp drop`),
          question,
          truth: truth(['bridge-filter', 'neighbour-arp-filter'], 'host'),
        },
        {
          id: `ebtables ${name}`,
          plant: host(`ebtables -A INPUT -p IPv4 -i ${member.outer} -j DROP`),
          mend: host(`ebtables -D INPUT -p IPv4 -i ${member.outer} -j DROP`),
          question,
          truth: filtered,
        },
        ...neighbours(lab)
          .filter(([one]) => one.network === network)
          .flatMap(([one, other]) => [
            {
              id: `filter-forward ${other.name}`,
              ...filter(
                'forward',
                `iifname ${one.outer} oifname ${other.outer} ether type ip drop`,
              ),
              question: ping(one, other.address),
              truth: filtered,
            },
            {
              id: `filter-forward-back ${other.name}`,
              ...filter('forward', `iifname ${other.outer} ip saddr ${other.address} drop`),
              question: ping(one, other.address),
              truth: filtered,
            },
          ]),
      ];
    }),
};
