import { useKernelOnce } from './kernel-uses.ts';
import { processes } from './processes.ts';
import { sh } from './sh.ts';

/** Drops what iptables-nft leaves behind after use: tables without rules. */
function withoutEmptyTables(save: string): string {
  return save
    .split('\n')
    .filter((line) => !line.startsWith('#') && line !== 'COMMIT' && line !== '')
    .map((line) => line.replace(/\[\d+:\d+\]/, '').trim())
    .filter((line) => !/^\*\w+$/.test(line) && !/^:[A-Z]+ ACCEPT$/.test(line))
    .join('\n');
}

/** Counters, and values of the kernel as a whole. */
const volatileSysctls =
  /nf_conntrack_count|nf_conntrack_max|\/nr_|random|dentry|core\/netdev_rss_key/;

/** What a snapshot reads, in order of comparison. One shell prints everything, which is fast. */
const sections: readonly {
  readonly name: string;
  readonly read: string;
  readonly clean?: (text: string) => string;
}[] = [
  {
    name: 'links',
    read: 'ip -d -o link show',
    clean: (text) =>
      text
        .split('\n')
        .map((line) =>
          line
            .replace(/^\d+: /, '')
            .replace(/@\S+:/, ':')
            .replaceAll(/(gc_timer|timer|hello_timer|forward_delay_timer) +[\d.]+/g, '$1')
            .replace(/link-netnsid \d+/, ''),
        )
        .sort()
        .join('\n'),
  },
  {
    name: 'addresses',
    read: 'ip -4 -o addr show',
    clean: (text) => text.replaceAll(/^\d+: /gm, ''),
  },
  { name: 'routes', read: 'ip -4 route show table all' },
  {
    name: 'addresses of IPv6',
    // Link-local addresses come and go with the carrier.
    read: 'ip -6 -o addr show scope global',
    clean: (text) => text.replaceAll(/^\d+: /gm, ''),
  },
  {
    name: 'routes of IPv6',
    read: 'ip -6 route show table all',
    clean: (text) =>
      text
        .split('\n')
        .filter((line) => !/^(?:local |anycast |multicast )?f[ef][0-9a-f]{2}:/.test(line))
        .filter((line) => !/ dev lo /.test(line))
        .join('\n'),
  },
  { name: 'rules', read: 'ip rule show; ip -6 rule show' },
  { name: 'firewall', read: 'iptables-save', clean: withoutEmptyTables },
  { name: 'firewall of IPv6', read: 'ip6tables-save', clean: withoutEmptyTables },
  {
    name: 'tables of nft',
    read: 'nft -s list ruleset',
    // Tables of iptables are already compared as iptables shows them.
    clean: (text) =>
      text.replaceAll(/^table ip6? (filter|nat|mangle|raw|security) \{\n[\s\S]*?^\}\n/gm, ''),
  },
  {
    name: 'legacy firewall',
    // Reading would create the tables, so it is done only if they exist.
    read: 'grep -q . /proc/net/ip_tables_names && iptables-legacy-save',
    clean: withoutEmptyTables,
  },
  {
    name: 'sysctls',
    read: 'grep -rs "" /proc/sys/net',
    clean: (text) =>
      text
        .split('\n')
        .filter((line) => !volatileSysctls.test(line))
        .sort()
        .join('\n'),
  },
  {
    name: 'mounts',
    read: 'cat /proc/self/mountinfo',
    clean: (text) => text.replaceAll(/^\d+ \d+ /gm, ''),
  },
  {
    name: 'files',
    read: 'find /run /mnt -path /run/faults -prune -o -print',
    // ctr keeps for a while how detached runs ended (docs/decisions/0014), and what engines had it do.
    clean: (text) =>
      text
        .split('\n')
        .filter((path) => !path.startsWith('/run/ctr/.ended') && !path.startsWith('/run/ctr/.cni'))
        .filter((path) => path !== '/run/ctr' || !/\/run\/ctr\/\.(?:ended|cni)/.test(text))
        .sort()
        .join('\n'),
  },
];
const mark = '\x1e';
// The real programs, whatever shims come before them in the PATH.
const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin\n';
const script =
  path + sections.map(({ read }) => `${read} 2>/dev/null; printf '${mark}'`).join('\n');

function commandLines(): readonly string[] {
  return processes()
    .map(({ words }) => words.join(' ').trim().slice(0, 200))
    .filter((line) => line !== '')
    .sort();
}

/**
 * The state of the host as text, for comparison; includes state that no test considers explicitly.
 * @param enter a command prefix for another host, whose processes are not included.
 */
export async function snapshot(enter: readonly string[] = []): Promise<string> {
  await useKernelOnce();
  const texts = (await sh([...enter, '/bin/sh', '-c', script])).out.split(mark);
  return [
    ...sections.flatMap(({ name, clean }, index) => {
      const text = texts[index] ?? '';
      return [`== ${name}`, (clean?.(text) ?? text).trim()];
    }),
    ...(enter.length > 0 ? [] : ['== processes', ...commandLines()]),
  ].join('\n');
}
