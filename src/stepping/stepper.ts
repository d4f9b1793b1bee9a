import type { Foreground } from '../exec/foreground.ts';
import { isAlive, startTimeOf } from '../exec/processes.ts';
import type { Outcome, Runner } from '../exec/runner.ts';
import { fill, fillInput, shellLine } from '../model/command.ts';
import { type Event, type Failure, follow, type Undone } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import { isKind, type Resource, sharedAs } from '../model/resource.ts';
import { type Command, madeBy, type Step } from '../model/step.ts';
import { apply } from '../run/apply.ts';
import type { Change, Diff } from '../snapshot/change.ts';
import { departures, explain, readSettled } from '../snapshot/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Note } from '../state/record.ts';
import { restoreCommands } from './restore.ts';
import { reverseOf } from './reverse.ts';

/** What a stepper works with. */
export interface StepperHands {
  readonly plan: Plan;
  readonly runner: Runner;
  readonly launcher: Foreground;
  readonly note: (note: Note) => void;
  /** Runs a move under the global lock. */
  readonly locked: <T>(move: (hold: number) => Promise<T>) => Promise<T>;
  /** Takes back everything that these resources say, whatever is still there. @returns what is left. */
  readonly undo: (begun: readonly Resource[], hold: number) => Promise<readonly Undone[]>;
  /** The run that still uses the shared resource with this name. */
  readonly stillUsedBy: (shared: string) => string | undefined;
  /** First process of the sandbox host's world, where there is one. */
  readonly world?: number;
  readonly see: (event: Event) => void;
}

/** A move that was made, and what it changed. */
export interface Moved {
  readonly direction: 'forward' | 'back';
  readonly index: number;
  readonly step: Step;
  /** The commands that ran, with their pids. */
  readonly lines: readonly string[];
  readonly ms: number;
  readonly diff: Diff;
  /** On the way back: what differs from the state that this position had before. Empty when nothing does. */
  readonly differs?: readonly Change[];
  /** On the way back: the step has no way back of its own, so the run was built anew up to here. */
  readonly rebuilt?: true;
}

export type Move = Moved | { readonly failure: Failure };

export interface Stepper {
  readonly plan: Plan;
  /** The number of steps that are done. */
  at(): number;
  /** The last settled state. */
  state(): Snapshot;
  pids(): ReadonlyMap<string, number>;
  forward(): Promise<Move>;
  back(): Promise<Move>;
  /** What of the last reading differs from the first visit of this position. */
  differs(): readonly Change[];
  /** Reads the state anew. @returns what changed since the last move or reading, by nobody's step. */
  look(): Promise<Diff>;
  /**
   * Brings the state back to what it was when this position was first reached.
   * @returns the commands that did it, and what still differs.
   */
  restore(): Promise<{ readonly lines: readonly string[]; readonly differs: readonly Change[] }>;
  /** Runs commands by hand, as a fault or its cure. @returns what they changed. */
  run(commands: readonly Command[]): Promise<{ readonly diff: Diff; readonly failed?: Outcome }>;
  /** Takes back everything, under the global lock that the caller holds. @returns what is left. */
  close(hold: number): Promise<readonly Undone[]>;
}

function resourcesOf(steps: readonly Step[]): readonly Resource[] {
  return steps.flatMap(({ commands, inherits = [] }) => [...inherits, ...commands.flatMap(madeBy)]);
}

