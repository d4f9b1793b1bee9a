import { CtrError } from '../model/errors.ts';

const numbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
export type Interruption = keyof typeof numbers;

/** Signals by which a terminal or another process asks ctr to end. ctr undoes everything first. */
const heeded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

/** Turns the first of these signals into an abort; later ones have an effect only on `everyTime`. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** The signal received. */
  readonly by: () => Interruption | undefined;
  /** Calls `act` when the signal arrives, or at once if it already has. */
  readonly whenHeard: (act: () => void) => void;
  /** Calls `act` for each signal that arrives, and for those that already have. */
  readonly everyTime: (act: (name: Interruption) => void) => void;
  readonly stop: () => void;
}

export function listenForInterrupts(): Interrupt {
  const controller = new AbortController();
  const all: Interruption[] = [];
  const acts: ((name: Interruption) => void)[] = [];
  const heard = (name: Interruption) => () => {
    all.push(name);
    controller.abort();
    for (const act of acts) act(name);
  };
  const handlers = heeded.map((name) => {
    const handler = heard(name);
    process.on(name, handler);
    return { name, handler };
  });
  return {
    signal: controller.signal,
    by: () => all[0],
    whenHeard(act) {
      if (controller.signal.aborted) act();
      else controller.signal.addEventListener('abort', act, { once: true });
    },
    everyTime(act) {
      all.forEach(act);
      acts.push(act);
    },
    stop() {
      for (const { name, handler } of handlers) process.off(name, handler);
    },
  };
}

/** Ignores these signals while ctr changes things. @returns a function that stops ignoring them. */
export function holdInterrupts(): () => void {
  const deaf = () => undefined;
  for (const name of heeded) process.on(name, deaf);
  return () => {
    for (const name of heeded) process.off(name, deaf);
  };
}

/** The error when a signal arrived before any change. */
export function interruptedBefore(by: Interruption): CtrError {
  return new CtrError(
    'interrupted',
    interruptedExit(by),
    { en: `interrupted by ${by}`, zh: `被 ${by} 中断` },
    { undone: { en: 'nothing was touched', zh: '什么都没有改动' } },
  );
}

/** 128 plus the signal's number, as in a shell. */
export function interruptedExit(by: Interruption): number {
  return 128 + numbers[by];
}
