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
import { isOurGroup } from '../model/names.ts';
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
import { wantsIpv6 } from './routes6.ts';
import { readStagingDirectories } from './staging.ts';
import { readSysctls } from './sysctls.ts';
import { findTool, readTools } from './tools.ts';

/** What other runs use, from the state directory. */
export interface Held {
  readonly runs: readonly string[];
  readonly reserved: Readonly<Record<string, readonly string[]>>;
  readonly reservedInterfaces: readonly string[];
  readonly shared: Readonly<Record<string, Resource>>;
}

/** All facts except those from the state directory. */
export type HostFacts = Omit<Facts, keyof Held>;

type LocalFacts = Pick<
  Facts,
  'tools' | 'helper' | 'rootfs' | 'stagingDirectories' | 'kernelPaths' | 'kernel'
>;

/** Probes for the libraries of the installed helper programs, and for keyctl. */
function localProbes(): Readonly<Record<string, Probe<readonly string[]>>> {
  const helpers = helperPrograms.flatMap((name) => {
    const path = findTool(name);
    return path === null ? [] : [[`helper ${name}`, helper(path)] as const];
  });
  const keyctl = findTool('keyctl');
  const tried = keyctl === null || hasKeyrings() ? [] : [['keyctl', keyring(keyctl)] as const];
  return Object.fromEntries([...helpers, ...tried]);
}

/** The facts from these probes. The helper directory is flat, so only one file of each name is kept. */
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

/** The facts that need no process, and that no other ctr changes. */
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

/** nft(8) is looked for where a config may need it. */
export function firewallTools({ firewall = 'iptables' }: Config): Facts['tools'] {
  return firewall === 'iptables' ? {} : { nft: findTool('nft') };
}

/** Reads the facts that do not depend on a network namespace. */
export async function readLocalFacts(runner: Runner, config: Config): Promise<LocalFacts> {
  const asked = readAll(runner, localProbes());
  const known = localFacts(config);
  return { ...known, ...answered(known.tools, await asked) };
}

/** The results of the probes that do not depend on the config. */
export type Answers = Awaited<ReturnType<typeof askHost>>;

/** Runs the probes of the network: what an attachment needs, which starts no process. Changes nothing. */
export async function askNetwork(runner: Runner): Promise<Answers> {
  return await readAll(runner, { network, firewall, ruleset });
}

/** Runs the probes that do not depend on the config. Changes nothing. */
export async function askHost(runner: Runner) {
  return await readAll(runner, { network, firewall, ruleset, ...localProbes() });
}

/** The facts about IPv6. Neighbours on ctr's own bridges are containers, which the runs' records list. */
async function six(runner: Runner, { networks }: Config, links: Facts['links']) {
  const ours = new Set(links.filter(({ group }) => isOurGroup(group)).map(({ name }) => name));
  const bridges = Object.values(networks).map(({ bridge }) => bridge.name);
  const { readIpv6 } = await import('./ipv6.ts');
  return await readIpv6(
    runner,
    bridges.filter((name) => !ours.has(name)),
  );
}

/**
 * Reads all facts about this host that the planner needs. Changes nothing.
 * @param terminal the value of TERM if the container gets the terminal.
 * @param asked the result of `askHost`, if it has been started already.
 */
export async function readHost(
  runner: Runner,
  config: Config,
  terminal: string | null,
  asked: Promise<Answers> = askHost(runner),
): Promise<HostFacts> {
  // Lets the processes start first: the code below blocks this thread, and runs in parallel with them.
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
  const publishes = Object.values(config.containers).some(({ ports = [] }) => ports.length > 0);
  const [answers, found6, published] = await Promise.all([
    asked,
    wantsIpv6(config)
      ? asked.then(async ({ network: { links } }) => await six(runner, config, links))
      : undefined,
    publishes
      ? import('./ports.ts').then(({ readPorts }) => readPorts(runner, config, known.kernel))
      : undefined,
  ]);
  const { network: found, firewall: saved, ruleset: rules, ...programs } = answers;
  const filters = await readPacketFilter(runner, { saved, rules: { found: rules } });
  const { version, ...packetFilter } = filters;
  const { neighbours, ...rest } = found;
  const { tools, helper: files } = answered(known.tools, programs);
  return {
    ...known,
    tools: { ...tools, ...firewallTools(config), ...published?.tools },
    helper: files,
    sysctls: { ...known.sysctls, ...found6?.sysctls, ...published?.sysctls },
    ...(published?.ports === undefined ? {} : { ports: published.ports }),
    ...(found6 === undefined ? {} : { ipv6: found6.ipv6 }),
    versions: version === '' ? {} : { iptables: version },
    ...rest,
    firewall: packetFilter,
    // Comes last: a stale plan names the first fact that changed, and neighbours change most often.
    ...(neighbours === undefined ? {} : { neighbours }),
  };
}
