import { type Context, say } from '../context.ts';
import type { Undone } from '../engine/events.ts';
import { stateDirectory } from '../engine/state.ts';
import { recover, takeDown, type View } from '../engine/take-down.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { jsonLines, lines } from '../render/lines.ts';

export interface DownFlags {
  readonly all?: boolean;
}

export function undoView(context: Context): View {
  if (context.quiet) return () => undefined;
  if (context.json) return jsonLines(context.tell);
  return lines({ language: context.language, verbose: true, tell: context.tell });
}

export function leftBehind(left: readonly Undone[]): CtrError {
  return new CtrError(
    'left-behind',
    exitCodes.left,
    { en: 'not everything could be undone', zh: '有些改动没能撤销' },
    { left: left.map((one) => one.line), said: left.at(-1)?.reason ?? '', try: ['ctr gc'] },
  );
}

/** Takes back a run that has ended by itself; one that is up is left alone. */
export async function recoverOne(context: Context, name: string): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const { left } = await recover(context.runner, directory, undoView(context), name);
  if (left.length > 0) throw leftBehind(left);
  return exitCodes.done;
}

/** `ctr down`: ends a run and takes back what it changed. Nothing of that name is no error. */
export async function down(
  context: Context,
  name: string | undefined,
  flags: DownFlags,
): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const names = flags.all === true ? directory.names() : [name ?? ''];
  const left: Undone[] = [];
  for (const one of names) {
    const result = await takeDown(context.runner, directory, one, undoView(context));
    left.push(...result.left);
    if (context.quiet || context.json || result.left.length > 0) continue;
    context.tell(
      say(
        context,
        result.found
          ? {
              en: `${one} is gone; what it changed is undone`,
              zh: `${one} 已结束；它的改动都已撤销`,
            }
          : { en: `there is no run named ${one}`, zh: `没有名为 ${one} 的运行` },
      ),
    );
  }
  if (left.length > 0) throw leftBehind(left);
  return exitCodes.done;
}
