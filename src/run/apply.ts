import type { Launcher, Started } from '../exec/launcher.ts';
import { startTimeOf } from '../exec/processes.ts';
import type { Outcome, Runner } from '../exec/runner.ts';
import { sideBySide } from '../exec/side-by-side.ts';
import { culprit } from '../model/batch.ts';
import { type Argv, fill, fillInput, shellLine } from '../model/command.ts';
import { messageOf } from '../model/errors.ts';
import type { Event, Failure } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import type { Command, Step } from '../model/step.ts';
import { removableOf } from '../resources/removable-of.ts';
import type { Note } from '../state/record.ts';
import { lanesAtOnce, phases } from './lanes.ts';

/** What `apply` works with. `apply` itself knows no terminal, file or renderer. */
export interface Hands {
  readonly runner: Runner;
  readonly launcher: Launcher;
  /** Descriptor of the global lock. A command that outlives ctr keeps the lock until the command ends. */
  readonly hold?: number | undefined;
  readonly note: (note: Note) => void;
  /** Run one command after the other. */
  readonly oneByOne: boolean;
  /** The containers' first processes that earlier steps started; gets those of these steps. */
  readonly pids?: Map<string, number>;
  /** Run the steps one after the other, so that what changed after a step is that step's doing. */
  readonly inOrder?: boolean;
}

export type Applied =
  | { readonly result: 'applied'; readonly begun: readonly Resource[] }
  | { readonly result: 'failed'; readonly begun: readonly Resource[]; readonly failure: Failure }
  | { readonly result: 'interrupted'; readonly begun: readonly Resource[] };

/** A command, and the step it belongs to. */
interface Task {
  readonly command: Command;
  readonly index: number;
  readonly step: Step;
}

type Stop = Pick<Exclude<Applied, { result: 'applied' }>, 'result'> & {
  readonly failure?: Failure;
};

/** Error messages of a tool whose target existed before the command: ctr must not remove that target. */
const alreadyThere = /File exists|Address already assigned/;

/** State shared by all lanes of one `apply`. */
interface Walk {
  readonly hands: Hands;
  readonly signal: AbortSignal;
  readonly pids: Map<string, number>;
  readonly begun: Resource[];
  /** Why `apply` stops. The first reason wins. */
  stop: Stop | undefined;
}

/** @param failed the failed command: the task's own, or one of its batch. */
function failureOf(task: Task, failed: Command, line: string, outcome: Outcome): Failure {
  return {
    step: task.index,
    id: task.step.id,
    of: failed.where?.container ?? task.step.of,
    title: task.step.title,
    line,
    exitCode: outcome.exitCode,
    signal: outcome.signal,
    timedOut: outcome.timedOut,
    missing: outcome.missing,
    said: outcome.stderr.trim(),
  };
}

async function perform(
  command: Command,
  { hands, pids, signal }: Walk,
): Promise<{ outcome: Outcome; started?: Started }> {
  const argv = fill(command.argv, pids);
  if (command.starts !== undefined) {
    const starting = hands.launcher.start(command.starts, argv);
    hands.runner.spare?.();
    return await starting;
  }
  const outcome = await hands.runner.run(argv, {
    hold: hands.hold,
    ...(command.input === undefined ? {} : { input: fillInput(command.input, pids) }),
  });
  if (!outcome.ok || command.gates === undefined) return { outcome };
  // Node delivers a pending signal at the end of an event-loop turn. If one is pending, the gate stays shut.
  await new Promise(setImmediate);
  if (signal.aborted) return { outcome };
  try {
    for (const container of command.gates) {
      await hands.launcher.open(container, outcome.stdout);
    }
  } catch (error) {
    // The waiting child has died.
    return { outcome: { ...outcome, ok: false, stderr: messageOf(error) } };
  }
  return { outcome };
}

/** Resources that a failed command may have made. */
function begunBy(command: Command, outcome: Outcome): readonly Resource[] {
  if (!alreadyThere.test(outcome.stderr)) return removableOf(command);
  const failed = command.batch === undefined ? 0 : culprit(command, outcome);
  return (command.batch ?? [command]).flatMap((one, index) =>
    failed === undefined || index === failed ? [] : removableOf(one),
  );
}

/** Runs the steps of one lane until they are done or any lane has set `stop`. */
async function* walk(steps: readonly [number, Step][], state: Walk): AsyncGenerator<Event, void> {
  const { hands, pids, begun, signal } = state;
  const tasks = steps.flatMap(([index, step]) =>
    step.commands.map((command) => ({ command, index, step })),
  );
  let told = -1;
  function* announce(until: number): Generator<Event> {
    for (const [index, step] of steps) {
      if (index <= told || index > until) continue;
      told = index;
      begun.push(...(step.inherits ?? []));
      const { id, of, title, why } = step;
      const shared = step.commands.length === 0;
      yield { event: 'step', step: index, id, of, title, why, shared };
      if (shared) yield { event: 'stepped', step: index, id };
    }
  }
  const halted = () => {
    if (signal.aborted) state.stop ??= { result: 'interrupted' };
    return state.stop !== undefined;
  };
  for (const task of tasks) {
    const { command, index, step } = task;
    if (halted()) return;
    yield* announce(index);
    yield { event: 'command', step: index, line: lineOf(command.argv, pids) };
    if (halted()) return;
    const { outcome, started } = await perform(command, state);
    begun.push(...(outcome.ok ? removableOf(command) : begunBy(command, outcome)));
    if (started !== undefined && command.starts !== undefined) {
      pids.set(command.starts, started.pid);
      const start = startTimeOf(started.pid) ?? '';
      hands.note({ note: 'child', container: command.starts, pid: started.pid, start });
    }
    if (!outcome.ok) {
      const inner = command.batch?.[culprit(command, outcome) ?? -1] ?? command;
      const failure = failureOf(task, inner, lineOf(inner.argv, pids), outcome);
      state.stop ??= { result: signal.aborted ? 'interrupted' : 'failed', failure };
      yield { event: 'failed', failure };
      return;
    }
    const line = lineOf(command.argv, pids);
    yield { event: 'ran', step: index, line, ms: Math.round(outcome.durationMs) };
    if (command === step.commands.at(-1)) yield { event: 'stepped', step: index, id: step.id };
  }
  if (!halted()) yield* announce(Number.POSITIVE_INFINITY);
}

/** How many steps of each id a plan has. */
export function countsOf(plan: Plan): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { id } of plan.steps) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/**
 * Runs the plan and yields an event before each command, so the consumer sets the pace. Stops at the first failure or
 * when the signal is aborted. Undoes nothing: `walkBack` does that.
 */
export async function* apply(
  plan: Plan,
  hands: Hands,
  signal: AbortSignal,
): AsyncGenerator<Event, Applied> {
  const state: Walk = { hands, signal, pids: hands.pids ?? new Map(), begun: [], stop: undefined };
  const { begun } = state;
  yield { event: 'plan', name: plan.name, steps: plan.steps.length, counts: countsOf(plan) };
  for (const own of phases(plan.steps, hands.oneByOne || hands.inOrder === true)) {
    const lanes = [...own.values()].map((steps) => walk(steps, state));
    yield* sideBySide(lanes, lanesAtOnce);
    if (signal.aborted) state.stop ??= { result: 'interrupted' };
    if (state.stop !== undefined) return { ...state.stop, begun } as Applied;
  }
  return { result: 'applied', begun };
}

function lineOf(argv: Argv, pids: ReadonlyMap<string, number>): string {
  const known = argv.every((arg) => typeof arg === 'string' || pids.has(arg.pidOf));
  return shellLine(known ? fill(argv, pids) : argv);
}
