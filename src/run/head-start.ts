import { statSync } from 'node:fs';
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
 * What `up` starts before it loads and reads the config: the tools answer in other processes meanwhile
 * (docs/decisions/0027).
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

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** What `plan` needs of a host. */
export interface HostAhead {
  readonly runner: Runner;
  /** Absent for a host that is not there yet. */
  readonly answers?: Promise<Answers>;
}

/** Starts reading this host, and lets its processes start. */
export async function askAhead({ runner }: Context, sandbox: boolean): Promise<HostAhead> {
  if (sandbox) return { runner };
  const answers = ahead(askHost(runner));
  await setImmediate();
  return { runner, answers };
}

/**
 * @param oneByOne every command is a process of ctr's own.
 * @param file the config, if reading it may take place after the start.
 */
export async function headStart(
  context: Context,
  oneByOne: boolean,
  file?: string,
): Promise<HeadStart> {
  const interrupt = listenForInterrupts();
  // Files that the container makes must not depend on the user's umask(2).
  process.umask(0o022);
  const direct = context.runner;
  const runner = oneByOne ? direct : throughShells(direct);
  const directory = stateDirectory(context.stateDir);
  const ask = (): Asked => {
    const global = ahead(tryGlobalLock(runner, directory));
    const answers = ahead(global.then((held) => (held === null ? undefined : askHost(runner))));
    return { global, answers };
  };
  // What is no file may take its time (a pipe, a terminal): nobody else is to wait for it.
  let first = file !== undefined && isFile(file) ? ask() : undefined;
  if (first !== undefined) {
    // What takes longest to load, while flock(1) starts.
    await setImmediate();
    await import('../config/load.ts');
    await first.global.catch(() => null);
    await setImmediate();
  }
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
