import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import type { Config } from '../config/schema.ts';
import { type Foreground, foreground } from '../exec/foreground.ts';
import { lineReader } from '../exec/launcher.ts';
import { sleep } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import type { Facts } from '../facts/index.ts';
import { fill, fillInput, variable } from '../model/command.ts';
import { messageOf } from '../model/errors.ts';
import { type Event, follow } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import type { Command } from '../model/step.ts';
import { plannedResources } from '../plan.ts';
import { type Applied, apply } from '../run/apply.ts';
import { recordRun } from '../run/bring-up.ts';
import { undoResources } from '../run/undo-run.ts';
import { departures, readSettled, worldPid } from '../snapshot/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { StateDirectory } from '../state/directory.ts';
import { markedStarts } from '../state/marked-processes.ts';
import { allForgotten } from './connections.ts';
import { containerFile, greeting, type Probe } from './promises.ts';
import type { Row } from './rows.ts';
import { planWithout } from './rows.ts';

/** What experiments need; one sandbox host runs many. */
export interface Bench {
  readonly runner: Runner;
  readonly directory: StateDirectory;
  /** Descriptor of the global lock. */
  readonly hold: number;
  readonly config: Config;
  readonly facts: Facts;
  readonly plan: Plan;
  readonly probes: readonly Probe[];
  /** The host before the first experiment. */
  readonly base: Snapshot;
}

/** Where a run stops that does not come up. */
export interface Stop {
  /** Indices of the plan's step and of the command in it. */
  readonly step: number;
  readonly command: number;
  /** What the tool said, pids as shell variables. */
  readonly said: string;
}

/** What an experiment showed. */
export interface Outcome {
  /** Indices of the probes that succeeded. */
  readonly held: readonly number[];
  readonly stop?: Stop;
  /** What the way back left: changes of the host, containers, files. Then the host is no longer as it was. */
  readonly left: readonly string[];
}

/** Milliseconds for all probes of a run; two pings that nobody answers take 2 s. */
const probeMs = 2500;
/** Milliseconds between two attempts to connect: the server inside may not listen yet. */
const againMs = 30;

export async function readHostState(runner: Runner): Promise<Snapshot> {
  const world = worldPid();
  return await readSettled(runner, {
    containers: new Map(),
    ...(world === undefined ? {} : { world }),
  });
}

/** Connects to a server in a container, and waits for its greeting. */
function hears(address: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (heard: boolean) => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', (data) => end(data.toString().startsWith(greeting)));
  });
}

async function reaches({ address, port }: NonNullable<Probe['connect']>, end: number) {
  for (;;) {
    const rest = end - performance.now();
    if (rest <= 0) return false;
    if (await hears(address, port, rest)) return true;
    await sleep(againMs);
  }
}

/** Has a container's shell run its probes side by side. @returns the indices of those that succeeded. */
async function askInside(
  talk: NonNullable<ReturnType<Foreground['talk']>>,
  asked: readonly (readonly [number, Probe])[],
  end: number,
): Promise<readonly number[]> {
  const lines = asked.map(
    ([index, { line }]) =>
      `{ ( ${line} ) </dev/null >/dev/null 2>&1; echo "probe ${index} $?"; } &\n`,
  );
  talk.input.on('error', () => undefined);
  talk.input.write(lines.join(''));
  const next = lineReader(talk.output);
  const due = new Set(
    asked.flatMap(([index, { connect: to }]) => (to === undefined ? [index] : [])),
  );
  const held: number[] = [];
  while (due.size > 0) {
    const line = await next(Math.max(0, end - performance.now()));
    if (line === undefined) break;
    const [, index, code] = /^probe (\d+) (\d+)$/.exec(line) ?? [];
    if (!due.delete(Number(index))) continue;
    if (code === '0') held.push(Number(index));
  }
  return held;
}

/** Files that a container wrote and that are found outside: on the host, or in its root file system. */
function strayFiles({ lab }: Plan): readonly string[] {
  const places = ['', ...lab.containers.map(({ rootfs }) => rootfs)];
  return places.map((place) => `${place}${containerFile}`).filter((path) => existsSync(path));
}

