import { shellLine } from '../command.ts';
import { type Context, say } from '../context.ts';
import { forgetEnd } from '../engine/ended.ts';
import type { View } from '../engine/events.ts';
import { withGlobalLock } from '../engine/global-lock.ts';
import { type Marks, markedStarts, readMarks } from '../engine/marks.ts';
import { recoverHeld } from '../engine/recover.ts';
import { allRuns, type Run } from '../engine/runs.ts';
import { type StateDirectory, stateDirectory } from '../engine/state.ts';
import { orphans, orphansInUse, sweep, unread } from '../engine/sweep.ts';
import { exitCodes } from '../errors.ts';
import { visibleJson } from '../render/visible.ts';
import { leftBehind, tellDamaged, tellWhatStays, undoing } from './down.ts';

export interface GcFlags {
  readonly dryRun?: boolean;
}

/** Containers that run here and that no record names: they are nobody's leftovers. */
function unrecorded(runs: readonly Run[]): readonly string[] {
  const starts = markedStarts().filter(({ run }) => !runs.some(({ name }) => name === run));
  return [...new Set(starts.map(({ run }) => run))];
}

function tellUnrecorded(context: Context, runs: readonly Run[]): void {
  for (const name of unrecorded(runs)) {
    context.tell(
      say(context, {
        en: `${name} is up without a record here, so what it may need was left alone: ctr down ${name}`,
        zh: `${name} 在运行，但这里没有它的记录，因此没有动它可能需要的东西：ctr down ${name}`,
      }),
    );
  }
}

async function dryRun(context: Context, directory: StateDirectory): Promise<number> {
  const { runner } = context;
  const runs = await allRuns(runner, directory);
  const dead = runs.filter((run) => !run.alive && run.damage !== 'newer').map((run) => run.name);
  const marks = await readMarks(runner);
  const found = marks === undefined ? [] : orphans(marks, runs, markedStarts());
  if (context.json) context.print(visibleJson({ dead, orphans: found }, 2));
  else {
    for (const name of dead) context.print(`ctr down ${name}`);
    for (const orphan of found) context.print(shellLine(orphan.argv));
  }
  return exitCodes.done;
}

/** `ctr gc`: takes back what runs that are dead have left, found by their state or by our marks. */
export async function gc(context: Context, flags: GcFlags): Promise<number> {
  const { runner } = context;
  const directory = stateDirectory(context.stateDir);
  if (flags.dryRun === true) return await dryRun(context, directory);
  const global = await withGlobalLock(runner, directory);
  const { view } = undoing(context);
  let removed = 0;
  const counting: View = (event) => {
    if (event.event === 'undo' && event.result === 'done') removed += 1;
    view(event);
  };
  try {
    const hold = global.descriptor;
    const { recovered, damaged, left } = await recoverHeld(runner, directory, hold, view);
    forgetEnd(directory.path);
    const runs = await allRuns(runner, directory);
    const find = (marks: Marks) => orphans(marks, runs, markedStarts());
    const stuck = (await sweep(runner, find, counting, hold)) ?? [unread];
    tellDamaged(context, damaged);
    const marks = await readMarks(runner);
    const used = marks === undefined ? [] : orphansInUse(marks, runs, markedStarts());
    tellWhatStays(context, used);
    if (left.length + stuck.length > 0) throw leftBehind([...left, ...stuck], 'ctr gc');
    if (context.json) context.print(visibleJson({ recovered, removed }, 2));
    else if (!context.quiet) {
      tellUnrecorded(context, runs);
      const count = recovered.length + removed;
      context.tell(
        say(
          context,
          count === 0
            ? { en: 'nothing was left over', zh: '没有残留' }
            : { en: `${count} leftovers removed`, zh: `清除了 ${count} 处残留` },
        ),
      );
    }
    return exitCodes.done;
  } finally {
    await global.release();
  }
}
