import { setImmediate } from 'node:timers/promises';
import { type Interrupt, listenForInterrupts } from '../exec/interrupt.ts';
import type { Runner } from '../exec/runner.ts';
import { throughShells } from '../exec/shells.ts';
import { type Answers, askHost } from '../facts/read.ts';
import { type StateDirectory, stateDirectory } from '../state/directory.ts';
import { tryGlobalLock } from '../state/global-lock.ts';
import type { Lock } from '../state/lock.ts';
import type { Context } from './context.ts';

/** The global lock, requested without waiting, and the host as it is read under it. */
export interface Asked {
  /** Null when another process holds the lock. */
  readonly global: Promise<Lock | null>;
  /** Undefined when another process holds the lock. */
  readonly answers: Promise<Answers | undefined>;
}

/**
 * What `up` starts once it has read the config, and before it loads the rest of the program: the tools answer in other
 * processes meanwhile (docs/decisions/0027).
 */
export interface HeadStart {
  /** Starts processes directly. For locks held beyond the changes: no persistent shell may inherit their descriptors. */
  readonly direct: Runner;
  /** Starts what runs under the global lock. */
  readonly runner: Runner;
  readonly directory: StateDirectory;
  readonly interrupt: Interrupt;
  /** The first time, what was started; later, the same started anew. The caller releases the lock. */
  ask(): Asked;
  /** Releases the lock if nobody asked for it. */
  drop(): Promise<void>;
}

/** Starts a promise before anyone awaits it, without an unhandled rejection: the awaiter still gets the error. */
export function ahead<T>(begun: Promise<T>): Promise<T> {
  begun.catch(() => undefined);
  return begun;
}

/**
 * @param oneByOne every command is a process of ctr's own.
 * @param read what is read of the host.
 */
export async function headStart(
  context: Pick<Context, 'runner' | 'stateDir'>,
  oneByOne: boolean,
  read = askHost,
): Promise<HeadStart> {
  const interrupt = listenForInterrupts();
  // Files that the container makes must not depend on the user's umask(2).
  process.umask(0o022);
  const direct = context.runner;
  const runner = oneByOne ? direct : throughShells(direct);
  const directory = stateDirectory(context.stateDir);
  const ask = (): Asked => {
    const global = ahead(tryGlobalLock(runner, directory));
    const answers = ahead(global.then((held) => (held === null ? undefined : read(runner))));
    return { global, answers };
  };
  let first: Asked | undefined = ask();
  await first.global.catch(() => null);
  // The reading starts at once.
  await setImmediate();
  return {
    direct,
    runner,
    directory,
    interrupt,
    ask() {
      const asked = first ?? ask();
      first = undefined;
      return asked;
    },
    async drop() {
      const held = await first?.global.catch(() => null);
      first = undefined;
      await held?.release();
    },
  };
}
