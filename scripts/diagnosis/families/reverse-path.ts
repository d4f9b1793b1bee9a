import { host, outward, some, truth, uplink } from '../edits.ts';
import type { Family } from '../family.ts';

export const reversePath: Family = {
  name: 'reverse-path',
  title: 'strict reverse path filter (RFC 3704), and a route that does not lead back',
  faults: (lab) =>
    some(lab).flatMap((member) => {
      const { name, address, network } = member;
      return [network.bridge, 'all'].map((key) => {
        const file = `/proc/sys/net/ipv4/conf/${key}/rp_filter`;
        const kept = `/run/score/rp-${key}`;
        return {
          id: `strict on ${key} ${name}`,
          scene: {
            plant: host(`cat ${file} >${kept}; echo 1 >${file}`),
            mend: host(`cat ${kept} >${file}`),
          },
          plant: host(`ip route add ${address}/32 dev ${uplink}`),
          mend: host(`ip route del ${address}/32 dev ${uplink}`),
          question: outward(member),
          truth: truth(['reverse-path', 'host-route-elsewhere', 'subnet-taken'], 'host'),
        };
      });
    }),
};
