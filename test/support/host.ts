import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { useKernelOnce } from './kernel.ts';
import { allCommands } from './processes.ts';

export const ctrPath = join(process.cwd(), 'dist/ctr.js');

/** Host tests change the network they run in: that must be a sandbox host's. */
export function assertSandbox(): void {
  const hostname = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
  if (hostname !== 'sandbox')
    throw new Error('run host tests with scripts/test.sh, in a sandbox host');
}

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  CTR_LANG: 'en',
  ...(process.env.TMPDIR === undefined ? {} : { TMPDIR: process.env.TMPDIR }),
};

/** Whether a `ctr down` has nothing more to do: what it was to take down is gone, or was not there. */
export function isDown({ code, err }: Pick<Ran, 'code' | 'err'>): boolean {
  return code === 0 || (code === 2 && /there is no run named|"no-such-run"/.test(err));
}

/** Runs the real program. */
export async function ctr(args: readonly string[], input = ''): Promise<Ran> {
  return await sh([process.execPath, ctrPath, ...args], input);
}

export async function sh(argv: readonly string[], input = ''): Promise<Ran> {
  const [program = '', ...rest] = argv;
  const ended = await execa(program, rest, {
    reject: false,
    extendEnv: false,
    env: environment,
    input,
    timeout: 120_000,
    stripFinalNewline: false,
  });
  return { code: ended.exitCode, out: String(ended.stdout), err: String(ended.stderr) };
}

/** Starts the real program and leaves it running. */
export function startCtr(args: readonly string[], timeoutMs = 120_000) {
  return execa(process.execPath, [ctrPath, ...args], {
    reject: false,
    extendEnv: false,
    env: environment,
    stdin: 'ignore',
    timeout: timeoutMs,
    // execa would follow a SIGTERM with a SIGKILL after five seconds.
    forceKillAfterDelay: false,
  });
}

/** Whether somebody holds this lock; 1 says so, and 66 that there is none (flock(1)). */
export async function isLocked(path: string): Promise<boolean> {
  return (await sh(['flock', '-n', path, 'true'])).code === 1;
}

/** Whether nobody holds the lock under which the host is changed. */
export async function isHostFree(): Promise<boolean> {
  return !(await isLocked('/run/ctr/lock'));
}

/** What a packet filter without rules looks like after iptables-nft has been used: nothing. */
function withoutEmptyTables(save: string): string {
  return save
    .split('\n')
    .filter((line) => !line.startsWith('#') && line !== 'COMMIT' && line !== '')
    .map((line) => line.replace(/\[\d+:\d+\]/, '').trim())
    .filter((line) => !/^\*\w+$/.test(line) && !/^:[A-Z]+ ACCEPT$/.test(line))
    .join('\n');
}

/** Values that count what happens, and those of the kernel at large. */
const volatileSysctls =
  /nf_conntrack_count|nf_conntrack_max|\/nr_|random|dentry|core\/netdev_rss_key/;

/** What is read, in the order in which it is compared: one shell prints it all, since that is quick. */
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
  { name: 'rules', read: 'ip rule show' },
  { name: 'firewall', read: 'iptables-save', clean: withoutEmptyTables },
  { name: 'firewall of IPv6', read: 'ip6tables-save', clean: withoutEmptyTables },
  {
    name: 'tables of nft',
    read: 'nft -s list ruleset',
    // Those of iptables are compared as iptables shows them.
    clean: (text) =>
      text.replaceAll(/^table ip6? (filter|nat|mangle|raw|security) \{\n[\s\S]*?^\}\n/gm, ''),
  },
  {
    name: 'legacy firewall',
    // To ask makes the tables, so it is asked only where they are.
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
    // How detached runs have ended is kept for a while (docs/decisions/0014).
    clean: (text) =>
      text
        .split('\n')
        .filter((path) => !path.startsWith('/run/ctr/.ended'))
        .filter((path) => path !== '/run/ctr' || !text.includes('/run/ctr/.ended'))
        .sort()
        .join('\n'),
  },
];
const mark = '\x1e';
// The programs themselves, whatever stands before them.
const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin\n';
const script =
  path + sections.map(({ read }) => `${read} 2>/dev/null; printf '${mark}'`).join('\n');

