import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Config } from '../config/schema.ts';
import type { Runner } from '../engine/runner.ts';
import { coveredDirectories, coveredFiles, helperName, readOnlyPaths } from '../steps/staging.ts';
import type { Undo } from '../undo.ts';
import { readCgroup } from './cgroup.ts';
import { firewall } from './firewall.ts';
import { helper, helperPrograms } from './helper.ts';
import type { Facts } from './index.ts';
import { links } from './links.ts';
import { readPrivileged, readUserIds } from './privilege.ts';
import { type Probe, readAll } from './probe.ts';
import { readResolvers } from './resolvers.ts';
import { readRootfs } from './rootfs.ts';
import { routes } from './routes.ts';
import { readSysctls } from './sysctls.ts';
import { readTools } from './tools.ts';

/** Each is on every distribution that follows the FHS; the first that does not hide the rootfs is used. */
const stagingDirectories = ['/mnt', '/media', '/srv', '/opt'];

/** What other runs hold, as the state directory tells it. */
export interface Held {
  readonly runs: readonly string[];
  readonly reserved: Readonly<Record<string, readonly string[]>>;
  readonly shared: Readonly<Record<string, Undo>>;
}

/** All facts but those that the state directory tells. */
export type HostFacts = Omit<Facts, keyof Held>;

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

/** What the loader says of the helper's programs, where they are installed. */
function helperProbes(tools: Facts['tools']): Readonly<Record<string, Probe<readonly string[]>>> {
  return Object.fromEntries(
    helperPrograms.flatMap((name) => {
      const path = tools[name];
      return path == null ? [] : [[`helper ${name}`, helper(path)]];
    }),
  );
}

/** One file of a name is enough: they stand in one directory. */
function helperFiles(answers: Readonly<Record<string, unknown>>): readonly string[] {
  const all = Object.entries(answers).flatMap(([name, paths]) =>
    name.startsWith('helper ') ? (paths as readonly string[]) : [],
  );
  return [...new Map(all.map((path) => [helperName(path), path])).values()];
}

function localFacts(config: Config, tools: Facts['tools'], files: readonly string[]): LocalFacts {
  return {
    kernel: release(),
    tools,
    helper: files,
    rootfs: readRootfs(Object.values(config.containers)),
    stagingDirectories: stagingDirectories.filter((path) => existsSync(path)),
    kernelPaths: [...readOnlyPaths, ...coveredFiles, ...coveredDirectories].filter((path) =>
      existsSync(path),
    ),
  };
}

/** Reads the facts that do not depend on a network namespace. */
export async function readLocalFacts(runner: Runner, config: Config): Promise<LocalFacts> {
  const tools = readTools();
  return localFacts(config, tools, helperFiles(await readAll(runner, helperProbes(tools))));
}

/**
 * Reads everything planning needs to know of this host; changes nothing.
 * @param terminal TERM, when the container gets the terminal.
 */
export async function readHost(
  runner: Runner,
  config: Config,
  terminal: string | null,
): Promise<HostFacts> {
  const tools = readTools();
  const [one, ...others] = Object.entries(helperProbes(tools));
  // Two shells, since there are two processors: each takes about as long.
  const asked = Promise.all([
    readAll(runner, { links, routes, ...Object.fromEntries(one === undefined ? [] : [one]) }),
    readAll(runner, { firewall, ...Object.fromEntries(others) }),
  ]);
  const known = {
    version: 1,
    ...localFacts(config, tools, []),
    uid: process.geteuid?.() ?? 0,
    cgroup: readCgroup(),
    userIds: readUserIds(),
    privileged: readPrivileged(),
    terminal,
    sysctls: readSysctls(),
    resolvers: readResolvers(),
  } as const;
  const [{ links: found, routes: table, ...helper }, { firewall: asFound, ...helpers }] =
    await asked;
  const { version, ...packetFilter } = asFound;
  return {
    ...known,
    helper: helperFiles({ ...helper, ...helpers }),
    versions: version === '' ? {} : { iptables: version },
    links: found,
    routes: table,
    firewall: {
      ...packetFilter,
      otherFlavour: version.includes('nf_tables') && legacyTables(),
    },
  };
}
