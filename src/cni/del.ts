import { groupOf } from '../model/names.ts';
import { readMarks } from '../run/marks.ts';
import { undoByMarks, undoRun } from '../run/undo-run.ts';
import { removeUnusedDirectory, withGlobalLock } from '../state/global-lock.ts';
import { allRuns } from '../state/runs.ts';
import { delegate } from './delegate.ts';
import { CniError, codes } from './failure.ts';
import type { CniLog } from './log.ts';
import { decode, delegateIn, nameIn } from './network-config.ts';
import { logOf, nameOf, type Request } from './request.ts';

/**
 * Removes one attachment by its record; without a readable one, by its marks. Never by an interface's name in a
 * namespace, which may be another's by now.
 * @returns what is left.
 */
export async function detach(
  { runner, directory }: Pick<Request, 'runner' | 'directory'>,
  name: string,
  log: CniLog,
): Promise<readonly string[]> {
  const known = directory.names().includes(name);
  if (!known) {
    const marks = await readMarks(runner);
    const group = groupOf(name);
    if (marks?.links.some((link) => link.group === group) !== true) {
      // An ADD that was killed early has left only the folder of the lock.
      if (directory.names().length === 0) await removeUnusedDirectory(runner, directory);
      return [];
    }
  }
  const global = await withGlobalLock(runner, directory);
  try {
    const runs = await allRuns(runner, directory);
    const run = runs.find((one) => one.name === name);
    const { descriptor } = global;
    const view = log.view();
    const left =
      run === undefined
        ? await undoByMarks(runner, directory, name, runs, descriptor, view)
        : await undoRun(runner, directory, run, runs, descriptor, view);
    return left.map(({ line }) => line);
  } finally {
    await global.release();
  }
}

/**
 * DEL: succeeds when the attachment is not there, however often it is asked, without a namespace, and with a
 * configuration that ADD would refuse. Fails only while something of the attachment still exists.
 */
export async function del(request: Request): Promise<undefined> {
  const { parameters, text, runner, environment } = request;
  const { json } = decode(text);
  const network = nameIn(json);
  const name = nameOf(network, parameters);
  const log = logOf(request, network);
  const left = await detach(request, name, log);
  const type = delegateIn(json);
  // An address that its plugin cannot take back would keep the engine from ever removing the container.
  if (type !== undefined) {
    await delegate(runner, type, parameters, environment, text).catch((error: unknown) =>
      log.add({ result: `IPAM ${type}: ${error instanceof Error ? error.message : error}` }),
    );
  }
  if (left.length > 0) {
    throw new CniError(codes.left, `could not remove all of ${name}`, `left: ${left.join('; ')}`);
  }
  log.add({ result: 'deleted' });
  return undefined;
}
