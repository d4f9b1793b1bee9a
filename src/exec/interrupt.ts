import { CtrError } from '../model/errors.ts';

const numbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
export type Interruption = keyof typeof numbers;

/** The signals that a terminal or another process asks ctr to end with: each takes everything back first. */
const heeded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

/** Turns the first of these signals into an abort; the later ones change nothing. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Which one it was. */
  readonly by: () => Interruption | undefined;
  /** Runs when it comes, or at once when it has come. */
  readonly whenHeard: (act: () => void) => void;
  readonly stop: () => void;
}

export function listenForInterrupts(): Interrupt {
  const controller = new AbortController();
  let by: Interruption | undefined;
  const heard = (name: Interruption) => () => {
    by ??= name;
    controller.abort();
  };
  const handlers = heeded.map((name) => {
    const handler = heard(name);
    process.on(name, handler);
    return { name, handler };
  });
  return {
    signal: controller.signal,
    by: () => by,
    whenHeard(act) {
      if (controller.signal.aborted) act();
      else controller.signal.addEventListener('abort', act, { once: true });
    },
    stop() {
      for (const { name, handler } of handlers) process.off(name, handler);
    },
  };
}

/** Keeps these signals from ending ctr while it changes things. @returns ends that. */
export function holdInterrupts(): () => void {
  const deaf = () => undefined;
  for (const name of heeded) process.on(name, deaf);
  return () => {
    for (const name of heeded) process.off(name, deaf);
  };
}

/** What is said when it came before anything was changed. */
export function interruptedBefore(by: Interruption): CtrError {
  return new CtrError(
    'interrupted',
    interruptedExit(by),
    { en: `interrupted by ${by}`, zh: `被 ${by} 中断` },
    { undone: { en: 'nothing was touched', zh: '什么都没有改动' } },
  );
}

/** 128 and the signal's number, as a shell says it. */
export function interruptedExit(by: Interruption): number {
  return 128 + numbers[by];
}
