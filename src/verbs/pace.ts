import { setTimeout } from 'node:timers/promises';
import { writeError } from '../exec/standard-error.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Focus } from '../model/focus.ts';
import type { Text } from '../model/text.ts';

/** How a narrated run goes on to the next step: after so many seconds, or when Enter is pressed. */
export type Pace = number | 'enter';

/** What is told of a run, and how fast. */
export interface NarrationFlags {
  /** Tell each step as it happens. */
  readonly why?: boolean;
  readonly pace?: Pace;
  readonly brief?: boolean;
  readonly focus?: Focus;
}

/** What waits between steps. */
export interface Pacer {
  /** Returns when the next step may begin: true, or the run is interrupted: false. */
  readonly pause: () => Promise<boolean>;
  /** What to do to go on. */
  readonly hint?: Text;
  /** Gives standard input back. */
  readonly stop: () => void;
}

const none: Pacer = { pause: async () => true, stop: () => undefined };

/** Waits for Enter on the terminal. Enter that was pressed before counts. */
function onEnter(signal: AbortSignal): Pacer {
  const { stdin } = process;
  let pressed = 0;
  let ended = false;
  let wake = () => {};
  const read = (text: Buffer) => {
    pressed += text.toString('latin1').split('\n').length - 1;
    wake();
  };
  const end = () => {
    ended = true;
    wake();
  };
  stdin.on('data', read);
  stdin.on('end', end);
  signal.addEventListener('abort', end, { once: true });
  stdin.resume();
  return {
    hint: {
      en: 'Enter goes on to the next step; Ctrl-C undoes everything.',
      zh: '按回车进入下一步；按 Ctrl-C 撤销所有改动。',
    },
    async pause() {
      if (!ended && pressed === 0) {
        writeError('▸ ');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      pressed = Math.max(0, pressed - 1);
      return !signal.aborted;
    },
    stop() {
      stdin.off('data', read);
      stdin.off('end', end);
      stdin.pause();
    },
  };
}

function afterSeconds(seconds: number, signal: AbortSignal): Pacer {
  if (seconds === 0) return none;
  return {
    async pause() {
      await setTimeout(seconds * 1000, undefined, { signal }).catch(() => undefined);
      return !signal.aborted;
    },
    stop: () => undefined,
  };
}

/** Whether somebody sits at a terminal who can press Enter and sees what it is for. */
function hasAudience(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** @throws CtrError for Enter without a terminal: before anything is changed. */
export function requirePace(pace: Pace | undefined): void {
  if (pace !== 'enter' || hasAudience()) return;
  throw new CtrError(
    'pace-needs-terminal',
    exitCodes.usage,
    {
      en: '--pace enter waits for a key, but there is no terminal',
      zh: '--pace enter 要等按键，但这里没有终端',
    },
    { try: ['--pace SECONDS'] },
  );
}

/**
 * @param pace as asked for; undefined for Enter where there is a terminal, and for no waiting elsewhere.
 * @param ask whether ctr may wait for keys (--no-input).
 */
export function pacer(pace: Pace | undefined, ask: boolean, signal: AbortSignal): Pacer {
  if (typeof pace === 'number') return afterSeconds(pace, signal);
  return (pace === 'enter' || ask) && hasAudience() ? onEnter(signal) : none;
}
