import {
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ctrPath } from '../../rig/ctr.ts';
import { isDown } from '../../rig/is-down.ts';
import { isRunning } from '../../rig/processes.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

/** Three ways to run a container: what an attempt gets is asked in each. */
export const modes = ['root', 'user namespace', 'no root'] as const;
export type Mode = (typeof modes)[number];

export interface Outcome {
  readonly attempt: string;
  readonly mode: Mode;
  readonly held: boolean;
  /** What was got hold of, or why not. */
  readonly detail: string;
}

/** Somebody without an entry in /etc/passwd. */
const uid = 54_321;

const tools = [
  'mount',
  'umount',
  'ip',
  'sh',
  'nsenter',
  'setpriv',
  'chroot',
  'env',
  'tee',
  'hostname',
  'pivot_root',
];

interface Place {
  readonly directory: string;
  readonly marker: string;
  /** With the root file system `labex`, or the one whose tools are evil. */
  config(mode: Mode, root?: 'labex' | 'evil'): string;
  /** Runs ctr as the mode has it, from the host's side. */
  ctr(mode: Mode, args: readonly string[]): Promise<Ran>;
  /** A detached run. */
  up(mode: Mode, file: string, command: readonly string[]): Promise<void>;
  down(mode: Mode): Promise<void>;
  /** The words that do so. */
  words(mode: Mode, args: readonly string[]): readonly string[];
  remove(): void;
}

