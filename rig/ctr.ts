import { join } from 'node:path';
import { execa } from 'execa';
import { environment, type Ran, sh } from './sh.ts';

export const ctrPath = join(process.cwd(), 'dist/ctr.js');

/** Runs the real program. */
export async function ctr(args: readonly string[], input = ''): Promise<Ran> {
  return await sh([process.execPath, ctrPath, ...args], input);
}

/**
 * Starts the real program and leaves it running.
 * @param before words that stand before it: a program that becomes ctr.
 */
export function startCtr(
  args: readonly string[],
  timeoutMs = 120_000,
  before: readonly string[] = [],
) {
  const [program = '', ...rest] = [...before, process.execPath, ctrPath, ...args];
  return execa(program, rest, {
    reject: false,
    extendEnv: false,
    env: environment,
    stdin: 'ignore',
    timeout: timeoutMs,
    // ctr that hangs may not listen to any other.
    killSignal: 'SIGKILL',
  });
}
