import { execa } from 'execa';

/**
 * Commands for all parts of the kernel that ctr and other programs in the tests use. The kernel loads a module on first
 * use, keeps it, and adds its sysctls to every network namespace (50 for nf_conntrack).
 */
export const kernelUses: readonly string[] = [
  'ip link add name ctr0 type bridge',
  'ip link add name ctr1 type veth peer name ctr2',
  'ip link set dev ctr1 master ctr0',
  // What a published port needs.
  ...['iptables', 'iptables-legacy'].flatMap((iptables) => [
    `${iptables} -w 5 -t raw -A PREROUTING -i ctr0 -j DROP`,
    `${iptables} -w 5 -t nat -A PREROUTING -p tcp -m tcp --dport 80 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.0.0.2`,
    `${iptables} -w 5 -t nat -A PREROUTING -p udp -m udp --dport 80 -j DNAT --to-destination 10.0.0.2`,
  ]),
  ...['iptables', 'iptables-legacy', 'ip6tables'].flatMap((iptables) => [
    `${iptables} -w 5 -t nat -A POSTROUTING -m comment --comment ctr -j MASQUERADE`,
    `${iptables} -w 5 -t filter -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `${iptables}-save`,
  ]),
  "nft add table inet ctr '{ chain forward { type filter hook forward priority 0; ct state new; }; }'",
];

let used: Promise<unknown> | undefined;

/** Uses all of them once in a separate network namespace, so that no module is loaded between two snapshots. */
export async function useKernelOnce(): Promise<void> {
  used ??= execa('unshare', ['--net', 'sh', '-c', kernelUses.join('\n')], {
    reject: false,
    extendEnv: false,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  await used;
}
