import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Runner } from '../exec/runner.ts';
import { parseNameServers } from '../facts/resolvers.ts';
import { resolveInside } from '../facts/rootfs.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { containerPlace, nodePlace, type Place } from '../model/place.ts';
import { askIp, sysctlKeys, type Where } from '../snapshot/read.ts';
import { type Answers, answers, parseNamespace } from './parse.ts';
import type { NamespaceReading, Reading } from './reading.ts';

/** Separates the answers; no tool prints it. */
const mark = '\u001e';

/** Of more connections than these only the first are read. */
const mostConnections = 5000;

/**
 * Reads one network namespace with few processes: bridge(8) only where there is a bridge, iptables-save(8) only where
 * there are tables. /proc/net and /proc/sys/net are those of the namespace in which the shell runs. A tool that is
 * missing or fails is named at the end.
 */
const script = `
missing=
lack() { missing="$missing$1
"; }
end() { printf '${mark}'; }
links=$(${askIp}
) || [ -n "$links" ] || lack ip
printf '%s\\n' "$links"
end
case $links in
  *'"info_kind":"bridge"'*)
    bridge -j fdb show || lack bridge
    end
    case $links in *'"vlan_filtering":1'*) bridge -j vlan show || lack bridge ;; esac ;;
  *) end ;;
esac
end
tc -j qdisc show || lack tc
end
if rules=$(nft -j list ruleset 2>&1); then :; else lack nft; fi
printf '%s' "$rules"
end
case $rules in *'"hook": "ingress"'* | *'"hook": "egress"'*) nft list chains ;; esac
end
legacy=
if read -r _ </proc/net/ip_tables_names; then legacy=1; fi
saved=
case $rules in
  '{'*'"table"'* | [!{]*) saved=$(iptables-save) || lack iptables-save ;;
  *) if [ -n "$legacy" ]; then saved=$(iptables-save) || lack iptables-save; fi ;;
esac
printf '%s' "$saved"
end
case $saved in
  *nf_tables* | '') if [ -n "$legacy" ]; then iptables-legacy-save || lack iptables-legacy-save; fi; end ;;
  *incompatible*) end ;;
  *) end
    case $rules in *'"family": "ip"'*) iptables-nft-save || lack iptables-nft-save ;; esac ;;
esac
end
cd /proc/sys/net
grep -Hs '' ${sysctlKeys.join(' ')}
end
cd /proc/net
cat snmp netstat
end
cat dev
end
cat stat/nf_conntrack
end
grep -H -E ': [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} (0A|07) ' tcp tcp6 udp udp6
end
# Not by read: dash reads byte by byte, and a sysctl gives only its first byte that way.
count=$(cat /proc/sys/net/netfilter/nf_conntrack_count) && max=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
printf '%s %s' "$count" "$max"
end
if [ -n "$max" ]; then
  if [ "$count" = 0 ]; then printf 'listed\\n'
  elif read -r _ <nf_conntrack; then printf 'listed\\n'; head -n ${mostConnections} nf_conntrack
  elif entries=$(conntrack -L -f ipv4); then printf 'listed\\n%s' "$entries"
  else lack conntrack; fi
fi
end
printf '%s' "$missing"
`;

/** Bytes of a resolv.conf(5) that are read; glibc reads three name servers of it. */
const longest = 65_536;

/**
 * A file as a process sees it, without following a symbolic link out of its root, and without waiting where somebody
 * has put a FIFO. The container could have put anything there.
 */
function readBelow(root: string, path: string): string {
  const real = resolveInside(root, path);
  if (real === null) return '';
  try {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
    const descriptor = openSync(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      if (!fstatSync(descriptor).isFile()) return '';
      const buffer = Buffer.alloc(longest);
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, longest, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

/** Name servers of a process by its own resolv.conf(5). */
function resolversOf(pid: number | 'self'): readonly string[] {
  return parseNameServers(readBelow(`/proc/${pid}/root`, '/etc/resolv.conf'));
}

/** A busy machine takes its time; a namespace that is left out looks as if nobody were there. */
const patienceMs = 30_000;

async function readNamespace(
  runner: Runner,
  pid: number | 'self',
): Promise<NamespaceReading | undefined> {
  const inside = pid === 'self' ? [] : ['nsenter', '--target', String(pid), '--net'];
  const { ok, stdout } = await runner.run([...inside, 'sh', '-c', script], {
    timeoutMs: patienceMs,
  });
  const parts = stdout.split(mark);
  if (!ok || parts.length !== answers.length) return undefined;
  const said = Object.fromEntries(answers.map((name, index) => [name, parts[index] ?? '']));
  return parseNamespace(said as Answers, resolversOf(pid));
}

/**
 * Reads what decides about packets in every namespace, side by side. Changes nothing. A namespace whose process has
 * ended is left out.
 * @throws CtrError with exit code 4 when the host cannot be read.
 */
export async function readNamespaces(
  runner: Runner,
  { containers, world, nodes }: Where,
): Promise<Reading> {
  const places: readonly (readonly [Place, number | 'self'])[] = [
    ['host', 'self'],
    ...[...containers].map(([name, pid]) => [containerPlace(name), pid] as const),
    ...(world === undefined ? [] : [['world', world] as const]),
    ...[...(nodes ?? [])].map(([name, pid]) => [nodePlace(name), pid] as const),
  ];
  const read = await Promise.all(
    places.map(async ([place, pid]) => [place, await readNamespace(runner, pid)] as const),
  );
  const found: Reading = Object.fromEntries(read.filter(([, one]) => one !== undefined));
  if (found.host === undefined || found.host.links.length === 0) {
    throw new CtrError(
      'cannot-read',
      exitCodes.notReady,
      { en: 'cannot read this host: ip does not work', zh: '无法读取本机：ip 不能用' },
      { try: ['ip -j -d addr show'] },
    );
  }
  return found;
}
