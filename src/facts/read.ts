import { existsSync } from 'node:fs';
import { release } from 'node:os';
import type { Config } from '../config/schema.ts';
import type { Runner } from '../exec/runner.ts';
import {
  coveredDirectories,
  coveredFiles,
  helperName,
  readOnlyPaths,
} from '../model/container-root.ts';
import type { Resource } from '../model/resource.ts';
import { readCgroup } from './cgroup.ts';
import { firewall } from './firewall.ts';
import { helper, helperPrograms } from './helper.ts';
import type { Facts } from './index.ts';
import { hasKeyrings, keyring } from './keyring.ts';
import { network } from './network.ts';
import { ruleset } from './nft.ts';
import { readPacketFilter } from './packet-filter.ts';
import { readMissingCapabilities, readUserIds } from './privilege.ts';
import { type Probe, readAll } from './probe.ts';
import { readResolvers } from './resolvers.ts';
import { readRootfs } from './rootfs.ts';
import { readStagingDirectories } from './staging.ts';
import { readSysctls } from './sysctls.ts';
import { findTool, readTools } from './tools.ts';

/** What other runs hold, as the state directory tells it. */
export interface Held {
  readonly runs: readonly string[];
  readonly reserved: Readonly<Record<string, readonly string[]>>;
  readonly reservedInterfaces: readonly string[];
  readonly shared: Readonly<Record<string, Resource>>;
}

/** All facts but those that the state directory tells. */
export type HostFacts = Omit<Facts, keyof Held>;

type LocalFacts = Pick<
  Facts,
  'tools' | 'helper' | 'rootfs' | 'stagingDirectories' | 'kernelPaths' | 'kernel'
>;

/** What the loader says of the helper's programs, where they are installed, and whether keyctl works. */
function localProbes(): Readonly<Record<string, Probe<readonly string[]>>> {
  const helpers = helperPrograms.flatMap((name) => {
    const path = findTool(name);
    return path === null ? [] : [[`helper ${name}`, helper(path)] as const];
  });
  const keyctl = findTool('keyctl');
  const tried = keyctl === null || hasKeyrings() ? [] : [['keyctl', keyring(keyctl)] as const];
  return Object.fromEntries([...helpers, ...tried]);
}

/** What the answers tell. One file of a name is enough: they stand in one directory. */
function answered(
  tools: Facts['tools'],
  { keyctl, ...helpers }: Readonly<Record<string, readonly string[]>>,
): Pick<LocalFacts, 'tools' | 'helper'> {
  const [works = null] = keyctl ?? [findTool('keyctl')];
  const files = Object.values(helpers).flat();
  return {
    tools: { ...tools, keyctl: works },
    helper: [...new Map(files.map((path) => [helperName(path), path])).values()],
  };
}

/** What can be told without a process, and what no other ctr changes. */
function localFacts(config: Config): Omit<LocalFacts, 'helper'> {
  return {
    tools: readTools(),
    kernel: release(),
    rootfs: readRootfs(Object.values(config.containers)),
    stagingDirectories: readStagingDirectories(),
    kernelPaths: [...readOnlyPaths, ...coveredFiles, ...coveredDirectories].filter((path) =>
      existsSync(path),
    ),
  };
}

/** Reads the facts that do not depend on a network namespace. */
export async function readLocalFacts(runner: Runner, config: Config): Promise<LocalFacts> {
  const asked = readAll(runner, localProbes());
  const known = localFacts(config);
  return { ...known, ...answered(known.tools, await asked) };
}

/** What the tools and the loader of this host answer, whatever the config is. */
export type Answers = Awaited<ReturnType<typeof askHost>>;

/** Starts reading what no config decides. Changes nothing. */
export async function askHost(runner: Runner) {
  return await readAll(runner, { network, firewall, ruleset, ...localProbes() });
}

/**
 * Reads everything planning needs to know of this host; changes nothing.
 * @param terminal TERM, when the container gets the terminal.
 * @param asked a reading that has been started.
 */
export async function readHost(
  runner: Runner,
  config: Config,
  terminal: string | null,
  asked: Promise<Answers> = askHost(runner),
): Promise<HostFacts> {
  // Starts the processes first: the code below blocks this thread, so it runs while they do.
  await new Promise(setImmediate);
  const known = {
    version: 1,
    ...localFacts(config),
    uid: process.geteuid?.() ?? 0,
    cgroup: readCgroup(),
    userIds: readUserIds(),
    missingCapabilities: readMissingCapabilities(),
    terminal,
    sysctls: readSysctls(),
    resolvers: readResolvers(),
  } as const;
  const { network: found, firewall: saved, ruleset: rules, ...programs } = await asked;
  const filters = await readPacketFilter(runner, { saved, rules: { found: rules } });
  const { version, ...packetFilter } = filters;
  const { neighbours, ...rest } = found;
  return {
    ...known,
    ...answered(known.tools, programs),
    versions: version === '' ? {} : { iptables: version },
    ...rest,
    firewall: packetFilter,
    // Last: a stale plan names the first fact that changed, and neighbours change most often.
    ...(neighbours === undefined ? {} : { neighbours }),
  };
}
