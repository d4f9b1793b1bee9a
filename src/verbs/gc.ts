import { dropOldLogs } from '../cni/log.ts';
import { readMissingCapabilities } from '../facts/privilege.ts';
import type { Results } from '../json/results.ts';
import { shellLine } from '../model/command.ts';
import { exitCodes } from '../model/errors.ts';
import type { View } from '../model/events.ts';
import { printResult } from '../render/result.ts';
import type { Process } from '../resources/kind.ts';
import { type Context, say } from '../run/context.ts';
import { awaitSupervisors } from '../run/end-run.ts';
import { type Marks, readMarks } from '../run/marks.ts';
import { recover, recoverHeld } from '../run/recover.ts';
import { orphans, orphansInUse, sweep, unread } from '../run/sweep.ts';
import { type StateDirectory, stateDirectory } from '../state/directory.ts';
import { endingSupervisors, forgetEnd } from '../state/ended.ts';
import { removeUnusedDirectory, withGlobalLock } from '../state/global-lock.ts';
import { markedStarts } from '../state/marked-processes.ts';
import { allRuns, type Run } from '../state/runs.ts';
import { leftBehind, tellRecovered, tellWhatStays, undoing } from './down.ts';

export interface GcFlags {
  readonly dryRun?: boolean;
}

/** Names of running containers without a record: gc must not remove what they use. */
function unrecorded(runs: readonly Run[]): readonly string[] {
  const starts = markedStarts().filter(({ run }) => !runs.some(({ name }) => name === run));
  return [...new Set(starts.map(({ run }) => run))];
}

function tellUnrecorded(context: Context, runs: readonly Run[]): void {
  for (const name of unrecorded(runs)) {
    context.tell(
      say(context, {
        en: `${name} is running but has no record here, so ctr did not touch what it may need; to end it: ctr down ${name}`,
        zh: `${name} 正在运行，但这里没有它的记录，因此 ctr 没有动它可能需要的东西；结束它：ctr down ${name}`,
      }),
    );
  }
}

/** What was cleaned up, on this host or in sandbox hosts. */
export type Collected = Pick<Results['gc'], 'recovered' | 'removed' | 'commands'>;

const nothing: Collected = { recovered: [], removed: 0, commands: [] };

function tellCollected(context: Context, { recovered, removed }: Collected): void {
  if (context.json) {
    printResult(context, 'gc', { dry_run: false, recovered, removed, commands: [] });
  } else if (!context.quiet) {
    const count = recovered.length + removed;
    context.tell(
      say(
        context,
        count === 0
          ? { en: 'nothing was left over', zh: '没有残留' }
          : count === 1
            ? { en: '1 leftover removed', zh: '清除了 1 处残留' }
            : { en: `${count} leftovers removed`, zh: `清除了 ${count} 处残留` },
      ),
    );
  }
}

async function dryRun(
  context: Context,
  directory: StateDirectory,
  inside: Collected,
): Promise<number> {
  const { runner } = context;
  const runs = await allRuns(runner, directory);
  const dead = runs.filter((run) => !run.alive && run.damage !== 'newer').map((run) => run.name);
  // Without privileges, nothing of ctr's can be on this host.
  const marks = isPrivileged() ? await readMarks(runner) : undefined;
  const found = marks === undefined ? [] : orphans(marks, runs, markedStarts());
  const commands = found.map(({ argv }) => shellLine(argv));
  if (context.json) {
    const recovered = [...inside.recovered, ...dead];
    const all = [...inside.commands, ...commands];
    printResult(context, 'gc', { dry_run: true, recovered, removed: 0, commands: all });
  } else {
    for (const name of dead) context.print(`ctr down ${name}`);
    for (const command of commands) context.print(command);
    if (dead.length + commands.length === 0) tellCollected(context, inside);
  }
  return exitCodes.done;
}

function isPrivileged(): boolean {
  return !readMissingCapabilities().includes('CAP_NET_ADMIN');
}

/** gc without privileges. Nothing of ctr's can be on this host except folders of runs that were in sandbox hosts. */
async function gcFolders(
  context: Context,
  directory: StateDirectory,
  inside: Collected,
): Promise<number> {
  const found = await recover(context.runner, directory, () => undefined);
  forgetEnd(directory.path);
  await removeUnusedDirectory(context.runner, directory);
  tellRecovered(context, found);
  tellCollected(context, { ...inside, recovered: [...inside.recovered, ...found.recovered] });
  return exitCodes.done;
}

/**
 * `ctr gc`: cleans up after runs that died, by their records and by ctr's marks.
 * @param inside what was cleaned up in sandbox hosts.
 * @throws CtrError with exit code 6 when something is left.
 */
export async function gc(
  context: Context,
  flags: GcFlags,
  inside: Collected = nothing,
): Promise<number> {
  const { runner } = context;
  const directory = stateDirectory(context.stateDir);
  if (flags.dryRun === true) return await dryRun(context, directory, inside);
  if (!isPrivileged()) return await gcFolders(context, directory, inside);
  const global = await withGlobalLock(runner, directory);
  const { view } = undoing(context);
  let supervisors: readonly Process[] = [];
  let removed = 0;
  const counting: View = (event) => {
    if (event.event === 'undo' && event.result === 'done') removed += 1;
    view(event);
  };
  try {
    const hold = global.descriptor;
    const { undone, recovered, damaged, left } = await recoverHeld(runner, directory, hold, view);
    supervisors = endingSupervisors(directory.path);
    forgetEnd(directory.path);
    const runs = await allRuns(runner, directory);
    dropOldLogs(
      directory.path,
      runs.map(({ name }) => name),
    );
    const find = (marks: Marks) => orphans(marks, runs, markedStarts());
    const stuck = (await sweep(runner, find, counting, hold)) ?? [unread];
    tellRecovered(context, { undone, damaged });
    const marks = await readMarks(runner);
    const used = marks === undefined ? [] : orphansInUse(marks, runs, markedStarts());
    tellWhatStays(context, used);
    if (left.length + stuck.length > 0) throw leftBehind([...left, ...stuck], 'ctr gc');
    if (!context.json && !context.quiet) tellUnrecorded(context, runs);
    tellCollected(context, {
      ...nothing,
      recovered: [...inside.recovered, ...recovered],
      removed: inside.removed + removed,
    });
    return exitCodes.done;
  } finally {
    await global.release();
    await awaitSupervisors(supervisors);
  }
}
