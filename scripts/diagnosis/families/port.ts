import { host, neighbours, outward, ping, some, truth } from '../edits.ts';
import type { Family } from '../family.ts';
import type { Fault } from '../fault.ts';

/** States of IEEE 802.1D that last where no spanning tree runs; the kernel soon makes the others forwarding. */
const states = { disabled: 0, listening: 1 };

/** Listening and learning last 30 seconds each, not 15: long enough to ask about. */
function slow(bridge: string): NonNullable<Fault['scene']> {
  return {
    plant: host(`ip link set dev ${bridge} type bridge forward_delay 3000`),
    mend: host(`ip link set dev ${bridge} type bridge forward_delay 1500`),
  };
}

export const port: Family = {
  name: 'port',
  title: 'the port of a bridge: its spanning tree state, isolation, its VLAN',
  faults: (lab) => [
    ...some(lab).flatMap((member) => {
      const { name, outer, address, network } = member;
      const { bridge, gateway } = network;
      const vlans = {
        plant: host(`ip link set dev ${bridge} type bridge vlan_filtering 1`),
        mend: host(`ip link set dev ${bridge} type bridge vlan_filtering 0`),
      };
      return [
        ...Object.entries(states).map(([state, number]) => ({
          id: `${state} ${name}`,
          scene: slow(bridge),
          plant: host(`bridge link set dev ${outer} state ${number}`),
          mend: host(`bridge link set dev ${outer} state 3`),
          question: outward(member),
          truth: truth('link-port-blocking', 'host'),
        })),
        {
          id: `no-flooding ${name}`,
          plant: host(
            `bridge link set dev ${outer} flood off mcast_flood off bcast_flood off learning off; bridge fdb del $(cat /run/score/mac-of-${name}) dev ${outer} master || true`,
          ),
          mend: host(
            `bridge link set dev ${outer} flood on mcast_flood on bcast_flood on learning on`,
          ),
          question: ping('host', address),
          truth: truth('link-port-blind', 'host'),
        },
        {
          id: `locked ${name}`,
          // Frames from a MAC that no static entry allows are dropped (bridge(8)).
          plant: host(
            `bridge link set dev ${outer} learning off locked on; bridge fdb del $(cat /run/score/mac-of-${name}) dev ${outer} master || true`,
          ),
          mend: host(`bridge link set dev ${outer} learning on locked off`),
          question: outward(member),
          truth: truth('link-port-locked', 'host'),
        },
        {
          id: `vlan-missing ${name}`,
          scene: vlans,
          plant: host(`bridge vlan del dev ${outer} vid 1`),
          mend: host(`bridge vlan add dev ${outer} vid 1 pvid untagged`),
          question: ping(member, gateway),
          truth: truth('link-port-vlan', 'host'),
        },
        {
          id: `vlan-other ${name}`,
          scene: vlans,
          plant: host(
            `bridge vlan add dev ${outer} vid 20 pvid untagged; bridge vlan del dev ${outer} vid 1`,
          ),
          mend: host(
            `bridge vlan del dev ${outer} vid 20; bridge vlan add dev ${outer} vid 1 pvid untagged`,
          ),
          question: outward(member),
          truth: truth('link-port-vlan', 'host'),
        },
      ];
    }),
    ...neighbours(lab).map(([one, other]) => ({
      id: `isolated ${other.name}`,
      scene: {
        plant: host(`bridge link set dev ${one.outer} isolated on`),
        mend: host(`bridge link set dev ${one.outer} isolated off`),
      },
      plant: host(`bridge link set dev ${other.outer} isolated on`),
      mend: host(`bridge link set dev ${other.outer} isolated off`),
      question: ping(one, other.address),
      truth: truth('link-port-isolated', 'host'),
    })),
    ...lab.networks.slice(0, 1).flatMap(({ bridge }) =>
      lab.members.slice(0, 1).map((member) => ({
        id: 'stp-restarted',
        scene: slow(bridge),
        // Spanning tree is switched on and the port starts anew: it listens for 15 seconds, then learns for 15 (IEEE 802.1D).
        plant: host(
          `ip link set dev ${bridge} type bridge stp_state 1; ip link set dev ${member.outer} down; ip link set dev ${member.outer} up`,
        ),
        mend: host(
          `ip link set dev ${bridge} type bridge stp_state 0; ip link set dev ${member.outer} down; ip link set dev ${member.outer} up`,
        ),
        question: outward(member),
        truth: truth('link-port-blocking', 'host'),
      })),
    ),
  ],
};
