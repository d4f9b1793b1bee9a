import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ctrPath } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { privateHost } from '../../rig/private-host.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import type { workshop } from '../../rig/workshop.ts';

/** A host and a user for running ctr. */
export interface Place {
  readonly name: string;
  /** The flags between `up` and the config. */
  readonly upFlags: readonly string[];
  ctr(args: readonly string[]): Promise<Ran>;
}

type Shop = Awaited<ReturnType<typeof workshop>>;

function placeOf(
  name: string,
  prefix: readonly string[],
  upFlags: readonly string[] = [],
  program: readonly string[] = [process.execPath, ctrPath],
): Place {
  return { name, upFlags, ctr: (args) => sh([...prefix, ...program, ...args]) };
}

/** Makes an ordinary user the owner of the workshop, and copies ctr to where that user can read it. */
async function ordinaryUser(shop: Shop): Promise<Place> {
  const state = join(shop.directory, 'user-state');
  const program = copyOfCtr(shop.directory);
  mkdirSync(state);
  chmodSync(shop.directory, 0o755);
  await sh(['chown', '-R', `${userId}:${userId}`, shop.directory]);
  return placeOf('an ordinary user', [...asUser, 'env', `CTR_STATE_DIR=${state}`], [], program);
}

/** All places where a verb may run. */
export async function everyPlace(shop: Shop): Promise<{
  readonly places: readonly Place[];
  /** The command prefix that enters the sandbox host of the last place. */
  readonly enter: readonly string[];
  end(): void;
}> {
  const another = await privateHost();
  return {
    places: [
      placeOf('root on the host', []),
      placeOf('root with --sandbox', [], ['--sandbox']),
      await ordinaryUser(shop),
      placeOf('root inside ctr sandbox', another.enter),
    ],
    enter: another.enter,
    end: another.end,
  };
}
