import { on, ping, some, truth } from '../edits.ts';
import type { Family } from '../family.ts';

export const ipv6: Family = {
  name: 'ipv6',
  title: 'IPv6 is disabled where an IPv6 address is asked for',
  faults: (lab) =>
    some(lab).map((member) => ({
      id: `disabled ${member.name}`,
      plant: on(member.place, 'sysctl -qw net.ipv6.conf.all.disable_ipv6=1'),
      mend: on(
        member.place,
        'sysctl -qw net.ipv6.conf.all.disable_ipv6=0; sysctl -qw net.ipv6.conf.lo.disable_ipv6=0; ip -6 addr add ::1/128 dev lo 2>/dev/null || true',
      ),
      question: ping(member, '::1'),
      untraceable: true as const,
      truth: truth('ipv6-disabled', member.place),
    })),
};
