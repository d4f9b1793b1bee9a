import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ctrPath } from '../../rig/ctr.ts';
import { privateHost } from '../../rig/private-host.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import type { workshop } from '../../rig/workshop.ts';

/** Somebody without any privilege, and without an entry in /etc/passwd. */
export const userId = 54321;

/** Where, and as whom, ctr is called. */
export interface Place {
  readonly name: string;
  /** What stands between `up` and the config here. */
  readonly upFlags: readonly string[];
  ctr(args: readonly string[]): Promise<Ran>;
  /** Starts ctr and leaves it running. @returns its exit code, once it has ended. */
  start(args: readonly string[]): Promise<number | undefined>;
}

type Shop = Awaited<ReturnType<typeof workshop>>;

function placeOf(
  name: string,
  prefix: readonly string[],
  upFlags: readonly string[] = [],
  program: readonly string[] = [process.execPath, ctrPath],
): Place {
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/',
    CTR_LANG: 'en',
  };
  return {
    name,
    upFlags,
    ctr: (args) => sh([...prefix, ...program, ...args]),
    async start(args) {
      const [first = '', ...rest] = [...prefix, ...program, ...args];
      const options = { reject: false, extendEnv: false, env, stdin: 'ignore' } as const;
      return (await execa(first, rest, { ...options, timeout: 120_000 })).exitCode;
    },
  };
}

/** Gives the workshop to an ordinary user, with a copy of the program that everybody may read. */
export async function asOrdinaryUser(shop: Shop): Promise<Place> {
  const state = join(shop.directory, 'user-state');
  cpSync(join(ctrPath, '..'), join(shop.directory, 'dist'), { recursive: true });
  mkdirSync(state);
  chmodSync(shop.directory, 0o755);
  await sh(['chown', '-R', `${userId}:${userId}`, shop.directory]);
  const drop = ['setpriv', '--reuid', `${userId}`, '--regid', `${userId}`, '--clear-groups'];
  const program = [process.execPath, join(shop.directory, 'dist/ctr.js')];
  return placeOf('an ordinary user', [...drop, 'env', `CTR_STATE_DIR=${state}`], [], program);
}

/** Every place in which a verb may be called. */
export async function everyPlace(shop: Shop): Promise<{
  readonly places: readonly Place[];
  /** The words that enter the sandbox host of the last one. */
  readonly enter: readonly string[];
  end(): void;
}> {
  const another = await privateHost();
  return {
    places: [
      placeOf('root on the host', []),
      placeOf('root with --sandbox', [], ['--sandbox']),
      await asOrdinaryUser(shop),
      placeOf('root inside ctr sandbox', another.enter),
    ],
    enter: another.enter,
    end: another.end,
  };
}