/** Starts at position 0. The run's record is written already. */
export async function createStepper(hands: StepperHands): Promise<Stepper> {
  const { plan, runner, launcher, see } = hands;
  const { steps } = plan;
  const pids = new Map<string, number>();
  const starts = new Map<string, string>();
  const visited: Snapshot[] = [];
  let at = 0;

  const alive = () => new Map([...pids].filter(([name, pid]) => isAlive(pid, starts.get(name))));
  const read = async (makes: readonly Resource[] = []): Promise<Snapshot> => {
    const world = hands.world === undefined ? {} : { world: hands.world };
    return await readSettled(runner, { containers: alive(), ...world }, makes);
  };
  let now = await read();
  visited[0] = now;

  /** Runs one step of the plan; notes the processes that it starts. */
  async function perform(index: number, hold: number): Promise<Failure | readonly string[]> {
    const step = steps[index] as Step;
    const lines: string[] = [];
    const applied = await follow(
      apply(
        { ...plan, steps: [step] },
        { runner, launcher, hold, note: hands.note, oneByOne: true, pids },
        new AbortController().signal,
      ),
      (event) => {
        if (event.event === 'ran') lines.push(event.line);
        if ('step' in event) see({ ...event, step: index } as Event);
      },
    );
    for (const [name, pid] of pids) starts.set(name, startTimeOf(pid) ?? '');
    if (applied.result === 'failed') return { ...applied.failure, step: index };
    return lines;
  }

  async function runAll(commands: readonly Command[], hold: number): Promise<Outcome | undefined> {
    for (const { argv, input } of commands) {
      const outcome = await runner.run(fill(argv, pids), {
        hold,
        ...(input === undefined ? {} : { input: fillInput(input, pids) }),
      });
      if (!outcome.ok) return outcome;
    }
    return undefined;
  }

  const lineOf = ({ argv }: Command) => shellLine(fill(argv, pids));

  /** Takes everything back, and does the first steps again. */
  async function rebuild(position: number, hold: number): Promise<readonly string[]> {
    await hands.undo(resourcesOf(steps), hold);
    pids.clear();
    const lines: string[] = [];
    for (let index = 0; index < position; index += 1) {
      const done = await perform(index, hold);
      if ('said' in done) throw new Error(done.said);
      lines.push(...done);
    }
    return lines;
  }

  /** Ended processes are no longer there to be entered. */
  async function forgetEnded(step: Step): Promise<void> {
    for (const one of step.commands.flatMap(madeBy).filter(isKind('process'))) {
      await launcher.ended(one.container);
      pids.delete(one.container);
    }
  }

  const stepper: Stepper = {
    plan,
    at: () => at,
    state: () => now,
    differs: () => departures(visited[at] as Snapshot, now),
    pids: () => alive(),
    forward: () =>
      hands.locked(async (hold): Promise<Move> => {
        const step = steps[at] as Step;
        const before = now;
        const began = performance.now();
        const done = await perform(at, hold);
        const ms = performance.now() - began;
        const makes = step.commands.flatMap(madeBy);
        now = await read('said' in done ? [] : makes);
        if ('said' in done) return { failure: done };
        const index = at;
        at += 1;
        visited[at] ??= now;
        const diff = explain(before, now, { makes });
        return { direction: 'forward', index, step, lines: done, ms, diff };
      }),
    back: () =>
      hands.locked(async (hold): Promise<Move> => {
        const index = at - 1;
        const step = steps[index] as Step;
        const before = now;
        const was = visited[index] as Snapshot;
        const commands = reverseOf(step, {
          snapshot: was,
          hostNetwork: `/proc/${process.pid}/ns/net`,
        })?.filter(({ removes = [] }) =>
          removes.every((one) => {
            const shared = sharedAs(one);
            return shared === undefined || hands.stillUsedBy(shared) === undefined;
          }),
        );
        const began = performance.now();
        let lines = commands?.map(lineOf) ?? [];
        let rebuilt = commands === undefined || (await runAll(commands, hold)) !== undefined;
        if (!rebuilt) {
          await forgetEnded(step);
          now = await read();
          // What the kernel does not put back by itself needs another way.
          rebuilt = departures(was, now).length > 0;
        }
        if (rebuilt) {
          lines = [...lines, ...(await rebuild(index, hold))];
          now = await read();
        }
        at = index;
        const ms = performance.now() - began;
        const diff = explain(before, now, { removes: step.commands.flatMap(madeBy) });
        const differs = departures(was, now);
        const moved = { direction: 'back', index, step, lines, ms, diff, differs } as const;
        return rebuilt ? { ...moved, rebuilt } : moved;
      }),
    look: async () => {
      const before = now;
      now = await read();
      return explain(before, now);
    },
    restore: () =>
      hands.locked(async (hold) => {
        const was = visited[at] as Snapshot;
        now = await read();
        const commands = restoreCommands(was, now);
        const lines = commands?.map(lineOf) ?? [];
        if (commands !== undefined) {
          await runAll(commands, hold);
          now = await read();
        }
        if (commands === undefined || departures(was, now).length > 0) {
          lines.push(...(await rebuild(at, hold)));
          now = await read();
        }
        return { lines, differs: departures(was, now) };
      }),
    run: (commands) =>
      hands.locked(async (hold) => {
        const before = now;
        const failed = await runAll(commands, hold);
        now = await read();
        const diff = explain(before, now);
        return failed === undefined ? { diff } : { diff, failed };
      }),
    close: async (hold) => {
      const left = await hands.undo(resourcesOf(steps.slice(0, at + 1)), hold);
      at = 0;
      return left;
    },
  };
  return stepper;
}

/** The step that the learner looks at: the next one, or the last. */
export function atHand({ plan, at }: Stepper): Step | undefined {
  return plan.steps[at()] ?? plan.steps.at(-1);
}
