import type { Place } from '../../../src/model/place.ts';
import {
  connect,
  host,
  iptables,
  neighbours,
  nft,
  on,
  outward,
  ping,
  server,
  some,
  sysctl,
  truth,
  web,
} from '../edits.ts';
import type { Family } from '../family.ts';
import type { Fault } from '../fault.ts';

/** A server that stops, or that listens again on 127.0.0.1 only. */
function stopped(place: Place, port: number): Pick<Fault, 'scene' | 'plant' | 'mend'> {
  const all = server(place, '0.0.0.0', port);
  return { scene: { plant: all.start, mend: all.stop }, plant: all.stop, mend: all.start };
}
function onLoopback(place: Place, port: number): Pick<Fault, 'scene' | 'plant' | 'mend'> {
  const all = server(place, '0.0.0.0', port);
  const local = server(place, '127.0.0.1', port);
  return {
    scene: { plant: all.start, mend: all.stop },
    plant: [...all.stop, ...local.start],
    mend: [...local.stop, ...all.start],
  };
}

export const target: Family = {
  name: 'target',
  title: 'the target: gone, closed, on loopback only, silent, its own filters',
  faults: (lab) => [
    ...neighbours(lab).flatMap(([one, other]) => {
      const { name, place, address, device } = other;
      const icmp = ping(one, address);
      const tcp = connect(one, address, 8080);
      const filtered = truth('target-filter', place, 'there', ['reply-filter']);
      const { start, stop } = server(place, '0.0.0.0', 8080);
      const scene = { plant: start, mend: stop };
      return [
        {
          id: `absent ${name}`,
          plant: on(place, `ip addr del ${address}/24 dev ${device}`),
          mend: on(
            place,
            `ip addr add ${address}/24 broadcast + dev ${device}; ip route add default via ${other.network.gateway} dev ${device}`,
          ),
          question: icmp,
          truth: truth(
            ['target-absent', 'neighbour-unowned'],
            [place, one.place, 'host'],
            'there',
            ['source-no-address'],
          ),
        },
        {
          id: `down ${name}`,
          plant: on(place, `ip link set dev ${device} down`),
          mend: on(
            place,
            `ip link set dev ${device} up; ip route add default via ${other.network.gateway} dev ${device}`,
          ),
          question: icmp,
          truth: truth(
            ['target-absent', 'target-down', 'source-down', 'link-end-down', 'neighbour-unowned'],
            [place, one.place, 'host'],
          ),
        },
        {
          id: `closed ${name}`,
          ...stopped(place, 8080),
          question: tcp,
          truth: truth('target-closed', place, 'there'),
        },
        {
          id: `loopback ${name}`,
          ...onLoopback(place, 8080),
          question: tcp,
          truth: truth('target-loopback-only', place, 'there'),
        },
        {
          id: `silent ${name}`,
          ...sysctl(place, 'net/ipv4/icmp_echo_ignore_all', 1),
          question: icmp,
          truth: truth('target-silent', place),
        },
        {
          id: `drop ${name}`,
          ...iptables(place, 'INPUT', '-p icmp -j DROP'),
          question: icmp,
          truth: filtered,
        },
        {
          id: `drop-port ${name}`,
          scene,
          ...iptables(place, 'INPUT', '-p tcp --dport 8080 -j DROP'),
          question: tcp,
          truth: filtered,
        },
        {
          id: `reject-port ${name}`,
          scene,
          ...iptables(place, 'INPUT', '-p tcp --dport 8080 -j REJECT'),
          question: tcp,
          truth: filtered,
        },
        {
          id: `nft-policy ${name}`,
          scene,
          ...nft(
            place,
            'inet',
            'type filter hook input priority 0; policy drop;',
            'ip protocol icmp accept',
            'ct state established accept',
          ),
          question: tcp,
          truth: filtered,
        },
        {
          id: `prerouting ${name}`,
          ...iptables(place, 'PREROUTING', '-p icmp -j DROP', 'raw'),
          question: icmp,
          truth: truth(['target-filter', 'ingress-filter'], place, 'there', ['reply-filter']),
        },
      ];
    }),
    ...some(lab).flatMap((member) => {
      const { name, network } = member;
      const tcp = connect(member, network.gateway, 8080);
      const icmp = ping(member, network.gateway);
      return [
        {
          id: `host-closed ${name}`,
          ...stopped('host', 8080),
          question: tcp,
          truth: truth('target-closed', 'host', 'there'),
        },
        {
          id: `host-loopback ${name}`,
          ...onLoopback('host', 8080),
          question: tcp,
          truth: truth('target-loopback-only', 'host', 'there'),
        },
        {
          id: `host-input ${name}`,
          ...iptables('host', 'INPUT', `-i ${network.bridge} -j DROP`),
          question: icmp,
          truth: truth('target-filter', 'host', 'there'),
        },
        {
          id: `host-reject ${name}`,
          ...iptables('host', 'INPUT', `-i ${network.bridge} -p icmp -j REJECT`),
          question: icmp,
          truth: truth('target-filter', 'host', 'there'),
        },
        {
          id: `host-silent ${name}`,
          ...sysctl('host', 'net/ipv4/icmp_echo_ignore_all', 1),
          question: icmp,
          truth: truth('target-silent', 'host'),
        },
        {
          id: `container-closed-to-host ${name}`,
          ...stopped(member.place, 8080),
          question: connect('host', member.address, 8080),
          truth: truth('target-closed', member.place, 'there'),
        },
      ];
    }),
    ...lab.members.slice(0, 1).flatMap((member) => [
      {
        id: 'world-absent',
        plant: on('world', `ip addr del ${web}/32 dev lo`),
        mend: on('world', `ip addr add ${web}/32 dev lo`),
        question: outward(member),
        truth: truth('target-absent', 'world', 'there'),
      },
      {
        id: 'world-silent',
        ...sysctl('world', 'net/ipv4/icmp_echo_ignore_all', 1),
        question: outward(member),
        truth: truth('target-silent', 'world'),
      },
      {
        id: 'world-filter',
        ...nft('world', 'inet', 'type filter hook input priority 0;', 'tcp dport 80 drop'),
        question: connect(member, web, 80),
        truth: truth('target-filter', 'world', 'there'),
      },
      {
        id: 'world-udp-reject',
        ...nft('world', 'inet', 'type filter hook input priority 0;', 'udp dport 53 reject'),
        question: { ...outward(member), to: '198.51.100.1', protocol: 'udp' as const, port: 53 },
        truth: truth('target-filter', 'world', 'there'),
      },
      {
        id: 'world-udp-drop',
        ...nft('world', 'inet', 'type filter hook input priority 0;', 'udp dport 53 drop'),
        question: { ...outward(member), to: '198.51.100.1', protocol: 'udp' as const, port: 53 },
        truth: truth('target-filter', 'world', 'there'),
      },
      {
        id: 'forward-udp-drop',
        plant: host('iptables -w 5 -I FORWARD 1 -p udp -j DROP'),
        mend: host('iptables -w 5 -D FORWARD -p udp -j DROP'),
        question: { ...outward(member), to: '198.51.100.1', protocol: 'udp' as const, port: 53 },
        truth: truth('forward-rule', 'host', 'there'),
      },
    ]),
  ],
};
