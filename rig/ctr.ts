import { join } from 'node:path';
import { execa } from 'execa';
import { environment, type Ran, sh } from './sh.ts';

export const ctrPath = join(process.cwd(), 'dist/ctr.js');

/** Runs the built ctr. */
export async function ctr(args: readonly string[], input = ''): Promise<Ran> {
  return await sh([process.execPath, ctrPath, ...args], input);
}

/**
 * Starts the built ctr and returns while it runs.
 * @param before a command prefix: a program that executes ctr.
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
    // A hanging ctr may not react to any other signal.
    killSignal: 'SIGKILL',
  });
}
