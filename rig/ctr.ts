import { join } from 'node:path';
import { execa } from 'execa';
import { environment, type Ran, sh } from './sh.ts';

export const ctrPath = join(process.cwd(), 'dist/ctr.js');

/** Runs the real program. */
export async function ctr(args: readonly string[], input = ''): Promise<Ran> {
  return await sh([process.execPath, ctrPath, ...args], input);
}

/** Starts the real program and leaves it running. */
export function startCtr(args: readonly string[], timeoutMs = 120_000) {
  return execa(process.execPath, [ctrPath, ...args], {
    reject: false,
    extendEnv: false,
    env: environment,
    stdin: 'ignore',
    timeout: timeoutMs,
    // execa would follow a SIGTERM with a SIGKILL after five seconds.
    forceKillAfterDelay: false,
  });
}
