import { interruptedExit } from '../exec/interrupt.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { stays as isLeft, type Undone } from '../model/events.ts';
import { madeBy } from '../model/step.ts';
import { planOfLab } from '../plan.ts';
import type { Observer, Recorder } from '../recording/recorder.ts';
import { refuseJson } from '../render/result.ts';
import { countsOf } from '../run/apply.ts';
import { type Context, say } from '../run/context.ts';
import { leftDetails } from '../run/failure.ts';
import { headStart } from '../run/head-start.ts';
import type { Source } from '../run/saved-plan.ts';
import { explain } from '../snapshot/index.ts';
import { converse } from '../stepping/console.ts';
import { type Keys, keysInFile, keysOfTerminal } from '../stepping/keys.ts';
import { openStepping } from '../stepping/session.ts';
import { positionOf } from '../stepping/stage.ts';
import { words } from '../stepping/words.ts';
import { tellWhatStays } from './down.ts';
import type { Tape } from './record.ts';
import { ownRecordingPath } from './recordings.ts';
import type { UpFlags } from './up.ts';
import { tellWarnings } from './voice.ts';

function noTerminal(): CtrError {
  return new CtrError(
    'no-terminal',
    exitCodes.notReady,
    {
      en: '--step is driven by keys, and this is not a terminal',
      zh: '--step 靠按键操作，而这里不是终端',
    },
    { try: ['ctr up CONFIG --step --keys FILE'] },
  );
}

function keysFor({ keys }: UpFlags): Keys {
  if (keys !== undefined) return keysInFile(keys);
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) throw noTerminal();
  return keysOfTerminal();
}

/** `ctr up --step`: the learner moves the run by keys. Everything is undone when the console ends. */
export async function stepUp(context: Context, source: Source, flags: UpFlags): Promise<number> {
  refuseJson(context, { en: '--step', zh: '--step ' });
  const { config } = source;
  tellWarnings(context, source.warnings);
  const keys = keysFor(flags);
  const start = await headStart(context, false);
  const { interrupt } = start;
  const stays: Undone[] = [];
  let left: readonly Undone[] = [];
  let recording: Recorder | undefined;
  let tape: Tape | undefined;
  // A terminal in raw mode sends no signals; those of others end the wait for a key.
  interrupt.whenHeard(() => keys.close());
  try {
    const record = flags.record ?? ownRecordingPath(context, config.name, new Date());
    if (record !== undefined) {
      const { openTape } = await import('./record.ts');
      tape = openTape(context, start.directory, record, planOfLab);
    }
    const stepping = await openStepping(context, start, config, {
      fast: source.fast,
      approve: source.approve,
      warn: (warnings) => tellWarnings(context, warnings),
      see(event) {
        recording?.see(event);
        if (event.event === 'undo' && isLeft(event)) stays.push(event);
      },
    });
    const { stepper, plan, facts } = stepping;
    try {
      if (tape !== undefined) {
        const view = { see: () => undefined, close: async () => undefined };
        const observer: Observer = {
          read: async () => stepper.state(),
          compare: (before, after, kind, step) => {
            const makes = (plan.steps[step]?.commands ?? []).flatMap(madeBy);
            if (kind === 'step') return explain(before, after, { makes });
            return explain(before, after, kind === 'back' ? { removes: makes } : {});
          },
        };
        ({ recording } = await tape.start(view, { config, plan, facts }, observer));
        const { name, steps } = plan;
        recording.see({ event: 'plan', name, steps: steps.length, counts: countsOf(plan) });
        await recording.moment('start', -1);
      }
      const begin = flags.until === undefined ? 0 : positionOf(plan, flags.until);
      while (stepper.at() < begin) {
        const move = await stepper.forward();
        if ('failure' in move) break;
        await recording?.moment('step', move.index);
      }
      await converse(stepper, {
        voice: context,
        runner: context.runner,
        keys,
        random: Math.random,
        ended: () => interrupt.by() !== undefined,
        moved: async (move) => {
          const kind = move === 'by-hand' ? move : 'failure' in move ? undefined : move.direction;
          if (kind === undefined) return;
          const step = typeof move === 'object' && 'index' in move ? move.index : stepper.at() - 1;
          await recording?.moment(kind === 'forward' ? 'step' : kind, step);
        },
      });
    } finally {
      left = await stepping.end();
    }
  } finally {
    keys.close();
    recording?.close();
    tape?.close(flags.record === undefined);
    await start.drop();
    interrupt.stop();
  }
  tellWhatStays(context, stays);
  if (left.length > 0) {
    throw new CtrError(
      'left-behind',
      exitCodes.left,
      {
        en: `${config.name} has ended, but ctr could not undo everything`,
        zh: `${config.name} 已结束，但有些改动没能撤销`,
      },
      leftDetails(left, `ctr down ${config.name}`),
    );
  }
  if (!context.quiet) context.print(` ${say(context, words.undone)}`);
  const by = interrupt.by();
  return by === undefined ? exitCodes.done : interruptedExit(by);
}