/** Tests every promise of a run that is up. */
async function ask({ probes, plan }: Bench, launcher: Foreground): Promise<readonly number[]> {
  const end = performance.now() + probeMs;
  const numbered = probes.map((probe, index) => [index, probe] as const);
  const containers = [...new Set(probes.map(({ container }) => container))];
  const inside = containers.map(async (container) => {
    const talk = launcher.talk(container);
    if (talk === undefined) return [];
    const own = numbered.filter(([, probe]) => probe.container === container);
    return await askInside(talk, own, end);
  });
  const outside = numbered.map(async ([index, { connect: to }]) =>
    to !== undefined && (await reaches(to, end)) ? [index] : [],
  );
  const held = (await Promise.all([...inside, ...outside])).flat();
  // What was written inside must not be found outside.
  const written = strayFiles(plan).length > 0;
  return held.filter((index) => !(written && probes[index]?.promise === 'files'));
}

async function runAll(
  commands: readonly Command[],
  { runner, hold }: Bench,
  pids: ReadonlyMap<string, number>,
): Promise<void> {
  for (const { argv, input } of commands) {
    const outcome = await runner.run(fill(argv, pids), {
      hold,
      ...(input === undefined ? {} : { input: fillInput(input, pids) }),
    });
    if (!outcome.ok) throw new Error(`${outcome.argv.join(' ')}: ${outcome.stderr}`);
  }
}

/** A text with the pids of containers as shell variables: they are others each time. */
function withoutPids(text: string, pids: ReadonlyMap<string, number>): string {
  return [...pids].reduce(
    (result, [name, pid]) =>
      result.replaceAll(new RegExp(`\\b${pid}\\b`, 'g'), () => `$${variable(name)}`),
    text,
  );
}

/** Where the commands of a run are: each that begins is counted. */
function counter(plan: Plan, row: Row | undefined) {
  const begun = new Map<number, number>();
  let at = { step: 0, command: 0 };
  return {
    at: () => at,
    see(event: Event): void {
      if (event.event !== 'command') return;
      const { step } = event;
      const done = begun.get(step) ?? 0;
      begun.set(step, done + 1);
      const skipped = row?.act === 'leave-out' && row.step === step && done >= row.command ? 1 : 0;
      at = {
        step,
        command: Math.min(done + skipped, (plan.steps[step]?.commands.length ?? 1) - 1),
      };
    },
  };
}

/** Brings a run up as the row says, tests its promises, and takes it back. Without a row: the whole plan. */
export async function trial(bench: Bench, row?: Row): Promise<Outcome> {
  const { runner, directory, hold, config, facts, base } = bench;
  const plan = row === undefined ? bench.plan : planWithout(bench.plan, row);
  const { name } = plan;
  await allForgotten();
  directory.open(name);
  const state = recordRun(directory, config, { plan, facts }, { oneByOne: false, detached: false });
  const launcher = foreground(runner, {
    attached: '',
    terminal: false,
    piped: true,
    logPath: (container) => directory.logPath(name, container),
    holdNetworks: false,
  });
  const pids = new Map<string, number>();
  const count = counter(bench.plan, row);
  let said = '';
  let applied: Applied;
  try {
    applied = await follow(
      apply(
        plan,
        {
          ...{ runner, launcher, hold, pids, oneByOne: false, inOrder: true },
          note: (note) => directory.append(name, note),
        },
        new AbortController().signal,
      ),
      count.see,
    );
    if (applied.result === 'failed') said = applied.failure.said;
  } catch (error) {
    // A command that needs the pid of a container that was never started.
    said = messageOf(error);
    applied = { result: 'interrupted', begun: state.resources };
  }
  const isUp = applied.result === 'applied';
  let held: readonly number[] = [];
  if (isUp) {
    await runAll(row?.removal ?? [], bench, pids);
    held = await ask(bench, launcher);
  }
  const resources = isUp ? plannedResources(plan) : applied.begun;
  const undone = await undoResources(
    runner,
    directory,
    { ...state, resources },
    [],
    hold,
    () => undefined,
    launcher,
  );
  directory.remove(name);
  const after = await readHostState(runner);
  const left = [
    ...undone.map(({ line }) => line),
    ...departures(base, after).map(
      ({ place, object, of, op }) => `${place}: ${object} ${of} ${op}`,
    ),
    ...strayFiles(plan),
    ...markedStarts().map(({ container }) => `process of ${container}`),
  ];
  return {
    held,
    left,
    ...(isUp ? {} : { stop: { ...count.at(), said: withoutPids(said.trim(), pids) } }),
  };
}
