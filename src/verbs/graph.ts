import { extname } from 'node:path';
import { isAlive, waitUntilGone } from '../exec/processes.ts';
import { requireStart } from '../exec/working-directory.ts';
import { type GraphFormat, graphFormats, isGraphFormat } from '../graph/formats.ts';
import type { Topology } from '../graph/topology.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { makePlan } from '../plan.ts';
import { refuseJson } from '../render/result.ts';
import { settle } from '../resolve/lab.ts';
import type { Context, Voice } from '../run/context.ts';
import { readSource } from '../run/saved-plan.ts';
import { pidsOf, type SandboxHost, sandboxHosts } from '../sandbox/find.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { ask, SandboxEnded, visit } from '../sandbox/visit.ts';
import { stateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { findRun } from '../state/find-container.ts';
import { allRuns, childrenOf } from '../state/runs.ts';
import type { StrangerWay } from '../xray/way.ts';
import { factsFor, writeOut } from './plan.ts';
import { tellWarnings } from './voice.ts';

export interface GraphFlags {
  readonly format?: string;
  readonly out?: string;
  readonly facts?: string;
  /** Draw a config as it will be in a sandbox host. */
  readonly sandbox: boolean;
  /** A container that ctr did not make, to draw instead of a run. */
  readonly stranger?: readonly [StrangerWay, string] | undefined;
}

/** Loads the pictures, which no other verb needs. */
async function pictures() {
  return await import('../graph/index.ts');
}

/** What a run is called has neither a slash nor a dot. */
function isFile(target: string): boolean {
  return /[/.]/.test(target);
}

const formatByExtension: Readonly<Record<string, GraphFormat>> = {
  '.svg': 'svg',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.dot': 'dot',
  '.gv': 'dot',
  '.json': 'json',
};

/** @throws CtrError for a format that does not exist, and for another one than JSON under --json. */
function formatOf(voice: Voice, { format, out }: GraphFlags): GraphFormat {
  if (format === undefined) {
    if (voice.json) return 'json';
    return formatByExtension[extname(out ?? '').toLowerCase()] ?? 'text';
  }
  if (!isGraphFormat(format)) {
    throw new CtrError(
      'no-such-format',
      exitCodes.usage,
      { en: `there is no format ${format}`, zh: `没有格式 ${format}` },
      { try: [`--format ${graphFormats.join('|')}`] },
    );
  }
  if (format !== 'json') refuseJson(voice, { en: `--format ${format}`, zh: `--format ${format} ` });
  return format;
}

async function planned(context: Context, file: string, flags: GraphFlags): Promise<Topology> {
  const { config, warnings } = readSource(file, {});
  const facts = await factsFor(context, async () => context, config, flags);
  const { problems } = settle(config, facts);
  if (problems.length > 0) {
    throw new CtrError(
      'host-not-ready',
      exitCodes.notReady,
      { en: `there is no plan for ${file}`, zh: `${file} 没有可行的计划` },
      { problems },
    );
  }
  tellWarnings(context, warnings);
  const { topologyOfPlan } = await pictures();
  return topologyOfPlan(makePlan(config, facts), facts);
}

/** What the kernel of this host has of a run. */
async function running(context: Context, name: string): Promise<Topology> {
  const directory = stateDirectory(context.stateDir);
  const state = findRun(directory, name, exitCodes.usage);
  refuseElsewhere(state, 'graph');
  const { lab } = settle(state.config, state.facts);
  const children = [...childrenOf(directory, name)].filter(([, { pid, start }]) =>
    isAlive(pid, start),
  );
  const { readSnapshot } = await import('../snapshot/read.ts');
  const containers = new Map(children.map(([container, { pid }]) => [container, pid]));
  const snapshot = await readSnapshot(context.runner, { containers });
  const { marksOf, topologyOfSnapshot } = await pictures();
  const at = new Date().toISOString();
  return topologyOfSnapshot(snapshot, marksOf(lab), { from: 'kernel', at });
}

/** Milliseconds for a sandbox host to end after its run. */
const endMs = 2000;

/**
 * What the kernel has of a run in a sandbox host, with this machine's pids.
 * @returns the exit code of the verb inside if it could not tell.
 */
async function runningInside(
  context: Context,
  host: SandboxHost,
  name: string,
): Promise<Topology | number> {
  const { ok, stdout } = await ask(context, host, ['--json', 'graph', name]);
  // Repeats the verb with this terminal, so that its error message looks as it would for a run on this host.
  if (!ok) return await visit(context, host, [...globalWords(context), 'graph', name]);
  const topology = JSON.parse(stdout) as Topology;
  const pids = pidsOf(host);
  return {
    ...topology,
    places: topology.places.map((one) =>
      one.pid === undefined ? one : { ...one, pid: pids.get(one.pid) },
    ),
  };
}

async function runningAnywhere(context: Context, name: string): Promise<Topology | number> {
  const host = sandboxHosts(context).find((one) => one.name === name);
  if (host !== undefined) {
    try {
      return await runningInside(context, host, name);
    } catch (error) {
      if (!(error instanceof SandboxEnded)) throw error;
      await waitUntilGone(host.pid, host.start, endMs);
    }
  }
  return await running(context, name);
}

/** The only run that is up. @throws CtrError when there is none, or more than one. */
async function onlyRun(context: Context): Promise<string> {
  const here = await allRuns(context.runner, stateDirectory(context.stateDir));
  const names = [
    ...new Set([
      ...here.filter(({ alive, state }) => alive && state !== undefined).map(({ name }) => name),
      ...sandboxHosts(context).map(({ name }) => name),
    ]),
  ];
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only;
  throw new CtrError(
    'graph-what',
    exitCodes.usage,
    only === undefined
      ? {
          en: 'no run is up: give a config to draw what it would make',
          zh: '没有正在运行的实例：写一个配置文件，画出它将建立的网络',
        }
      : {
          en: `several runs are up: ${names.join(', ')}`,
          zh: `有多个运行实例：${names.join('、')}`,
        },
    { try: only === undefined ? ['ctr graph CONFIG'] : names.map((name) => `ctr graph ${name}`) },
  );
}

/** A file of `ctr up --record`, with the number of a step: FILE@3. */
function recordingIn(
  target: string,
): { readonly file: string; readonly step?: number } | undefined {
  const [, file, step] = /^(.+)@(\d{1,6})$/.exec(target) ?? [];
  if (file !== undefined) return { file, step: Number(step) };
  return target.endsWith('.ndjson') ? { file: target } : undefined;
}

/**
 * Draws a topology, and prints or saves the picture.
 * @param among the topologies that are drawn beside it.
 */
async function show(
  voice: Voice,
  topology: Topology,
  format: GraphFormat,
  out: string | undefined,
  among: readonly Topology[] = [],
): Promise<void> {
  const { graphRenderers } = await pictures();
  const { language } = voice;
  const terminal = process.stdout.isTTY === true ? process.stdout.columns : 80;
  const text = graphRenderers[format](topology, {
    language,
    width: terminal,
    color: out === undefined && voice.color,
    among,
  });
  if (out === undefined) voice.print(text.trimEnd());
  else writeOut(out, text);
}

/**
 * `ctr graph`: draws what a config will make, what the kernel has of a run, or what it had at a step of a recording.
 * @param target a config, the name of a run, or a recording as FILE@STEP; without one, the run that is up.
 */
export async function graph(
  context: Context,
  target: string | undefined,
  flags: GraphFlags,
): Promise<number> {
  const format = formatOf(context, flags);
  for (const path of [flags.facts, flags.out]) requireStart(path ?? '/');
  if (flags.stranger !== undefined) {
    const { strangerTopology } = await import('./traced.ts');
    await show(context, await strangerTopology(context, flags.stranger), format, flags.out);
    return exitCodes.done;
  }
  const recorded = target === undefined ? undefined : recordingIn(target);
  if (recorded !== undefined) {
    const { recordedPicture } = await import('./graph-recorded.ts');
    const { topology, among } = recordedPicture(recorded.file, recorded.step);
    await show(context, topology, format, flags.out, among);
    return exitCodes.done;
  }
  const drawn =
    target !== undefined && isFile(target)
      ? await planned(context, target, flags)
      : await runningAnywhere(context, target ?? (await onlyRun(context)));
  if (typeof drawn === 'number') return drawn;
  await show(context, drawn, format, flags.out);
  return exitCodes.done;
}
