import { sleep } from '../exec/processes.ts';
import type { Results } from '../json/results.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { stays as isLeft, type Undone, type View } from '../model/events.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { jsonLines, lines } from '../render/lines.ts';
import { printResult } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import { recordOf } from '../run/end-run.ts';
import { leftDetails } from '../run/failure.ts';
import { type Recovered, recover } from '../run/recover.ts';
import { tearDown } from '../run/tear-down.ts';
import { byMarksAlone, recoveredRun } from '../state/damage.ts';
import { type StateDirectory, stateDirectory } from '../state/directory.ts';
import { noSuchRun, othersRun } from '../state/find-container.ts';
import { removeUnusedDirectory } from '../state/global-lock.ts';
import { markedStarts } from '../state/marked-processes.ts';
import { isAttached, supervisorOf } from '../state/runs.ts';
import { tellWarnings } from './voice.ts';

export interface DownFlags {
  readonly all?: boolean;
}

export interface Undoing {
  readonly view: View;
  /** Undos that succeeded. */
  readonly undone: readonly Undone[];
  /** What stays because somebody else uses it. */
  readonly stays: readonly Undone[];
}

/** Shows undos and collects them. */
export function undoing(context: Context): Undoing {
  const { language, tell } = context;
  const undone: Undone[] = [];
  const stays: Undone[] = [];
  const show = context.quiet
    ? () => undefined
    : context.json
      ? jsonLines(tell)
      : lines({ language, verbose: true, tell });
  return {
    undone,
    stays,
    view(event) {
      if (event.event === 'undo' && event.result === 'done') undone.push(event);
      if (event.event === 'undo' && isLeft(event)) stays.push(event);
      show(event);
    },
  };
}

export function tellWhatStays(context: Context, stays: readonly Undone[]): void {
  if (context.json) return;
  for (const { line, reason } of stays) {
    const what = escapeControls(reason ?? '');
    context.tell(
      say(context, {
        en: `${what} is somebody else's, so ctr did not run: ${escapeControls(line)}`,
        zh: `${what} 不是 ctr 的，因此 ctr 没有运行：${escapeControls(line)}`,
      }),
    );
  }
}

export function tellDamaged(context: Context, names: readonly string[]): void {
  tellWarnings(context, names.map(byMarksAlone));
}

/** Reports dead runs that ctr undid, before the verb's own output. */
export function tellRecovered(
  context: Context,
  { undone, damaged }: Pick<Recovered, 'undone' | 'damaged'>,
): void {
  tellDamaged(context, damaged);
  tellWarnings(context, undone.map(recoveredRun));
}

export function leftBehind(left: readonly Undone[], remedy: string): CtrError {
  return new CtrError(
    'left-behind',
    exitCodes.left,
    { en: 'ctr could not undo everything', zh: '有些改动没能撤销' },
    { ...leftDetails(left, remedy), said: left.at(-1)?.reason ?? '' },
  );
}

/** Attempts of the supervisor, 10 ms apart: 10 s in all. */
const tries = 1000;

/**
 * Undoes a run that has ended by itself; does nothing while it is up. The supervisor of a detached run executes this.
 * The `ctr up` of a very short run, or a command that looks for dead runs, may still hold a lock, so it retries while
 * the run is recorded with its own pid as supervisor.
 */
export async function recoverOne(context: Context, name: string): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const { view } = undoing(context);
  const isMine = () => supervisorOf(directory, name)?.pid === process.pid;
  for (let tried = 1; ; tried += 1) {
    const { left, damaged } = await recover(context.runner, directory, view, name);
    tellDamaged(context, damaged);
    if (left.length > 0) throw leftBehind(left, `ctr down ${name}`);
    if (!isMine() || tried === tries) return exitCodes.done;
    await sleep(10);
  }
}

/** Every run with a record or with marked processes, without attachments: those are their engines'. */
function allNames(directory: StateDirectory): readonly string[] {
  const recorded = directory
    .names()
    .filter((name) => !isAttached(directory, recordOf(directory, name)));
  return [...new Set([...recorded, ...markedStarts().map(({ run }) => run)])];
}

/** @throws CtrError for an attachment that is whole: its engine counts on it. */
function refuseAttachment(directory: StateDirectory, name: string): void {
  const state = recordOf(directory, name);
  if (state?.attachment === undefined || !isAttached(directory, state)) return;
  const { containerId, network } = state.attachment;
  const container = escapeControls(containerId.slice(0, 12));
  throw new CtrError('engine-ends-it', exitCodes.notReady, {
    en: `${name} connects container ${container} of an engine to its network ${network}; its engine ends it when it removes the container`,
    zh: `${name} 是引擎的容器 ${container} 在网络 ${network} 上的接入；引擎删除容器时会结束它`,
  });
}

/**
 * `ctr down`: ends runs and undoes their changes.
 * @param inside what was torn down in sandbox hosts.
 * @throws CtrError when there is no run of that name.
 */
export async function down(
  context: Context,
  name: string | undefined,
  flags: DownFlags,
  inside: Results['down']['runs'] = [],
): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const names = flags.all === true ? allNames(directory) : [name ?? ''];
  // A ctr that was killed right after its start may have left an empty directory.
  if (names.length === 0) await removeUnusedDirectory(context.runner, directory);
  const left: Undone[] = [];
  const taken = [...inside];
  const linesOf = (all: readonly Undone[]) => all.map(({ line }) => line);
  for (const one of names) {
    refuseAttachment(directory, one);
    const { view, undone, stays } = undoing(context);
    const result = await tearDown(context.runner, directory, one, view);
    const others = result.found ? undefined : othersRun(one);
    if (others !== undefined) throw others;
    if (!result.found && result.ended !== true && flags.all !== true) {
      throw noSuchRun(one, exitCodes.usage);
    }
    if (result.byMarks) tellDamaged(context, [one]);
    tellWhatStays(context, stays);
    left.push(...result.left);
    taken.push({ name: one, undone: linesOf(undone), in_use: linesOf(stays) });
    if (context.quiet || context.json || result.left.length > 0) continue;
    context.tell(
      say(
        context,
        result.ended === true
          ? {
              en: `${one} had already ended; ctr deleted its log`,
              zh: `${one} 之前已结束；ctr 删除了它的日志`,
            }
          : stays.length > 0
            ? {
                en: `${one} has ended; its other changes are undone`,
                zh: `${one} 已结束；它的其余改动都已撤销`,
              }
            : {
                en: `${one} has ended; its changes are undone`,
                zh: `${one} 已结束；它的改动都已撤销`,
              },
      ),
    );
  }
  if (left.length > 0) throw leftBehind(left, `ctr down ${name ?? '--all'}`);
  if (context.json) printResult(context, 'down', { runs: taken });
  return exitCodes.done;
}
