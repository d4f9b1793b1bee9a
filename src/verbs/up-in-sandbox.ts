import { closeSync, constants, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { program } from '../exec/program.ts';
import { exitCodes } from '../model/errors.ts';
import { depthOf } from '../render/depth.ts';
import { releaseName } from '../run/claim.ts';
import { type Context, say } from '../run/context.ts';
import { nameTaken } from '../run/prepare.ts';
import { recover } from '../run/recover.ts';
import { readSource } from '../run/saved-plan.ts';
import { sandboxHosts } from '../sandbox/find.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { type StateDirectory, stateDirectory } from '../state/directory.ts';
import { forgetEnd } from '../state/ended.ts';
import { removeUnusedDirectory } from '../state/global-lock.ts';
import { type Lock, tryLock } from '../state/lock.ts';
import { tellRecovered } from './down.ts';
import { requirePace } from './pace.ts';
import { sandbox } from './sandbox.ts';
import { sharedFile } from './shared-file.ts';
import type { UpFlags } from './up.ts';

/**
 * Locks the name of a run in this user's state directory, as a run on this host does.
 * @throws CtrError with exit code 4 when a run of that name is up, here or in a sandbox host.
 */
async function claimName(context: Context, directory: StateDirectory, name: string): Promise<Lock> {
  tellRecovered(context, await recover(context.runner, directory, () => undefined));
  const lock = await tryLock(
    context.runner,
    () => {
      directory.open(name);
      return directory.lockPath(name);
    },
    0.2,
  );
  if (lock === null) throw nameTaken(name);
  if (!directory.isWritten(name) && !sandboxHosts(context).some((one) => one.name === name)) {
    return lock;
  }
  await releaseName(directory, name, lock);
  throw nameTaken(name);
}

/** `ctr up --sandbox F` is `ctr sandbox -- ctr up F` with a name that is reserved in the user's state directory. */
export async function upInSandbox(
  context: Context,
  file: string,
  flags: UpFlags,
  command: readonly string[],
): Promise<number> {
  requirePace(flags.pace);
  depthOf(flags);
  // Reports a problem with the config before it makes a sandbox.
  const { config } = readSource(file, { command, fast: flags.fast });
  const { name } = config;
  const record = flags.record === undefined ? undefined : sharedFile(flags.record);
  const directory = stateDirectory(context.stateDir);
  const lock = await claimName(context, directory, name);
  if (!context.quiet && !context.json) {
    context.tell(
      say(context, {
        en: 'in a sandbox host: this machine is not touched',
        zh: '在沙盒主机里运行：不会改动这台机器',
      }),
    );
  }
  forgetEnd(context.stateDir, config.name);
  const detached = flags.detach === true;
  const words = [
    ...program(),
    ...globalWords(context),
    ...[
      'up',
      '--host',
      ...(detached ? ['--detach'] : []),
      ...(flags.fast ? ['--fast'] : []),
      ...(flags.oneByOne ? ['--one-by-one'] : []),
      ...(flags.step ? ['--step'] : []),
      ...(flags.until === undefined ? [] : ['--until', flags.until]),
      ...(flags.keys === undefined ? [] : ['--keys', resolve(flags.keys)]),
      ...(flags.why ? ['--why'] : []),
      ...(flags.pace === undefined ? [] : ['--pace', String(flags.pace)]),
      ...(flags.brief ? ['--brief'] : []),
      ...(flags.focus === undefined ? [] : ['--focus', flags.focus]),
      ...(record === undefined ? [] : ['--record', record]),
    ],
    ...[resolve(file), '--', ...command],
  ];
  const descriptor = openSync(directory.path, constants.O_RDONLY | constants.O_DIRECTORY);
  let stays = false;
  try {
    const run = { name, detached, directory: descriptor, lock: lock.descriptor };
    const code = await sandbox(context, words, { run, cwd: '/' });
    stays = detached && code === exitCodes.done;
    return code;
  } finally {
    closeSync(descriptor);
    // A sandbox host that stays holds the lock itself and releases the name later.
    if (stays) await lock.release();
    else {
      await releaseName(directory, name, lock);
      await removeUnusedDirectory(context.runner, directory);
    }
  }
}
