import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/schema.ts';
import { lineReader } from '../exec/launcher.ts';
import { throughShells } from '../exec/shells.ts';
import { readHost } from '../facts/read.ts';
import { cmd } from '../model/command.ts';
import { exitCodes } from '../model/errors.ts';
import { isSandboxHost } from '../model/world-addresses.ts';
import type { Head } from '../necessity/assemble.ts';
import { forgetSoon } from '../necessity/connections.ts';
import { hostFile, probesOf } from '../necessity/promises.ts';
import { rowsOf } from '../necessity/rows.ts';
import { type Outcome, readHostState, trial } from '../necessity/trial.ts';
import { planFor } from '../plan.ts';
import type { Context } from '../run/context.ts';
import { prepare } from '../run/prepare.ts';
import { readSource } from '../run/saved-plan.ts';
import { stateDirectory } from '../state/directory.ts';
import { withGlobalLock } from '../state/global-lock.ts';
import { rootfsCreate } from './rootfs.ts';

/** What the ctr in a sandbox host tells the one outside, one line of JSON each. */
export type Said = { readonly head: Head } | { readonly row: number; readonly outcome: Outcome };

/** Milliseconds for the next line of standard input: as long as setTimeout(3) can wait. */
const patienceMs = 2 ** 31 - 1;

const madeRootfs = '/run/necessity/rootfs';

/** A root file system that does not exist is made of busybox, in the memory of the sandbox host. */
async function withRootfs(context: Context, config: Config) {
  const made = Object.values(config.containers)
    .map(({ rootfs }) => rootfs)
    .filter((path) => !existsSync(path));
  if (made.length > 0) {
    await rootfsCreate({ ...context, quiet: true, print: () => undefined }, madeRootfs, {});
  }
  const containers = Object.entries(config.containers).map(([name, container]) => [
    name,
    made.includes(container.rootfs) ? { ...container, rootfs: madeRootfs } : container,
  ]);
  return { made, config: { ...config, containers: Object.fromEntries(containers) } as Config };
}

/** Every container runs a shell that tests its promises. */
function withShells(config: Config): Config {
  const containers = Object.entries(config.containers).map(([name, container]) => [
    name,
    { ...container, command: ['/bin/sh'] },
  ]);
  return { ...config, containers: Object.fromEntries(containers) };
}

/**
 * Brings up the whole plan, tells what it found, then
 * makes each experiment that it is asked for on standard input, until end of file.
 */
async function work(
  context: Context,
  file: string,
  { drop = false }: { readonly drop?: boolean },
): Promise<number> {
  const say = (said: Said) => process.stdout.write(`${JSON.stringify(said)}\n`);
  const next = lineReader(process.stdin);
  forgetSoon();
  mkdirSync(dirname(hostFile), { recursive: true });
  writeFileSync(hostFile, 'the host\n');
  const runner = throughShells(context.runner);
  const source = readSource(file, {});
  const { config: wanted, made } = await withRootfs(context, source.config);
  const config = withShells(wanted);
  if (drop) {
    const { ok, stderr } = await runner.run(cmd`iptables -w 5 -P FORWARD DROP`.map(String));
    if (!ok) throw new Error(stderr);
  }
  const found = await readHost(runner, config, null);
  // Started by ctr itself, which made the host.
  if (!isSandboxHost(found.links)) throw new Error('not in a sandbox host');
  const facts = { ...found, runs: [], reserved: {}, reservedInterfaces: [], shared: {} };
  const { plan } = await prepare(config, false, facts);
  const directory = stateDirectory(context.stateDir);
  const lock = await withGlobalLock(runner, directory);
  const base = await readHostState(runner);
  const probes = probesOf(plan.lab);
  const bench = { runner, directory, hold: lock.descriptor, config, facts, plan, probes, base };
  // What is shown is the plan of the config, with its own commands.
  const shown = planFor(wanted, facts, false);
  const rows = rowsOf(plan);
  const lines = rowsOf(shown);
  const whole = await trial(bench);
  const named = (text: string) =>
    facts.cgroup === null ? text : text.replaceAll(String(facts.cgroup.netns), 'NETNS');
  say({
    head: {
      plan: shown,
      probes,
      rows: lines.map((row) => ({ ...row, line: named(row.line) })),
      whole,
      drop,
      made,
    },
  });
  for (;;) {
    const asked = await next(patienceMs);
    const row = rows.find(({ number }) => number === Number(asked));
    if (row === undefined) return exitCodes.done;
    const outcome = await trial(bench, row);
    say({ row: row.number, outcome });
    // Another sandbox host makes the next experiment.
    if (outcome.left.length > 0) return exitCodes.done;
  }
}

/** The part of `ctr lab necessity` that runs inside a sandbox host. */
export async function necessityInside(
  context: Context,
  file: string,
  flags: { readonly drop?: boolean },
): Promise<number> {
  // The ctr outside is gone: the sandbox host ends with this process, and everything in it.
  const leave = () => process.exit(exitCodes.done);
  process.stdin.on('close', leave);
  try {
    return await work(context, file, flags);
  } finally {
    process.stdin.off('close', leave);
    process.stdin.destroy();
  }
}
