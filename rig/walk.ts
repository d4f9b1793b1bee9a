import { loadConfig } from '../src/config/load.ts';
import { foreground } from '../src/exec/foreground.ts';
import { isAlive, startTimeOf } from '../src/exec/processes.ts';
import { runner } from '../src/exec/runner.ts';
import { readHost } from '../src/facts/read.ts';
import { fill, fillInput, shellLine } from '../src/model/command.ts';
import { groupOf } from '../src/model/names.ts';
import type { Plan } from '../src/model/plan.ts';
import { type Command, madeBy } from '../src/model/step.ts';
import { planFor, plannedResources } from '../src/plan.ts';
import { apply } from '../src/run/apply.ts';
import { readSettled, worldPid } from '../src/snapshot/index.ts';
import type { Snapshot } from '../src/snapshot/snapshot.ts';
import { teardown } from '../src/teardown.ts';
import { until } from './until.ts';

/** A command that has run, and the settled state of every namespace after it. */
export interface Moved {
  readonly step: string;
  readonly line: string;
  readonly command: Command;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Milliseconds that reading took. */
  readonly ms: number;
}

/** A walk through a plan and back, in this sandbox host. */
export interface Walk {
  readonly plan: Plan;
  readonly first: Snapshot;
  readonly there: readonly Moved[];
  readonly back: readonly Moved[];
}

/** Runs a config's plan command by command through `apply`, then its way back, and reads the state after each command. */
export async function walk(file: string, fast: boolean): Promise<Walk> {
  const { config } = loadConfig(file);
  const held = { runs: [], reserved: {}, shared: {} };
  const facts = { ...(await readHost(runner, config, null)), ...held };
  const plan = planFor(config, facts, fast);
  const containers = new Map<string, number>();
  const pids = new Map<string, number>();
  const where = { containers, world: worldPid() };
  const launcher = foreground(runner, {
    attached: '',
    terminal: false,
    logPath: () => '/dev/null',
    holdNetworks: false,
  });
  const first = await readSettled(runner, where);
  let last = first;
  const see = async (step: string, line: string, command: Command): Promise<Moved> => {
    const began = performance.now();
    const after = await readSettled(runner, where, madeBy(command));
    const moved = { step, line, command, before: last, after, ms: performance.now() - began };
    last = after;
    return moved;
  };
  const there: Moved[] = [];
  const done = new Map<number, number>();
  const hands = {
    runner,
    launcher,
    oneByOne: true,
    note: (note: { readonly note: string; readonly container?: string; readonly pid?: number }) => {
      if (note.note !== 'child' || note.container === undefined || note.pid === undefined) return;
      containers.set(note.container, note.pid);
      pids.set(note.container, note.pid);
    },
  };
  const events = apply(plan, hands as never, new AbortController().signal);
  for await (const event of events) {
    if (event.event === 'failed') throw new Error(`${event.failure.line}: ${event.failure.said}`);
    if (event.event !== 'ran') continue;
    const at = done.get(event.step) ?? 0;
    done.set(event.step, at + 1);
    const step = plan.steps[event.step];
    const command = step?.commands[at];
    if (step === undefined || command === undefined) throw new Error(`no command ${at}`);
    there.push(await see(`${step.id} ${step.of}`, event.line, command));
  }
  const back: Moved[] = [];
  const steps = teardown(plannedResources(plan), {
    run: plan.name,
    group: groupOf(plan.name),
    order: 'exact',
  });
  for (const step of steps) {
    for (const command of step.commands) {
      const argv = fill(command.argv, pids);
      const starts = new Map([...pids].map(([name, pid]) => [name, startTimeOf(pid)]));
      await runner.run(argv, {
        ...(command.input === undefined ? {} : { input: fillInput(command.input, pids) }),
      });
      if (argv[0] === 'kill') {
        await until(() => [...pids].every(([name, pid]) => !isAlive(pid, starts.get(name))));
      }
      back.push(await see(`${step.id} ${step.of}`, shellLine(argv), command));
    }
  }
  return { plan, first, there, back };
}
