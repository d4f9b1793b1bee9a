import { existsSync } from 'node:fs';
import { isAlive, waitUntilGone } from '../exec/processes.ts';
import type { Results } from '../json/results.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { printResult } from '../render/result.ts';
import type { Context } from '../run/context.ts';
import { recover } from '../run/recover.ts';
import { pidsOf, type SandboxHost, sandboxHosts } from '../sandbox/find.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { announce, ask, SandboxEnded, visit } from '../sandbox/visit.ts';
import { stateDirectory } from '../state/directory.ts';
import type { Described } from './inspect.ts';
import type { ContainerStatus, PsFlags } from './ps.ts';
import type { WatchFlags } from './watch.ts';

type TornDown = Results['down']['runs'][number];

function hostOf(context: Context, name: string): SandboxHost | undefined {
  const [run] = name.split('/');
  return sandboxHosts(context).find((one) => one.name === run);
}

type RunVerb = 'inspect' | 'logs' | 'check' | 'repair' | 'exec' | 'goto' | 'watch' | 'why';

async function reachInside(
  context: Context,
  host: SandboxHost,
  verb: RunVerb,
  name: string,
  words: readonly string[],
): Promise<number> {
  if (verb === 'inspect') return await inspectInside(context, host, name);
  if (verb === 'repair') announce(context, host);
  const after = verb === 'exec' ? ['--', ...words] : verb === 'goto' ? words : undefined;
  const all = after === undefined ? [verb, ...words, name] : [verb, name, ...after];
  return await visit(context, host, [...globalWords(context), ...all]);
}

/**
 * Runs a verb for one run, on this host or inside the run's sandbox host.
 * @param words the command for `exec`, the flags for `logs` and `watch`.
 * @param watched the flags of `watch`.
 */
export async function reach(
  context: Context,
  verb: RunVerb,
  name: string,
  words: readonly string[] = [],
  watched: WatchFlags = {},
): Promise<number> {
  const host = hostOf(context, name);
  if (host !== undefined) {
    try {
      return await reachInside(context, host, verb, name, words);
    } catch (error) {
      if (!(error instanceof SandboxEnded)) throw error;
      // Once the sandbox host is gone, this host knows how the run ended.
      await waitUntilGone(host.pid, host.start, endMs);
    }
  }
  switch (verb) {
    case 'inspect':
      return await (await import('./inspect.ts')).inspect(context, name);
    case 'logs':
      return await (await import('./logs.ts')).logs(context, name, words.length > 0);
    case 'check':
      if (words[0] === '--probe') return await (await import('./traced.ts')).probe(context, name);
      return await (await import('./check.ts')).check(context, name, words[1]);
    case 'repair':
      return await (await import('./repair.ts')).repair(context, name);
    case 'goto':
      return await (await import('./goto.ts')).gotoStage(context, name, words[0] ?? '');
    case 'why':
      return await (await import('./why.ts')).why(context, name);
    case 'watch':
      return await (await import('./watch.ts')).watch(context, name, watched);
    case 'exec':
      return await (await import('./exec.ts')).exec(context, name, words);
  }
}

/** Translates the pids into this machine's, so that the user can pass them to commands here. */
async function inspectInside(context: Context, host: SandboxHost, name: string): Promise<number> {
  const words = ['--json', 'inspect', name];
  const { ok, stdout } = await ask(context, host, words);
  // Repeats the verb with this terminal, so that its error message looks as it would for a run on this host.
  if (!ok) return await visit(context, host, [...globalWords(context), 'inspect', name]);
  const described = JSON.parse(stdout) as Described;
  const pids = pidsOf(host);
  const { printDescription } = await import('./inspect.ts');
  return printDescription(context, {
    ...described,
    sandbox: { pid: host.pid, own_users: host.ownUsers },
    containers: described.containers.map((one) => ({
      ...one,
      pid: one.pid === null ? null : (pids.get(one.pid) ?? null),
    })),
  });
}

/** The run's name, from a name or a config file. @throws CtrError for one container of a run. */
async function runName(context: Context, name: string): Promise<string> {
  const [run = ''] = name.split('/');
  if (name !== run && !existsSync(name)) {
    const known = stateDirectory(context.stateDir).names();
    if (known.includes(run) || hostOf(context, name) !== undefined) throw onlyWhole(run);
  }
  if (!name.includes('/') && !name.includes('.')) return name;
  const { loadConfig } = await import('../config/load.ts');
  return loadConfig(name).config.name;
}

function onlyWhole(run: string): CtrError {
  return new CtrError(
    'not-a-whole-run',
    exitCodes.usage,
    {
      en: 'ctr can only end a whole run, not one of its containers',
      zh: '只能结束整个运行实例，不能单独结束其中一个容器',
    },
    { try: [`ctr down ${run}`] },
  );
}

/** Milliseconds for a sandbox host to end after its run, and for a run in it to come up. */
const endMs = 2000;
const comeUpMs = 30_000;

/** Runs `down` in a sandbox host. Under --json, merges its result and events into this ctr's. */
async function sayDown(context: Context, host: SandboxHost, runs: TornDown[]): Promise<number> {
  const words = [...globalWords(context), 'down', host.name];
  if (!context.json) return await visit(context, host, words);
  const { ok, exitCode, stdout, stderr } = await ask(context, host, words);
  // Messages of nsenter(1) are no events.
  for (const line of stderr.split('\n')) if (line.startsWith('{')) context.tell(line);
  if (ok) runs.push(...(JSON.parse(stdout) as Results['down']).runs);
  return exitCode ?? exitCodes.cannotRun;
}

