import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { isRunning } from '../../rig/processes.ts';
import { sh } from '../../rig/sh.ts';
import { until } from '../../rig/until.ts';
import { type HostileWorkshop, hostileWorkshop, type Mode, modes } from './hostile-workshop.ts';

export interface Outcome {
  readonly attempt: string;
  readonly mode: Mode;
  readonly held: boolean;
  /** What the attempt reached, or why it failed. */
  readonly detail: string;
}

type Probe = (at: HostileWorkshop, mode: Mode) => Promise<readonly Omit<Outcome, 'mode'>[]>;

function outcome(attempt: string, got: string | false, why = '-'): Omit<Outcome, 'mode'> {
  return { attempt, held: got === false, detail: got === false ? why : got };
}

type Try = (words: readonly string[]) => readonly string[];

/** Executes its arguments with a new session keyring that contains a key, so that no existing keyring gets one. */
const withKey =
  'my %n = (x86_64 => [250, 248], aarch64 => [219, 217]); my ($m) = `uname -m` =~ /(\\S+)/;' +
  'syscall($n{$m}[0], 1, 0, 0, 0, 0); my ($t, $d, $s) = ("user\\0", "ctr-escape\\0", "secret");' +
  'syscall($n{$m}[1], $t, $d, $s, 6, -3); exec @ARGV';

/** Looks for that key with KEYCTL_SEARCH in KEY_SPEC_SESSION_KEYRING (keyctl(2)). */
const findKey =
  'my ($m) = `/bin/busybox uname -m` =~ /(\\S+)/; my ($t, $d) = ("user\\0", "ctr-escape\\0");' +
  'print "a key\\n" if syscall($m eq "aarch64" ? 219 : 250, 10, -3, $t, $d, 0) > 0';

/** Starts a command with secrets in its environment: open descriptors, a directory, variables, a key. */
async function surrounded(
  at: HostileWorkshop,
  start: Try,
): Promise<readonly Omit<Outcome, 'mode'>[]> {
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

/** All attempts of a process inside the container. */
const fromInside: Probe = async (at, mode) =>
  await surrounded(at, (words) => at.words(mode, ['-q', 'up', at.config(mode), '--', ...words]));

/**
 * The same attempts as root in a chroot, in a mount and a UTS namespace to protect this host. They succeed there, which
 * proves that the attempts work.
 */
export async function inAChroot(): Promise<readonly string[]> {
  const at = await hostileWorkshop();
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

/** Inserts input into its terminal, if it can reach it (TIOCSTI, ioctl_tty(2)). */
const typing =
  'my @open = (*STDIN, *STDOUT, *STDERR); push @open, $t if open(my $t, "+<", "/dev/tty");' +
  'for my $f (@open) { for my $c (split //, "INJECTED\\n") { my $d = $c; ioctl($f, 0x5412, $d) or last } }';

/** The input that a shell reads from the same terminal after the command. */
async function typedInto(
  command: readonly string[],
  redirection: string,
  at: HostileWorkshop,
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

/** The control experiment: without ctr, this kernel allows TIOCSTI. */
export async function typingWorks(): Promise<boolean> {
  const at = await hostileWorkshop();
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

/** Keeps references to the host's programs that appear in /proc, and opens them for writing once they have ended. */
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

/** Manipulations that `ctr exec` must ignore: another loader, another root, other namespaces. */
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
      // nsenter(1) enters the helper's root, then chroot(1) the container's. Before that, exec reads no file of it.
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

/** All attempts in all modes. Mounts a cgroup tree first, since a real host has one. */
export async function attempts(only: readonly Mode[] = modes): Promise<readonly Outcome[]> {
  const cgroups = await sh(['mount', '-t', 'cgroup2', 'none', '/sys/fs/cgroup']);
  if (cgroups.code !== 0) throw new Error(`cgroup v2 cannot be mounted: ${cgroups.err}`);
  const at = await hostileWorkshop();
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