function processes(): readonly string[] {
  return allCommands()
    .map(({ words }) => words.join(' ').trim().slice(0, 200))
    .filter((line) => line !== '')
    .sort();
}

/**
 * The host as comparable text: what nobody thought of is in it too.
 * @param enter the words that start a program on another host; its processes are not compared.
 */
export async function snapshot(enter: readonly string[] = []): Promise<string> {
  await useKernelOnce();
  const texts = (await sh([...enter, '/bin/sh', '-c', script])).out.split(mark);
  return [
    ...sections.flatMap(({ name, clean }, index) => {
      const text = texts[index] ?? '';
      return [`== ${name}`, (clean?.(text) ?? text).trim()];
    }),
    ...(enter.length > 0 ? [] : ['== processes', ...processes()]),
  ].join('\n');
}

/** A sandbox host beside this one. */
export interface OtherHost {
  /** The words that enter it. */
  readonly enter: readonly string[];
  run(...argv: readonly string[]): Promise<Ran>;
  ctr(...args: readonly string[]): Promise<Ran>;
  /** Lines of a shell, by hand. @throws what was said when one fails. */
  hand(...lines: readonly string[]): Promise<void>;
  end(): void;
}

export async function anotherHost(): Promise<OtherHost> {
  // As long as a whole file of tests may take.
  const running = startCtr(['sandbox', '--', 'sleep', '3600'], 3_600_000);
  const childOf = (pid: number) =>
    Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')[0]);
  const inside = (): number => childOf(childOf(running.pid ?? 0));
  await until(() => {
    try {
      const cmdline = readFileSync(`/proc/${inside()}/task/${inside()}/children`, 'latin1');
      return cmdline
        .split(' ')
        .some((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sleep'));
    } catch {
      return false;
    }
  });
  const kinds = ['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup'];
  const enter = ['nsenter', '--target', String(inside()), ...kinds];
  const run = async (...argv: readonly string[]) => await sh([...enter, ...argv]);
  return {
    enter,
    run,
    ctr: (...args) => run(process.execPath, ctrPath, ...args),
    async hand(...lines) {
      const ran = await run('sh', '-ec', lines.join('\n'));
      if (ran.code !== 0) throw new Error(`${lines.join('; ')}: ${ran.err}`);
    },
    end: () => void running.kill('SIGKILL'),
  };
}

function bySection(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('== ')) {
      lines = [];
      sections.set(line.slice(3), lines);
    } else if (line.trim() !== '') lines.push(line);
  }
  return sections;
}

/** One line of a snapshot that the other does not have. */
export interface Difference {
  readonly section: string;
  readonly sign: '+' | '-';
  readonly line: string;
}

/** What differs between two snapshots. */
export function differences(before: string, after: string): readonly Difference[] {
  const [was, is] = [bySection(before), bySection(after)];
  return [...is].flatMap(([section, lines]) => {
    const only = (sign: '+' | '-', some: readonly string[], others: readonly string[]) => {
      const rest = [...others];
      return some.flatMap((line): Difference[] => {
        const at = rest.indexOf(line);
        if (at < 0) return [{ section, sign, line }];
        rest.splice(at, 1);
        return [];
      });
    };
    const old = was.get(section) ?? [];
    return [...only('-', old, lines), ...only('+', lines, old)];
  });
}

/** A folder with the tutorial's config and a busybox root file system, removed by `remove`. */
export async function workshop(): Promise<{
  readonly directory: string;
  readonly rootfs: string;
  config(name: string, value: unknown): string;
  remove(): void;
}> {
  const directory = mkdtempSync(join(tmpdir(), 'ctr-host-'));
  const rootfs = join(directory, 'labex');
  const made = await ctr(['-q', 'rootfs', 'create', rootfs]);
  if (made.code !== 0) throw new Error(made.err);
  mkdirSync(join(directory, 'configs'));
  return {
    directory,
    rootfs,
    config(name, value) {
      const path = join(directory, `${name}.json`);
      writeFileSync(path, JSON.stringify(value, null, 2));
      return path;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The tutorial's five keys. */
export function tutorial(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    host_name: 'labex',
    root_dir: './labex',
    ip: '192.168.0.100',
    bridge_name: 'ctr0',
    bridge_ip: '192.168.0.1',
    ...change,
  };
}

/** Waits until something holds; the bound is far beyond what a slow machine needs. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so within ${limitMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
