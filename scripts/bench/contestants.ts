import type { Argv } from './protocol.ts';

/** The paths of the package's copy and of the root file system in a private host. */
export const packagePath = '/run/bench/ctr';
export const rootfsPath = '/run/bench/rootfs';
export const ctr: Argv = [process.execPath, `${packagePath}/dist/ctr.js`];

/** Asks a server in the world for the source address that it sees. */
export const whoami: Argv = ['wget', '-qO-', 'http://198.51.100.1/whoami'];
/** The source address that the world sees after source NAT. */
export const translated = '198.51.100.2';

/** Containers that keep running, numbered from 1. */
export interface Many {
  readonly title?: string;
  readonly up: (count: number) => Argv;
  readonly down: (count: number) => Argv;
}

/** A program that gives containers a network, and how the benchmark runs it. */
export interface Contestant {
  readonly id: string;
  readonly title: string;
  /** Contestants with the same value share a private host. */
  readonly host: string;
  /** The programs that it needs, with their Debian packages. */
  readonly needs: Readonly<Record<string, string>>;
  /** Files that it needs, written once. */
  readonly files?: (counts: readonly number[]) => Readonly<Record<string, string>>;
  readonly prepare?: Argv;
  /** The command that prints the pids of its daemons. */
  readonly daemons?: Argv;
  /** Commands that print versions, by program. */
  readonly versions?: Readonly<Record<string, Argv>>;
  /** Runs a command in one container with its own bridge and removes everything. */
  readonly cold?: (command: Argv) => Argv;
  readonly warm?: {
    readonly keep?: Argv;
    readonly run: (command: Argv) => Argv;
    readonly drop?: Argv;
  };
  readonly many?: Many;
  /** Whether it does source NAT, so that containers reach the world. */
  readonly translates: boolean;
  /** Why it does not take part in a scenario. */
  readonly absent?: Readonly<Partial<Record<'cold' | 'warm' | 'many', string>>>;
}

export const scriptsPath = `${packagePath}/scripts/bench`;
export const sleeper: Argv = ['sleep', '100000'];

const baseline: Contestant = {
  id: 'baseline',
  title: 'baseline.sh',
  host: 'baseline',
  needs: { ip: 'iproute2', iptables: 'iptables', unshare: 'util-linux' },
  versions: {
    iproute2: ['ip', '-V'],
    'util-linux': ['unshare', '-V'],
    iptables: ['iptables', '-V'],
  },
  translates: true,
  cold: (command) => [`${scriptsPath}/baseline.sh`, 'run', rootfsPath, ...command],
  warm: {
    keep: [`${scriptsPath}/baseline.sh`, 'up', rootfsPath, '1', '1', ...sleeper],
    run: (command) => [`${scriptsPath}/baseline.sh`, 'run', rootfsPath, ...command],
    drop: [`${scriptsPath}/baseline.sh`, 'down', '1', '1'],
  },
  many: {
    up: (count) => [`${scriptsPath}/baseline.sh`, 'up', rootfsPath, '1', String(count), ...sleeper],
    down: (count) => [`${scriptsPath}/baseline.sh`, 'down', '1', String(count)],
  },
};

function tutorial(name: string, ip: string): string {
  const config = {
    name,
    host_name: name,
    root_dir: rootfsPath,
    ip,
    bridge_name: 'ctr0',
    bridge_ip: '192.168.0.1/16',
    command: sleeper,
  };
  return JSON.stringify(config);
}

/** A config with this number of identical containers. */
function replicated(count: number): string {
  return JSON.stringify({
    version: 1,
    name: `many-${count}`,
    networks: {
      front: {
        bridge: { name: 'ctr1' },
        subnets: [{ subnet: '10.98.0.0/16', gateway: '10.98.0.1' }],
      },
    },
    containers: {
      web: {
        rootfs: rootfsPath,
        command: sleeper,
        replicas: count,
        interfaces: [{ network: 'front' }],
      },
    },
  });
}

const manyPath = (count: number) => `/run/bench/many-${count}.json`;

function ctrContestant(id: string, title: string, flags: readonly string[]): Contestant {
  return {
    id,
    title,
    host: 'ctr',
    needs: {},
    versions: { ctr: [...ctr, '--version'], Node: [process.execPath, '--version'] },
    translates: true,
    files: (counts) => ({
      '/run/bench/one.json': tutorial('one', '192.168.0.100'),
      '/run/bench/keep.json': tutorial('keep', '192.168.0.101'),
      ...Object.fromEntries(counts.map((count) => [manyPath(count), replicated(count)])),
    }),
    cold: (command) => [...ctr, 'up', ...flags, '/run/bench/one.json', '--', ...command],
    warm: {
      keep: [...ctr, 'up', '-d', '/run/bench/keep.json'],
      run: (command) => [...ctr, 'up', ...flags, '/run/bench/one.json', '--', ...command],
      drop: [...ctr, 'down', 'keep'],
    },
    many: {
      up: (count) => [...ctr, 'up', ...flags, '-d', manyPath(count)],
      down: (count) => [...ctr, 'down', `many-${count}`],
    },
  };
}

export const own: readonly Contestant[] = [
  baseline,
  ctrContestant('ctr-one-by-one', 'ctr up --one-by-one', ['--one-by-one']),
  ctrContestant('ctr', 'ctr up', []),
  ctrContestant('ctr-fast', 'ctr up --fast', ['--fast']),
];
