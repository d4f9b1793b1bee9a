import { shellLine } from '../command.ts';
import { type Context, say } from '../context.ts';
import { forgetEnd } from '../engine/ended.ts';
import { allRuns } from '../engine/runs.ts';
import { stateDirectory } from '../engine/state.ts';
import { orphans } from '../engine/sweep.ts';
import { recoverHeld, sweep, withGlobalLock } from '../engine/take-down.ts';
import { exitCodes } from '../errors.ts';
import { visibleJson } from '../render/visible.ts';
import { leftBehind, undoView } from './down.ts';

export interface GcFlags {
  readonly dryRun?: boolean;
}

/** `ctr gc`: takes back what runs that are dead have left, found by their state or by our marks. */
export async function gc(context: Context, flags: GcFlags): Promise<number> {
  const { runner } = context;
  const directory = stateDirectory(context.stateDir);
  if (flags.dryRun === true) {
    const runs = await allRuns(runner, directory);
    const dead = runs.filter((run) => !run.alive).map((run) => run.name);
    const marked = await orphans(runner, runs);
    if (context.json) context.print(visibleJson({ dead, orphans: marked }, 2));
    else {
      for (const name of dead) context.print(`ctr down ${name}`);
      for (const orphan of marked) context.print(shellLine(orphan.argv));
    }
    return exitCodes.done;
  }
  const global = await withGlobalLock(runner, directory);
  try {
    const { recovered, left } = await recoverHeld(
      runner,
      directory,
      global.descriptor,
      undoView(context),
    );
    forgetEnd(directory.path);
    const runs = await allRuns(runner, directory);
    const marked = await orphans(runner, runs);
    const stuck = await sweep(runner, runs);
    if (left.length + stuck.length > 0) {
      throw leftBehind([
        ...left,
        ...stuck.map((one) => ({ line: shellLine(one.argv), result: 'failed' as const })),
      ]);
    }
    if (context.json) context.print(visibleJson({ recovered, orphans: marked }, 2));
    else if (!context.quiet) {
      const count = recovered.length + marked.length;
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
    global.release();
  }
}