/** A root file system that is hostile: perl and what it tries, a setuid program, tools that betray who runs them. */
async function place(): Promise<Place> {
  const shop = await workshop();
  const { directory, rootfs } = shop;
  const bundle = join(directory, 'dist');
  cpSync(join(ctrPath, '..'), bundle, { recursive: true });
  const needed = (await sh(['ldd', '/usr/bin/perl'])).out.match(/\/\S+/g) ?? [];
  for (const path of ['/usr/bin/perl', ...needed.filter((one) => !one.endsWith(':'))]) {
    mkdirSync(join(rootfs, path, '..'), { recursive: true });
    copyFileSync(path, join(rootfs, path), constants.COPYFILE_EXCL);
  }
  copyFileSync('scripts/escape/attempts.pl', join(rootfs, 'attempts.pl'));
  copyFileSync('/usr/bin/perl', join(rootfs, 'usr/bin/perl-suid'), constants.COPYFILE_EXCL);
  chmodSync(join(rootfs, 'usr/bin/perl-suid'), 0o4755);
  writeFileSync(join(rootfs, 'bin/itself'), '#!/proc/self/exe\n', { mode: 0o755, flag: 'wx' });
  const evil = join(directory, 'evil');
  cpSync(rootfs, evil, { recursive: true, verbatimSymlinks: true });
  for (const tool of tools) {
    for (const folder of ['bin', 'sbin', 'usr/bin', 'usr/sbin']) {
      // There are links of these names, to what is the host's from here.
      const path = join(evil, folder, tool);
      rmSync(path, { force: true });
      writeFileSync(path, '#!/bin/busybox sh\n/bin/busybox touch /tmp/evil-ran\nexit 1\n', {
        mode: 0o755,
        flag: 'wx',
      });
    }
  }
  const marker = join(directory, 'marker');
  writeFileSync(marker, 'of the host\n');
  mkdirSync(join(directory, 'cwd'));
  writeFileSync(join(directory, 'cwd/secret'), 'of the host\n');
  mkdirSync(join(directory, 'state'));
  for (const path of [directory, join(directory, 'state')]) chmodSync(path, 0o755);
  // An ordinary user's root file systems are his own.
  for (const name of ['labex', 'evil']) {
    cpSync(join(directory, name), join(directory, `own-${name}`), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  await sh(['sh', '-c', `cd "$1" && chown -R ${uid}:${uid} state own-*`, 'x', directory]);
  const drop = ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  const words: Place['words'] = (mode, args) => {
    const program = [process.execPath, join(bundle, 'ctr.js'), ...args];
    return mode === 'no root'
      ? [...drop, 'env', `CTR_STATE_DIR=${join(directory, 'state')}`, ...program]
      : program;
  };
  return {
    directory,
    marker,
    words,
    config(mode, root = 'labex') {
      const name = `${mode.replaceAll(' ', '-')}-${root}`;
      const own = mode === 'no root' ? 'own-' : '';
      const file = shop.config(
        name,
        tutorial({ user_namespace: mode === 'user namespace', root_dir: `./${own}${root}` }),
      );
      chmodSync(file, 0o644);
      return file;
    },
    ctr: async (mode, args) => await sh(words(mode, args)),
    async up(mode, file, command) {
      const ran = await sh(words(mode, ['-q', 'up', '-d', file, '--', ...command]));
      if (ran.code !== 0) throw new Error(`${mode}: exit ${ran.code}: ${ran.err}`);
    },
    async down(mode) {
      const ran = await sh(words(mode, ['-q', 'down', 'labex']));
      if (!isDown(ran)) throw new Error(`${mode}: exit ${ran.code}: ${ran.err}`);
    },
    remove: shop.remove,
  };
}

type Probe = (at: Place, mode: Mode) => Promise<readonly Omit<Outcome, 'mode'>[]>;

function outcome(attempt: string, got: string | false, why = '-'): Omit<Outcome, 'mode'> {
  return { attempt, held: got === false, detail: got === false ? why : got };
}

type Try = (words: readonly string[]) => readonly string[];

/** Becomes its arguments, with a session keyring of its own, so that no other one is given a key, and a key in it. */
const withKey =
  'my %n = (x86_64 => [250, 248], aarch64 => [219, 217]); my ($m) = `uname -m` =~ /(\\S+)/;' +
  'syscall($n{$m}[0], 1, 0, 0, 0, 0); my ($t, $d, $s) = ("user\\0", "ctr-escape\\0", "secret");' +
  'syscall($n{$m}[1], $t, $d, $s, 6, -3); exec @ARGV';

/** Looks for that key: KEYCTL_SEARCH in KEY_SPEC_SESSION_KEYRING. */
const findKey =
  'my ($m) = `/bin/busybox uname -m` =~ /(\\S+)/; my ($t, $d) = ("user\\0", "ctr-escape\\0");' +
  'print "a key\\n" if syscall($m eq "aarch64" ? 219 : 250, 10, -3, $t, $d, 0) > 0';

/** Starts what the words become with secrets all around: descriptors, a directory, variables, a key. */
async function surrounded(at: Place, start: Try): Promise<readonly Omit<Outcome, 'mode'>[]> {
  const stranger = execa('sleep', ['60'], { reject: false });
  const command = start(['perl', '/attempts.pl', at.marker, String(stranger.pid)]);
  const script = `cd "$1"; shift; exec 7</etc/passwd 8<"$1" 9<.; shift; export SECRET=planted LD_BIND_NOW=planted; exec perl -e '${withKey.replaceAll("'", "'\\''")}' "$@"`;
  const where = [join(at.directory, 'cwd'), at.marker];
  const ran = await sh(['bash', '-c', script, 'planted', ...where, ...command]);
  stranger.kill('SIGKILL');
  await stranger;
  if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
  return ran.out
    .trim()
    .split('\n')
    .map((line) => {
      const [attempt = '', result = '', detail = ''] = line.split('\t');
      if (result !== 'held' && result !== 'OPEN') throw new Error(`${line}\n${ran.err}`);
      return { attempt, held: result === 'held', detail };
    });
}

/** Everything a process in the container can try by itself. */
const fromInside: Probe = async (at, mode) =>
  await surrounded(at, (words) => at.words(mode, ['-q', 'up', at.config(mode), '--', ...words]));

/**
 * The same in a chroot, as root, with mounts and a host name of its own so that nothing comes of
 * it. What is open there shows that the attempts find what they look for.
 */
export async function inAChroot(): Promise<readonly string[]> {
  const at = await place();
  const root = join(at.directory, 'labex');
  const jail =
    'for d in proc sys dev; do mount --rbind "/$d" "$0/$d"; done; mount --make-rprivate /; exec chroot "$0" "$@"';
  try {
    const all = await surrounded(at, (words) => [
      ...['unshare', '--uts', '--mount', '--propagation', 'private', 'sh', '-euc', jail, root],
      ...words,
    ]);
    return all.flatMap(({ attempt, held }) => (held ? [] : [attempt]));
  } finally {
    at.remove();
  }
}

/** Types into the terminal it was started on, as far as it can reach it (TIOCSTI of ioctl_tty(2)). */
const typing =
  'my @open = (*STDIN, *STDOUT, *STDERR); push @open, $t if open(my $t, "+<", "/dev/tty");' +
  'for my $f (@open) { for my $c (split //, "INJECTED\\n") { my $d = $c; ioctl($f, 0x5412, $d) or last } }';

/** What a shell reads that comes after a command on one terminal. */
async function typedInto(
  command: readonly string[],
  redirection: string,
  at: Place,
): Promise<string> {
  const host = join(at.directory, 'host.sh');
  const heard = join(at.directory, 'heard');
  writeFileSync(host, `"$@" ${redirection}\ntimeout --foreground 0.5 cat >${heard}\n`);
  const quoted = ['sh', host, ...command]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ');
  await execa('script', ['--quiet', '--command', quoted, '/dev/null'], {
    reject: false,
    timeout: 30_000,
    stdin: 'pipe',
  });
  return readFileSync(heard, 'utf8');
}

const terminal: Probe = async (at, mode) => {
  const file = at.config(mode);
  const run = at.words(mode, ['-q', 'up', file, '--', 'perl', '-e', typing]);
  const got: string[] = [];
  for (const redirection of ['', '>/dev/null', '</dev/null', '2>/dev/null']) {
    if ((await typedInto(run, redirection, at)).includes('INJECTED')) got.push(`up ${redirection}`);
  }
  await at.up(mode, file, ['sleep', '60']);
  for (const redirection of ['', '>/dev/null']) {
    const exec = at.words(mode, ['exec', 'labex', '--', 'perl', '-e', typing]);
    if ((await typedInto(exec, redirection, at)).includes('INJECTED'))
      got.push(`exec ${redirection}`);
  }
  await at.down(mode);
  return [outcome('terminal injection', got.length > 0 && got.join(', '))];
};

/** The control of the one above: on this kernel, and without ctr, it does type. */
export async function typingWorks(): Promise<boolean> {
  const at = await place();
  try {
    return (await typedInto(['perl', '-e', typing], '', at)).includes('INJECTED');
  } finally {
    at.remove();
  }
}

const standardInput: Probe = async (at, mode) => {
  const file = at.config(mode);
  const through = async (script: string, input: string) => {
    const words = at.words(mode, ['-q', 'up', file, '--', 'sh', '-c', script]);
    return await sh(['sh', '-c', `exec "$@" <${input}`, 'x', ...words]);
  };
  const walked = await through('ls /proc/self/fd/0/ /dev/stdin/..', at.directory);
  const wrote = await through('cat >/dev/null; echo changed >>/proc/self/fd/0', at.marker);
  const got = [
    ...(/marker|state/.test(walked.out) ? ['walked'] : []),
    ...(readFileSync(at.marker, 'utf8').includes('changed') ? ['wrote'] : []),
  ];
  writeFileSync(at.marker, 'of the host\n');
  return [
    outcome(
      'standard input',
      got.length > 0 && got.join(', '),
      wrote.err.trim().split(': ').at(-1),
    ),
  ];
};

const evilTools: Probe = async (at, mode) => {
  const file = at.config(mode, 'evil');
  const look = ['/bin/busybox', 'ls', '-A', '/tmp'];
  const up = await at.ctr(mode, ['-q', 'up', file, '--', ...look]);
  await at.up(mode, file, ['/bin/busybox', 'sleep', '60']);
  const exec = await at.ctr(mode, ['exec', 'labex', '--', ...look]);
  await at.down(mode);
  if (up.code !== 0 || exec.code !== 0) throw new Error(`${mode}: ${up.err}${exec.err}`);
  return [outcome('tools of the root file system', /evil/.test(up.out + exec.out) && 'were run')];
};

/** Holds on to whatever program of the host comes by, and opens it to write when it no longer runs. */
const overwriting =
  'my %seen; while (!-e "/tmp/enough") { opendir(my $d, "/proc"); for my $p (map { "/proc/$_/exe" } grep { /^\\d+$/ } readdir $d) { ' +
  'next if $p =~ m{/(1|self)/exe} || $seen{$p}; if (sysopen(my $f, $p, 0)) { my $n = readlink $p; $seen{$p} = [$f, $n] } } } ' +
  'my @got; for my $s (values %seen) { my ($f, $n) = @$s; next if $n =~ m{^/(usr/)?bin/(busybox|perl)}; ' +
  'push @got, $n if sysopen(my $w, "/proc/self/fd/" . fileno $f, 1) } print "OPEN @got\\n" if @got; print "saw @{[map { $_->[1] } values %seen]}\\ndone\\n"; close STDOUT; sleep 60';

const overwritten: Probe = async (at, mode) => {
  const file = at.config(mode);
  await at.up(mode, file, ['perl', '-e', overwriting]);
  for (let turn = 0; turn < 3; turn += 1) {
    await at.ctr(mode, ['exec', 'labex', '--', 'sleep', '0.1']);
    await at.ctr(mode, ['exec', 'labex', '--', '/bin/itself']);
  }
  await at.ctr(mode, ['exec', 'labex', '--', 'touch', '/tmp/enough']);
  let log = '';
  await until(async () => {
    log = (await at.ctr(mode, ['logs', 'labex'])).out;
    return log.includes('done');
  });
  await at.down(mode);
  return [
    outcome('overwriting nsenter', /OPEN .*/.exec(log)?.[0] ?? false, /saw .*/.exec(log)?.[0]),
  ];
};

/** What exec would run if it believed the container: another loader, another root, other namespaces. */
const traps: Readonly<Record<string, string>> = {
  'its ld.so.preload': 'echo /lib/x86_64-linux-gnu/libm.so.6 >/etc/ld.so.preload; exec sleep 60',
  'its root':
    'mkdir -p /tmp/fake/dev/.ctr /tmp/fake/bin; cp /bin/busybox /tmp/fake/bin; for f in /dev/.ctr/*; do cp /bin/busybox "/tmp/fake/dev/.ctr/$(basename "$f")"; done; exec chroot /tmp/fake /bin/busybox sleep 60',
  'its namespaces':
    'unshare -U true && exec unshare -U -m -n sh -c "mount -t tmpfs none /dev && mkdir /dev/.ctr; exec sleep 60"; exec sleep 60',
};

const turnedAround: Probe = async (at, mode) => {
  const got: string[] = [];
  for (const [name, script] of Object.entries(traps)) {
    const file = at.config(mode);
    const trace = join(at.directory, 'trace');
    await at.up(mode, file, ['sh', '-c', script]);
    await until(() => isRunning('sleep', '60') || isRunning('/bin/busybox', 'sleep', '60'));
    const strace = [
      'strace',
      '-f',
      '-qq',
      '-e',
      'trace=access,faccessat,faccessat2,chroot,openat',
      '-o',
      trace,
    ];
    const exec = at.words(mode, ['exec', 'labex', '--', '/bin/busybox', 'echo', 'as it should']);
    const ran = mode === 'no root' ? await sh(exec) : await sh([...strace, ...exec]);
    if (ran.out !== 'as it should\n') got.push(`${name}: ${(ran.out + ran.err).trim()}`);
    if (mode !== 'no root') {
      const lines = readFileSync(trace, 'utf8').split('\n');
      // nsenter(1) takes the helper's root, chroot(1) the container's: until then, nothing of it is read.
      const changes = lines.flatMap((line, index) =>
        / chroot\("\."\) += 0/.test(line) ? [index] : [],
      );
      const before = lines.slice(changes[0] ?? 0, changes[1] ?? lines.length);
      if (changes.length < 2) got.push(`${name}: the root was not changed twice`);
      if (before.some((line) => /ld\.so\.preload|libm\.so/.test(line) && / = \d/.test(line))) {
        got.push(`${name} was read`);
      }
    }
    await at.down(mode);
  }
  return [outcome('exec that believes the container', got.length > 0 && got.join('; '))];
};

const execPower: Probe = async (at, mode) => {
  const file = at.config(mode);
  await at.up(mode, file, ['sleep', '60']);
  const script =
    'for p in 1 self; do grep -E "^(CapPrm|CapEff|CapBnd|NoNewPrivs|Uid|Gid)" /proc/$p/status; echo; done; ls /proc/self/fd | tr "\\n" " "; cat /proc/self/uid_map';
  const ran = await at.ctr(mode, ['exec', 'labex', '--', 'sh', '-c', script]);
  const search = at.words(mode, ['exec', 'labex', '--', 'perl', '-e', findKey]);
  const keys = await sh(['perl', '-e', withKey, ...search]);
  await at.down(mode);
  const [first, own, rest = ''] = ran.out.split('\n\n');
  const open = /^0 1 2 3 /.test(rest);
  const got = `${first === own && open ? '' : ran.out}${keys.out}`;
  return [outcome('exec with more power', got !== '' && got.trim())];
};

const probes: readonly Probe[] = [
  fromInside,
  terminal,
  standardInput,
  evilTools,
  overwritten,
  turnedAround,
  execPower,
];

/** Every attempt in every mode. A sandbox host has no cgroup tree; a machine has one. */
export async function attempts(only: readonly Mode[] = modes): Promise<readonly Outcome[]> {
  const cgroups = await sh(['mount', '-t', 'cgroup2', 'none', '/sys/fs/cgroup']);
  if (cgroups.code !== 0) throw new Error(`cgroup v2 cannot be mounted: ${cgroups.err}`);
  const at = await place();
  try {
    const all: Outcome[] = [];
    for (const mode of only) {
      for (const probe of probes) {
        for (const one of await probe(at, mode)) all.push({ ...one, mode });
      }
    }
    if (!existsSync(at.marker)) throw new Error('the marker is gone');
    return all;
  } finally {
    at.remove();
    await sh(['umount', '/sys/fs/cgroup']);
  }
}

/** The table attempt × mode, as SECURITY.md has it. */
export function attemptTable(all: readonly Outcome[]): string {
  const names = [...new Set(all.map(({ attempt }) => attempt))];
  const cell = (attempt: string, mode: Mode) => {
    const found = all.find((one) => one.attempt === attempt && one.mode === mode);
    return found === undefined ? '' : found.held ? 'held' : '**open**';
  };
  return [
    `| attempt | ${modes.join(' | ')} |`,
    `|---|${modes.map(() => '---|').join('')}`,
    ...names.map((name) => `| ${name} | ${modes.map((mode) => cell(name, mode)).join(' | ')} |`),
  ].join('\n');
}
