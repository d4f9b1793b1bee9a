import { defaultRoute, neighbours, on, outward, ping, some, truth } from '../edits.ts';
import type { Family } from '../family.ts';
import type { Fault } from '../fault.ts';
import type { Member } from '../lab.ts';

function changed(member: Member, bits: number): Pick<Fault, 'plant' | 'mend'> {
  const { place, address, device } = member;
  const swap = (from: number, to: number) =>
    `ip addr del ${address}/${from} dev ${device}; ip addr add ${address}/${to} ${to === 24 ? 'broadcast +' : ''} dev ${device}`;
  return {
    plant: on(place, swap(24, bits)),
    mend: on(place, swap(bits, 24), defaultRoute(member)),
  };
}

export const prefix: Family = {
  name: 'prefix',
  title: "a wrong prefix on the sender's address",
  faults: (lab) => [
    ...some(lab).flatMap((member) =>
      [32, 30].flatMap((bits) => [
        {
          id: `/${bits} to the world ${member.name}`,
          ...changed(member, bits),
          question: outward(member),
          truth: truth('route-prefix', member.place, 'there', ['reply-route']),
        },
        {
          id: `/${bits} to the gateway ${member.name}`,
          ...changed(member, bits),
          question: ping(member, member.network.gateway),
          truth: truth('route-prefix', member.place, 'there', ['reply-route']),
        },
      ]),
    ),
    ...neighbours(lab).map(([one, other]) => ({
      id: `/32 to a neighbour ${other.name}`,
      ...changed(one, 32),
      question: ping(one, other.address),
      truth: truth('route-prefix', one.place, 'there', ['reply-route']),
    })),
    // Too wide: it takes the other network for its own.
    ...lab.members.slice(0, 1).flatMap((member) =>
      lab.networks.slice(1).map(({ gateway }) => {
        const { place, address, device } = member;
        const route = defaultRoute(member);
        return {
          id: '/8 to the other network',
          plant: on(
            place,
            `ip addr del ${address}/24 dev ${device}; ip addr add ${address}/8 dev ${device}; ${route}`,
          ),
          mend: on(
            place,
            `ip addr del ${address}/8 dev ${device}; ip addr add ${address}/24 broadcast + dev ${device}; ${route}`,
          ),
          question: ping(member, gateway.replace(/1$/, '12')),
          truth: truth(['route-prefix', 'neighbour-unowned', 'target-absent'], place, 'there'),
        };
      }),
    ),
  ],
};
