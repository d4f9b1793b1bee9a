import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { createRootfs } from '../../rig/create-rootfs.ts';
import { ctrPath } from '../../rig/ctr.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';

/** The directory for a cell's own files. It disappears with the cell's sandbox host. */
export const own = '/run/residue';
const rootfs = `${own}/rootfs`;

export interface Contestant {
  readonly title: string;
  /** The required files, each with its Debian package. */
  readonly needs: Readonly<Record<string, string>>;
  readonly versions: readonly (readonly string[])[];
  /** Directories outside /run where it keeps its state. */
  readonly keeps: readonly string[];
  prepare(): Promise<void>;
  /** Starts the command that sets up a container, which the test may kill. */
  setUp(): Promise<{ readonly process: ReturnType<typeof start> }>;
  firstProcess(): Promise<number>;
  /** Removes the mount that keeps the namespace alive without processes. */
  unpin(): Promise<void>;
  /** Removes the container by the tool's own command. @returns its exit code. */
  tearDown(): Promise<number>;
  /** Cleans up after a killed set-up. @returns its exit code. */
  recover(): Promise<number>;
}

type Environment = Readonly<Record<string, string>>;

function start(argv: readonly string[], env: Environment = {}, input = '') {
  const [program = '', ...words] = argv;
  return execa(program, words, { env, input, reject: false });
}

async function must(argv: readonly string[], env: Environment = {}): Promise<string> {
  const ended = await start(argv, env);
  if (ended.failed) throw new Error(`${argv.join(' ')}: ${ended.stderr}`);
  return ended.stdout;
}

async function exitCode(argv: readonly string[], env: Environment = {}): Promise<number> {
  const ended = await start(argv, env);
  if (ended.failed) console.error(ended.stderr);
  return ended.exitCode ?? -1;
}

/** The command that prints the version of a Debian package. */
function versionOf(name: string): readonly string[] {
  return [name, 'dpkg-query', '--show', '--showformat', `\${Version}`, name];
}

const ctrWords = (...words: string[]) => [process.execPath, ctrPath, '-q', ...words];
const sleeper = ['sleep', '600'];

const config = `${own}/tutorial.json`;
const ctr: Contestant = {
  title: 'ctr',
  needs: {},
  versions: [['ctr', process.execPath, ctrPath, 'version']],
  keeps: [],
  async prepare() {
    await createRootfs(rootfs);
    writeFileSync(
      config,
      JSON.stringify(tutorial({ root_dir: rootfs, ip: '10.97.0.2', bridge_ip: '10.97.0.1/16' })),
    );
  },
  setUp: async () => ({ process: start(ctrWords('up', '-d', config, '--', ...sleeper)) }),
  async firstProcess() {
    const { containers } = JSON.parse(await must(ctrWords('--json', 'ps'))) as {
      readonly containers: readonly { readonly pid: number }[];
    };
    return containers[0]?.pid ?? 0;
  },
  unpin: async () => undefined,
  tearDown: () => exitCode(ctrWords('down', 'labex')),
  async recover() {
    const code = await ctr.tearDown();
    // 2 means that there is no such run: ctr was killed before it began.
    return code === 2 ? 0 : code;
  },
};

const plugins = '/usr/lib/cni';
const network = JSON.stringify({
  cniVersion: '0.4.0',
  name: 'residue',
  type: 'bridge',
  bridge: 'cni0',
  isGateway: true,
  ipMasq: true,
  ipam: { type: 'host-local', subnet: '10.97.0.0/16', routes: [{ dst: '0.0.0.0/0' }] },
});

let sleeping: ReturnType<typeof start> | undefined;

function plugin(command: 'ADD' | 'DEL') {
  const environment = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: 'residue',
    CNI_NETNS: `/proc/${sleeping?.pid}/ns/net`,
    CNI_IFNAME: 'eth0',
    CNI_PATH: plugins,
  };
  return start([`${plugins}/bridge`], environment, network);
}

async function endSleeping(): Promise<void> {
  sleeping?.kill('SIGKILL');
  await sleeping;
}

/** The plugin, called as a container engine calls it: makes a namespace, calls ADD and DEL. */
const cni: Contestant = {
  title: 'CNI bridge plugin',
  needs: { [`${plugins}/bridge`]: 'containernetworking-plugins' },
  versions: [versionOf('containernetworking-plugins')],
  keeps: ['/var/lib/cni'],
  prepare: async () => undefined,
  async setUp() {
    sleeping = start(['unshare', '--net', ...sleeper]);
    const { pid } = sleeping;
    const [mine, its] = ['self', String(pid)].map(
      (one) => () => must(['readlink', `/proc/${one}/ns/net`]),
    );
    await until(async () => (await its?.()) !== (await mine?.()), 2000);
    return { process: plugin('ADD') };
  },
  firstProcess: async () => sleeping?.pid ?? 0,
  unpin: async () => undefined,
  async tearDown() {
    const ended = await plugin('DEL');
    await endSleeping();
    return ended.exitCode ?? -1;
  },
  recover: () => cni.tearDown(),
};

const containersConf = `${own}/containers.conf`;
const podmanEnvironment = { HOME: own, CONTAINERS_CONF: containersConf };
const podmanWords = (...words: string[]) => ['podman', ...words];

const podman: Contestant = {
  title: 'podman with netavark',
  needs: {
    '/usr/bin/podman': 'podman',
    '/usr/lib/podman/netavark': 'netavark',
    '/usr/bin/crun': 'crun',
  },
  versions: [versionOf('podman'), versionOf('netavark')],
  keeps: ['/var/lib/containers', '/etc/containers/networks'],
  async prepare() {
    await createRootfs(rootfs);
    // The host has no systemd, and no right to raise limits.
    writeFileSync(
      containersConf,
      [
        '[engine]',
        'cgroup_manager = "cgroupfs"',
        'events_logger = "file"',
        '[network]',
        'network_backend = "netavark"',
        '[containers]',
        'cgroups = "disabled"',
        'log_driver = "k8s-file"',
        'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
        '',
      ].join('\n'),
    );
    await must(['mount', '-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup']);
    await must(
      ['sh', '-c', `tar -C ${rootfs} -c . | podman import --quiet - residue`],
      podmanEnvironment,
    );
  },
  setUp: async () => ({
    process: start(
      podmanWords('run', '--detach', '--name', 'residue', 'localhost/residue', ...sleeper),
      podmanEnvironment,
    ),
  }),
  async firstProcess() {
    return Number(
      await must(
        podmanWords('inspect', '--format', '{{.State.Pid}}', 'residue'),
        podmanEnvironment,
      ),
    );
  },
  async unpin() {
    for (const name of readdirSync('/run/netns')) {
      await must(['umount', `/run/netns/${name}`]);
      await must(['rm', `/run/netns/${name}`]);
    }
  },
  tearDown: () =>
    exitCode(podmanWords('rm', '--force', '--time', '0', 'residue'), podmanEnvironment),
  recover: () =>
    exitCode(podmanWords('rm', '--force', '--time', '0', '--ignore', 'residue'), podmanEnvironment),
};

export const contestants = { ctr, cni, podman } as const;
export type ContestantName = keyof typeof contestants;

/** Moves the contestant's state to /run, where the test looks for leftovers. */
export async function keepPrivate({ keeps }: Contestant): Promise<void> {
  for (const [index, folder] of keeps.entries()) {
    const kept = `${own}-kept/${index}`;
    mkdirSync(kept, { recursive: true });
    mkdirSync(folder, { recursive: true });
    await must(['mount', '--bind', kept, folder]);
  }
}
