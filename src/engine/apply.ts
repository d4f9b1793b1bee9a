import { type Argv, fill, shellLine } from '../command.ts';
import type { Plan } from '../plan.ts';
import type { Command, Step } from '../step.ts';
import type { Undo } from '../undo.ts';
import type { Event, Failure } from './events.ts';
import type { Launcher, Started } from './launcher.ts';
import { startTimeOf } from './processes.ts';
import type { Outcome, Runner } from './runner.ts';
import type { Note } from './state.ts';

/** What `apply` works with; it knows of no terminal, no file and no renderer. */
export interface Hands {
  readonly runner: Runner;
  readonly launcher: Launcher;
  /** The lock's descriptor: a command that outlives ctr keeps it until it has ended. */
  readonly hold?: number | undefined;
  readonly note: (note: Note) => void;
}

export type Applied =
  | { readonly result: 'applied'; readonly begun: readonly Undo[] }
  | { readonly result: 'failed'; readonly begun: readonly Undo[]; readonly failure: Failure }
  | { readonly result: 'interrupted'; readonly begun: readonly Undo[] };

function failureOf(step: Step, index: number, line: string, outcome: Outcome): Failure {
  return {
    step: index,
    id: step.id,
    of: step.of,
    title: step.title,
    line,
    exitCode: outcome.exitCode,
    signal: outcome.signal,
    timedOut: outcome.timedOut,
    missing: outcome.missing,
    said: outcome.stderr.trim(),
  };
}

/** Words of a tool that say: this name was there before us. Then it is not ours to take back. */
const alreadyThere = /File exists|Address already assigned/;

async function perform(
  command: Command,
  pids: ReadonlyMap<string, number>,
  hands: Hands,
): Promise<{ outcome: Outcome; started?: Started }> {
  const argv = fill(command.argv, pids);
  if (command.starts !== undefined) {
    const { outcome, started } = await hands.launcher.start(command.starts, argv);
    return started === undefined ? { outcome } : { outcome, started };
  }
  const outcome = await hands.runner.run(argv, {
    hold: hands.hold,
    ...(command.input === undefined ? {} : { input: command.input }),
  });
  if (outcome.ok && command.gate !== undefined) {
    await hands.launcher.open(command.gate, outcome.stdout);
  }
  return { outcome };
}

/**
 * Walks the plan and yields before each command: whoever pulls sets the pace. It stops at the
 * first failure or when the signal is aborted, and takes nothing back: that is `undoAll`.
 */
export async function* apply(
  plan: Plan,
  hands: Hands,
  signal: AbortSignal,
): AsyncGenerator<Event, Applied> {
  const pids = new Map<string, number>();
  const begun: Undo[] = [];
  let number = 0;
  yield { event: 'plan', name: plan.name, steps: plan.steps.length };
  for (const [index, step] of plan.steps.entries()) {
    begun.push(...(step.inherits ?? []));
    yield {
      event: 'step',
      step: index,
      id: step.id,
      of: step.of,
      title: step.title,
      why: step.why,
      shared: step.commands.length === 0,
    };
    for (const command of step.commands) {
      const line = lineOf(command.argv, pids);
      yield { event: 'command', step: index, line };
      if (signal.aborted) return { result: 'interrupted', begun };
      hands.note({ note: 'begin', command: number });
      const { outcome, started } = await perform(command, pids, hands);
      if (command.undo !== undefined && !(!outcome.ok && alreadyThere.test(outcome.stderr))) {
        begun.push(command.undo);
      }
      if (started !== undefined && command.starts !== undefined) {
        pids.set(command.starts, started.pid);
        hands.note({
          note: 'child',
          container: command.starts,
          pid: started.pid,
          start: startTimeOf(started.pid) ?? '',
        });
      }
      if (!outcome.ok) {
        const failure = failureOf(step, index, line, outcome);
        yield { event: 'failed', failure };
        return { result: signal.aborted ? 'interrupted' : 'failed', begun, failure };
      }
      hands.note({ note: 'done', command: number });
      number += 1;
      yield { event: 'ran', step: index, line, ms: Math.round(outcome.durationMs) };
      if (signal.aborted) return { result: 'interrupted', begun };
    }
  }
  return { result: 'applied', begun };
}

function lineOf(argv: Argv, pids: ReadonlyMap<string, number>): string {
  const known = argv.every((arg) => typeof arg === 'string' || pids.has(arg.pidOf));
  return shellLine(known ? fill(argv, pids) : argv);
}
