import { defaultRoute, on, outward, ping, some, truth } from '../edits.ts';
import type { Family } from '../family.ts';

export const source: Family = {
  name: 'source',
  title: "the sender's own interfaces: eth0 off, renamed away or without address; lo off",
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name, place, device, address, network } = member;
      return [
        {
          id: `down ${name}`,
          plant: on(place, `ip link set dev ${device} down`),
          mend: on(place, `ip link set dev ${device} up`, defaultRoute(member)),
          question: outward(member),
          truth: truth('source-down', place, 'there', ['target-absent']),
        },
        {
          id: `down-to-gateway ${name}`,
          plant: on(place, `ip link set dev ${device} down`),
          mend: on(place, `ip link set dev ${device} up`, defaultRoute(member)),
          question: ping(member, network.gateway),
          truth: truth('source-down', place, 'there', ['target-absent']),
        },
        {
          id: `no-address ${name}`,
          plant: on(place, `ip addr del ${address}/24 dev ${device}`),
          mend: on(
            place,
            `ip addr add ${address}/24 broadcast + dev ${device}`,
            defaultRoute(member),
          ),
          question: outward(member),
          truth: truth('source-no-address', place, 'there', ['target-absent']),
        },
        {
          id: `loopback ${name}`,
          plant: on(place, 'ip link set dev lo down'),
          mend: on(place, 'ip link set dev lo up'),
          question: ping(member, '127.0.0.1'),
          truth: truth('source-loopback-down', place, 'there'),
        },
        {
          id: `loopback-own-address ${name}`,
          plant: on(place, 'ip link set dev lo down'),
          mend: on(place, 'ip link set dev lo up'),
          question: ping(member, address),
          truth: truth('source-loopback-down', place, 'there'),
        },
      ];
    }),
};