/** Ends the run in a sandbox host, and thereby the host. @param runs collects what was torn down. */
async function downInside(context: Context, host: SandboxHost, runs: TornDown[]): Promise<number> {
  announce(context, host);
  const deadline = performance.now() + comeUpMs;
  for (let first = true; ; first = false) {
    const said = { ...context, quiet: context.quiet || !first };
    try {
      const code = await sayDown(said, host, runs);
      // A foreground ctr that ends takes its sandbox host with it, including a ctr that waits inside.
      const killed = code > 128 && (await waitUntilGone(host.pid, host.start, endMs));
      const notYetUp = code === exitCodes.usage;
      if (code !== exitCodes.done && !killed && !notYetUp) return code;
    } catch (error) {
      if (isAlive(host.pid, host.start)) throw error;
    }
    // A run that is still coming up is unknown inside: try again.
    if (await waitUntilGone(host.pid, host.start, endMs)) return exitCodes.done;
    if (performance.now() > deadline) throw doesNotEnd(host);
  }
}

function doesNotEnd({ name, pid }: SandboxHost): CtrError {
  return new CtrError(
    'sandbox-does-not-end',
    exitCodes.busy,
    {
      en: `the sandbox host of ${name} does not end (process ${pid})`,
      zh: `${name} 的沙盒主机没有结束（进程 ${pid}）`,
    },
    {
      try: [
        {
          en: `kill -9 ${pid}   (everything in it ends with it)`,
          zh: `kill -9 ${pid}   （里面的一切随之结束）`,
        },
      ],
    },
  );
}

export async function downAnywhere(
  context: Context,
  name: string | undefined,
  flags: { readonly all?: boolean },
): Promise<number> {
  if ((name === undefined) === (flags.all !== true)) {
    throw new CtrError(
      'down-what',
      exitCodes.usage,
      name === undefined
        ? { en: 'give the name of a run, or use --all', zh: '写一个运行实例的名字，或者用 --all' }
        : {
            en: 'give the name of a run or use --all, not both',
            zh: '运行实例的名字和 --all 只能写一个',
          },
      { try: ['ctr ps', 'ctr down NAME', 'ctr down --all'] },
    );
  }
  const wanted = name === undefined ? undefined : await runName(context, name);
  const runs: TornDown[] = [];
  const hosts = sandboxHosts(context).filter((one) => wanted === undefined || one.name === wanted);
  for (const host of hosts) {
    const code = await downInside(context, host, runs);
    if (code !== exitCodes.done) return code;
  }
  if (wanted !== undefined && hosts.length > 0) {
    await recover(context.runner, stateDirectory(context.stateDir), () => undefined);
    if (context.json) printResult(context, 'down', { runs });
    return exitCodes.done;
  }
  const { down } = await import('./down.ts');
  return await down(context, wanted, flags, runs);
}

/** The containers of a sandbox host's run, with this machine's pids. */
async function statusesInside(
  context: Context,
  host: SandboxHost,
): Promise<readonly ContainerStatus[]> {
  const { ok, stdout } = await ask(context, host, ['--json', 'ps']);
  if (ok) {
    const pids = pidsOf(host);
    return (JSON.parse(stdout) as Results['ps']).containers.map((one) => ({
      ...one,
      pid: one.pid === null ? null : (pids.get(one.pid) ?? null),
    }));
  }
  if (!isAlive(host.pid, host.start)) return [];
  const { unreadable } = await import('./ps.ts');
  return [unreadable(host.name)];
}

export async function psAnywhere(context: Context, flags: PsFlags): Promise<number> {
  const hosts = sandboxHosts(context);
  const elsewhere = await Promise.all(hosts.map((host) => statusesInside(context, host)));
  const { ps } = await import('./ps.ts');
  const { tellRecovered } = await import('./down.ts');
  const directory = stateDirectory(context.stateDir);
  const found = await recover(context.runner, directory, () => undefined);
  tellRecovered(context, found);
  return await ps(context, found.remaining, elsewhere.flat(), flags);
}

/** `ctr gc` on this host and in every sandbox host: a ctr inside may have died as well. */
export async function gcAnywhere(
  context: Context,
  flags: { readonly dryRun?: boolean },
): Promise<number> {
  const recovered: string[] = [];
  const commands: string[] = [];
  let removed = 0;
  for (const host of sandboxHosts(context)) {
    const words = ['gc', ...(flags.dryRun === true ? ['--dry-run'] : [])];
    const { ok, stdout } = await ask(context, host, ['--json', ...words]);
    if (!ok) {
      if (!isAlive(host.pid, host.start)) continue;
      // Repeats the verb with this terminal, so that its error message looks as it would on this host.
      return await visit(context, host, [...globalWords(context), ...words]);
    }
    const found = JSON.parse(stdout) as Results['gc'];
    recovered.push(...found.recovered);
    commands.push(...found.commands);
    removed += found.removed;
    if (context.json || flags.dryRun !== true || found.commands.length === 0) continue;
    announce(context, host);
    for (const command of found.commands) context.print(command);
  }
  const { gc } = await import('./gc.ts');
  return await gc(context, flags, { recovered, commands, removed });
}
