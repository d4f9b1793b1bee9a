import {
  containerPid,
  defaultRoute,
  host,
  neighbours,
  on,
  outward,
  ping,
  some,
  truth,
} from '../edits.ts';
import type { Family } from '../family.ts';

export const cable: Family = {
  name: 'cable',
  title: "the veth pair: host's end off, in no bridge, in a wrong one, both ends in one namespace",
  faults: (lab) => [
    ...some(lab).flatMap((member) => {
      const { name, place, outer, device, address, network, more } = member;
      const gateway = ping(member, network.gateway);
      const down = {
        plant: host(`ip link set dev ${outer} down`),
        mend: host(`ip link set dev ${outer} up`),
        truth: truth('link-end-down', 'host', 'there'),
      };
      const out = {
        plant: host(`ip link set dev ${outer} nomaster`),
        mend: host(`ip link set dev ${outer} master ${network.bridge}`),
        truth: truth('link-unattached', 'host'),
      };
      return [
        { id: `down-to-gateway ${name}`, ...down, question: gateway },
        { id: `down-to-world ${name}`, ...down, question: outward(member) },
        { id: `unattached-to-gateway ${name}`, ...out, question: gateway },
        { id: `unattached-to-world ${name}`, ...out, question: outward(member) },
        { id: `unattached-from-host ${name}`, ...out, question: ping('host', address) },
        {
          id: `wrong-bridge ${name}`,
          plant: host(
            `ip link add name br-other type bridge; ip link set dev br-other up; ip link set dev ${outer} master br-other`,
          ),
          mend: host(`ip link set dev ${outer} master ${network.bridge}; ip link del dev br-other`),
          question: outward(member),
          truth: truth('link-wrong-bridge', 'host'),
        },
        ...lab.networks
          .filter((one) => one !== network && more.every((port) => port.network !== one))
          .map((one) => ({
            id: `bridge-of-the-other-network ${name}`,
            plant: host(`ip link set dev ${outer} master ${one.bridge}`),
            mend: host(`ip link set dev ${outer} master ${network.bridge}`),
            question: outward(member),
            truth: truth('link-wrong-bridge', 'host'),
          })),
        {
          id: `both-ends-in-container ${name}`,
          plant: host(`ip link set dev ${outer} netns ${containerPid(name)}`),
          mend: [
            ...on(place, `ip link set dev ${outer} netns 1`),
            ...host(
              `ip link set dev ${outer} master ${network.bridge}; ip link set dev ${outer} up`,
            ),
          ],
          question: outward(member),
          truth: truth('link-same-namespace', [place, 'host'], 'there'),
        },
        {
          id: `both-ends-on-host ${name}`,
          plant: on(place, `ip link set dev ${device} netns 1 name moved0`),
          mend: [
            ...host(`ip link set dev moved0 netns ${containerPid(name)} name ${device}`),
            ...on(
              place,
              `ip addr add ${address}/24 broadcast + dev ${device}; ip link set dev ${device} up`,
              defaultRoute(member),
            ),
          ],
          question: outward(member),
          truth: truth(['link-same-namespace', 'source-no-interface'], [place, 'host'], 'there'),
        },
        {
          id: `deleted ${name}`,
          // It is given another name and set aside, as if it had never been made.
          plant: on(place, `ip link set dev ${device} down; ip link set dev ${device} name gone0`),
          mend: on(
            place,
            `ip link set dev gone0 name ${device}; ip link set dev ${device} up`,
            defaultRoute(member),
          ),
          question: outward(member),
          truth: truth(['source-no-interface', 'source-down'], place, 'there'),
        },
      ];
    }),
    ...neighbours(lab).map(([one, other]) => ({
      id: `neighbour-down ${other.name}`,
      plant: host(`ip link set dev ${other.outer} down`),
      mend: host(`ip link set dev ${other.outer} up`),
      question: ping(one, other.address),
      truth: truth('link-end-down', 'host'),
    })),
    ...neighbours(lab).map(([one, other]) => ({
      id: `neighbour-unattached ${other.name}`,
      plant: host(`ip link set dev ${other.outer} nomaster`),
      mend: host(`ip link set dev ${other.outer} master ${other.network.bridge}`),
      question: ping(one, other.address),
      truth: truth('link-unattached', 'host'),
    })),
  ],
};
