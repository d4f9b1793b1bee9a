import type { Runner } from '../exec/runner.ts';
import { type Probe, readAll } from '../facts/probe.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { parseIptables, parseNft } from './firewall.ts';
import { readProcess } from './process.ts';
import type { ContainerState, NetworkState, Snapshot } from './snapshot.ts';
import { ipRequests, parseFdb, parseIp, parseSysctls } from './state.ts';

/** The namespaces to read beside the host's own: of each container, and of the world beside a sandbox host. */
export interface Where {
  /** The first process of each container; one that has ended is left out of the snapshot. */
  readonly containers: ReadonlyMap<string, number>;
  readonly world?: number | undefined;
  /** Processes of other nodes, whose networks a trace watches as well; snapshots leave them out. */
  readonly nodes?: ReadonlyMap<string, number>;
}

/** Separates the answers; no tool prints it. */
const mark = '\u001e';

/** Keys below /proc/sys/net that decide what becomes of a packet (kernel: networking/ip-sysctl), as patterns of sh(1); no interface name has a colon. */
export const sysctlKeys = [
  'ipv4/ip_forward',
  'ipv4/icmp_echo_ignore_all',
  ...['forwarding', 'rp_filter', 'proxy_arp', 'arp_ignore', 'arp_filter', 'accept_local'].map(
    (key) => `ipv4/conf/*/${key}`,
  ),
  ...['route_localnet', 'ignore_routes_with_linkdown'].map((key) => `ipv4/conf/*/${key}`),
  ...['forwarding', 'force_forwarding', 'disable_ipv6'].map((key) => `ipv6/conf/*/${key}`),
  'bridge/bridge-nf-call-iptables',
  'bridge/bridge-nf-call-ip6tables',
];

/** A bridge reports late that it has lost its carrier; the kernel says it at once to whoever reads this (Linux 6.8). */
const hurry = 'for file in /sys/class/net/*/carrier; do read -r _ <"$file"; done 2>/dev/null';

/** The command that `parseIp` reads the answer of. */
export const askIp = `ip -force -j -d -batch - <<'END'\n${ipRequests.join('\n')}\nEND`;

/**
 * Reads one network namespace with few processes: bridge(8) only where there is a bridge, iptables-save(8) and
 * the rules of nft(8) only where there are tables. /proc is that of the namespace in which the shell runs.
 */
const script = `
links=$(${askIp}
)
printf '%s\\n${mark}' "$links"
case $links in *'"info_kind":"bridge"'*) bridge -j fdb show ;; esac
printf '${mark}'
ours= ours6= others=
if tables=$(nft list tables); then
  while read -r _ family name; do
    case $family/$name in
      ip/filter | ip/nat | ip/mangle | ip/raw | ip/security) ours=1 ;;
      ip6/filter | ip6/nat | ip6/mangle | ip6/raw | ip6/security) ours6=1 ;;
      ?*) others=1 ;;
    esac
  done <<END
$tables
END
else ours=1; fi
if [ -n "$ours" ]; then iptables-nft-save || iptables-save; fi
if read -r _ </proc/net/ip_tables_names; then iptables-legacy-save || iptables-save; fi
printf '${mark}'
if [ -n "$ours6" ]; then ip6tables-nft-save || ip6tables-save; fi
if read -r _ </proc/net/ip6_tables_names; then ip6tables-legacy-save || ip6tables-save; fi
printf '${mark}'
if [ -n "$others" ]; then nft -s list ruleset; fi
printf '${mark}'
cd /proc/sys/net
grep -Hs '' ${sysctlKeys.join(' ')}
printf '${mark}'
read -r name </proc/sys/kernel/hostname && printf '%s' "$name"
`;

/** A namespace as read, with the host name that is seen there. */
interface Read {
  readonly network: NetworkState;
  readonly hostname: string;
}

function parse(stdout: string): Read {
  const [ip = '', fdb = '', iptables = '', ip6tables = '', nft = '', sysctls = '', hostname = ''] =
    stdout.split(mark);
  return {
    network: {
      ...parseIp(ip),
      fdb: parseFdb(fdb),
      firewall: [
        ...parseIptables(iptables),
        ...parseIptables(ip6tables, 'ip6tables'),
        ...parseNft(nft),
      ],
      sysctls: parseSysctls(sysctls),
    },
    hostname: hostname.trim(),
  };
}

/** The lines that read a whole namespace, and those that read only what changes by itself. */
const scripts = { all: script, quick: `${askIp}\n` } as const;

function probe(argv: Probe<unknown>['argv']): Probe<Read | undefined> {
  return { argv, parse, absent: undefined };
}

function inside(pid: number, lines: string): Probe<Read | undefined> {
  return probe(['nsenter', '--target', String(pid), '--net', '--uts', 'sh', '-c', lines]);
}

function onHost(lines: string): Probe<Read | undefined> {
  return probe(['sh', '-c', `${hurry}\n${lines}`]);
}

/**
 * Reads the state of every namespace in one shell. Changes nothing.
 * @param quick an earlier reading, when only interfaces, routes, neighbours and processes need to be read again.
 * @throws CtrError with exit code 4 when the host cannot be read.
 */
export async function readSnapshot(
  runner: Runner,
  { containers, world }: Where,
  quick?: Snapshot,
): Promise<Snapshot> {
  const lines = quick === undefined ? scripts.all : scripts.quick;
  const asked = [...containers].map(
    ([name, pid]) => [`container ${name}`, inside(pid, lines)] as const,
  );
  const answers: Readonly<Record<string, Read | undefined>> = await readAll(runner, {
    host: onHost(lines),
    ...Object.fromEntries(asked),
    ...(world === undefined ? {} : { world: inside(world, lines) }),
  });
  const { host: found, world: beside } = answers;
  if (found === undefined || found.network.links.length === 0) {
    throw new CtrError(
      'cannot-read',
      exitCodes.notReady,
      { en: 'cannot read this host: ip does not work', zh: '无法读取本机：ip 不能用' },
      { try: ['ip -j -d addr show'] },
    );
  }
  const states = [...containers].flatMap(([name, pid]): (readonly [string, ContainerState])[] => {
    const read = answers[`container ${name}`];
    const process = readProcess(pid);
    if (read === undefined || process === undefined) return [];
    const earlier = quick?.containers[name];
    const hostname = earlier?.process.hostname ?? read.hostname;
    return [[name, { ...completed(read, earlier), process: { ...process, hostname } }]];
  });
  return {
    version: 1,
    host: completed(found, quick?.host),
    containers: Object.fromEntries(states),
    ...(beside === undefined ? {} : { world: completed(beside, quick?.world) }),
  };
}

/** A quick reading, with what it did not read from an earlier one. */
function completed({ network }: Read, earlier: NetworkState | undefined): NetworkState {
  if (earlier === undefined) return network;
  const { links, routes, rules, neighbours } = network;
  return { ...earlier, links, routes, rules, neighbours };
}
