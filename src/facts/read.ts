import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Config } from '../config/schema.ts';
import type { Runner } from '../engine/runner.ts';
import type { Undo } from '../undo.ts';
import { firewall } from './firewall.ts';
import { helper } from './helper.ts';
import type { Facts } from './index.ts';
import { links } from './links.ts';
import { readPrivileged } from './privilege.ts';
import { type Probe, read, readAll } from './probe.ts';
import { readResolvers } from './resolvers.ts';
import { readRootfs } from './rootfs.ts';
import { routes } from './routes.ts';
import { readSysctls } from './sysctls.ts';
import { readTools } from './tools.ts';

/** Each is on every distribution that follows the FHS; the first that does not hide the rootfs is used. */
const stagingDirectories = ['/mnt', '/media', '/srv', '/opt'];

/** Kernel files that a container must not change, or not even read. */
const kernelPaths = [
  'acpi',
  'bus',
  'fs',
  'irq',
  'scsi',
  'sys',
  'sysrq-trigger',
  'kcore',
  'keys',
  'latency_stats',
  'sched_debug',
  'timer_list',
];

/** What other runs hold, as the state directory tells it. */
export interface Held {
  readonly runs: readonly string[];
  readonly reserved: Readonly<Record<string, readonly string[]>>;
  readonly shared: Readonly<Record<string, Undo>>;
}

export interface FactsOptions {
  /** TERM, when the container gets the terminal. */
  readonly terminal: string | null;
  readonly held: Held;
}

function legacyTables(): boolean {
  try {
    return readFileSync('/proc/net/ip_tables_names', 'latin1').trim() !== '';
  } catch {
    return false;
  }
}

type LocalFacts = Pick<
  Facts,
  'tools' | 'helper' | 'rootfs' | 'stagingDirectories' | 'kernelPaths' | 'kernel'
>;

/** What the loader says of setpriv, where that is installed. */
function helperProbe(tools: Facts['tools']): Probe<readonly string[]> {
  return tools.setpriv == null ? { ...helper('false'), absent: [] } : helper(tools.setpriv);
}

function localFacts(config: Config, tools: Facts['tools'], files: readonly string[]): LocalFacts {
  return {
    kernel: release(),
    tools,
    helper: files,
    rootfs: readRootfs(Object.values(config.containers)),
    stagingDirectories: stagingDirectories.filter((path) => existsSync(path)),
    kernelPaths: kernelPaths.filter((path) => existsSync(`/proc/${path}`)),
  };
}

/** Reads the facts that do not depend on a network namespace. */
export async function readLocalFacts(runner: Runner, config: Config): Promise<LocalFacts> {
  const tools = readTools();
  return localFacts(config, tools, await read(runner, helperProbe(tools)));
}

/** Reads everything planning needs to know of this host; changes nothing. */
export async function readFacts(
  runner: Runner,
  config: Config,
  options: FactsOptions,
): Promise<Facts> {
  const tools = readTools();
  const asked = readAll(runner, { links, routes, firewall, helper: helperProbe(tools) });
  const local = localFacts(config, tools, []);
  const answers = await asked;
  const { version, ...packetFilter } = answers.firewall;
  return {
    version: 1,
    ...local,
    helper: answers.helper,
    uid: process.geteuid?.() ?? 0,
    privileged: readPrivileged(),
    terminal: options.terminal,
    versions: version === '' ? {} : { iptables: version },
    links: answers.links,
    routes: answers.routes,
    sysctls: readSysctls(),
    firewall: {
      ...packetFilter,
      otherFlavour: version.includes('nf_tables') && legacyTables(),
    },
    resolvers: readResolvers(),
    ...options.held,
  };
}
