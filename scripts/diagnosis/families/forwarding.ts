import { host, outward, some, sysctl, truth, uplink } from '../edits.ts';
import type { Family } from '../family.ts';

export const forwarding: Family = {
  name: 'forwarding',
  title: 'forwarding switched off, for all interfaces or for one',
  faults: (lab) => {
    const global = lab.surroundings.includes('docker');
    // Where ip_forward is 0 too, "forwarding is off" is as right.
    const one = global
      ? ['forwarding-off-interface']
      : ['forwarding-off-interface', 'forwarding-off'];
    const save =
      'for file in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/forwarding; do echo "$(cat $file) $file"; done >/run/score/forwarding';
    const all = {
      plant: host(`${save}; sysctl -qw net.ipv4.ip_forward=1; sysctl -qw net.ipv4.ip_forward=0`),
      mend: host('while read value file; do echo $value >$file; done </run/score/forwarding'),
    };
    return some(lab).flatMap((member) => [
      {
        id: `all ${member.name}`,
        ...all,
        question: outward(member),
        truth: truth('forwarding-off', 'host', 'there'),
      },
      {
        id: `bridge ${member.name}`,
        ...sysctl('host', `net/ipv4/conf/${member.network.bridge}/forwarding`, 0),
        question: outward(member),
        truth: truth(one, 'host', 'there'),
      },
      {
        id: `uplink ${member.name}`,
        ...sysctl('host', `net/ipv4/conf/${uplink}/forwarding`, 0),
        question: outward(member),
        truth: truth(one, 'host', 'back'),
      },
    ]);
  },
};
