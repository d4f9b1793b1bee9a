import { createServer, type Socket } from 'node:net';
import { startTimeOf } from '../exec/processes.ts';
import { CtrError, messageOf } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import type { Context } from '../run/context.ts';
import type { HeadStart } from '../run/head-start.ts';
import type { Source } from '../run/saved-plan.ts';
import type { Change } from '../snapshot/change.ts';
import type { StateDirectory } from '../state/directory.ts';
import { openStepping } from './session.ts';
import { positionOf } from './stage.ts';
import type { Move, Stepper } from './stepper.ts';

/** Where the stage server of a run listens. */
export function stageSocket(directory: StateDirectory, name: string): string {
  return `${directory.runPath(name)}/stage`;
}

/** One line of its answer. */
export type Told =
  | {
      readonly told: 'moved';
      readonly direction: 'forward' | 'back';
      readonly step: number;
      readonly id: string;
      readonly lines: readonly string[];
      readonly rebuilt?: true;
    }
  | {
      readonly told: 'arrived';
      /** The number of steps that are done. */
      readonly at: number;
      readonly of: number;
      /** What differs from the state that this stage had when it was first reached. */
      readonly differs: readonly Change[];
    }
  | { readonly told: 'failed'; readonly said: string }
  | { readonly told: 'refused'; readonly code: string; readonly message: Text };

function toldOf(move: Move): Told {
  if ('failure' in move) return { told: 'failed', said: move.failure.said };
  const { direction, index, step, lines, rebuilt } = move;
  const moved = { told: 'moved', direction, step: index + 1, id: step.id, lines } as const;
  return rebuilt ? { ...moved, rebuilt } : moved;
}

/** Moves a run to a stage, one step at a time, and tells each. */
export async function moveTo(
  stepper: Stepper,
  position: number,
  tell: (told: Told) => void,
): Promise<void> {
  await stepper.look();
  if (stepper.differs().length > 0) await stepper.restore();
  while (stepper.at() !== position) {
    const move = stepper.at() < position ? await stepper.forward() : await stepper.back();
    tell(toldOf(move));
    if ('failure' in move) return;
  }
  tell({
    told: 'arrived',
    at: stepper.at(),
    of: stepper.plan.steps.length,
    differs: stepper.differs(),
  });
}

async function answer(socket: Socket, line: string, stepper: Stepper): Promise<void> {
  const tell = (told: Told) => socket.write(`${JSON.stringify(told)}\n`);
  try {
    const position = positionOf(stepper.plan, String(JSON.parse(line).goto));
    await moveTo(stepper, position, tell);
  } catch (error) {
    if (error instanceof CtrError) {
      tell({ told: 'refused', code: error.code, message: error.text });
    } else tell({ told: 'failed', said: messageOf(error) });
  }
  socket.end();
}

/**
 * Keeps a run at a stage until a signal ends it: `ctr goto` asks it to move, `ctr down` ends it, and it takes
 * everything back.
 * @param stage the first stage.
 * @param ready called when the run is at that stage.
 */
export async function keep(
  context: Context,
  start: HeadStart,
  { config, ...source }: Source,
  stage: string,
  ready: (told: Told) => void,
): Promise<number> {
  const { directory, interrupt } = start;
  const { name } = config;
  const stepping = await openStepping(context, start, config, {
    fast: source.fast,
    approve: source.approve,
    warn: () => undefined,
    see: () => undefined,
    detached: true,
  });
  const { stepper } = stepping;
  let left = 0;
  try {
    await moveTo(stepper, positionOf(stepper.plan, stage), (told) => {
      if (told.told !== 'moved') ready(told);
    });
    // One move after the other, in the order in which they were asked for.
    let last: Promise<unknown> = Promise.resolve();
    const server = createServer((socket) => {
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        text += chunk.toString();
        const end = text.indexOf('\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = '';
        last = last.then(() => answer(socket, line, stepper));
      });
    });
    server.listen(stageSocket(directory, name));
    directory.append(name, {
      note: 'stepper',
      pid: process.pid,
      start: startTimeOf(process.pid) ?? '',
    });
    directory.append(name, { note: 'ready' });
    await new Promise<void>((resolve) => interrupt.whenHeard(resolve));
    await last;
    server.close();
  } finally {
    left = (await stepping.end()).length;
    await start.drop();
    interrupt.stop();
  }
  return left;
}
