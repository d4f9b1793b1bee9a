import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { workingDirectory } from '../exec/working-directory.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a directory exists, belongs to this user, and is rwx for its owner (XDG Base Directory Specification).
 */
function isOwnDirectory(path: string | undefined, uid: number): path is string {
  if (path?.startsWith('/') !== true) return false;
  try {
    const stat = statSync(path);
    return stat.isDirectory() && stat.uid === uid && (stat.mode & 0o700) === 0o700;
  } catch {
    return false;
  }
}

/**
 * Where an ordinary user's runs may be recorded: in the user's runtime directory, whether this environment names it or
 * not (pam_systemd(8)), and in /tmp.
 */
export function userStateDirs(environment: Environment, uid: number): readonly string[] {
  const runtime = [environment.XDG_RUNTIME_DIR, `/run/user/${uid}`].filter((path) =>
    isOwnDirectory(path, uid),
  );
  return [...new Set([...runtime.map((path) => `${path}/ctr`), `/tmp/ctr-${uid}`])];
}

/** Where root's runs are recorded. */
export const defaultStateDir = '/run/ctr';

/** The directory that the user chose; otherwise `defaultStateDir` for root and a directory of the user's own for others. */
export function chooseStateDir(
  flag: string | undefined,
  environment: Environment,
  uid: number,
): { readonly stateDir: string; readonly stateChosen: boolean } {
  const chosen = flag ?? environment.CTR_STATE_DIR;
  if (chosen !== undefined && chosen !== '') {
    const absolute = isAbsolute(chosen) ? chosen : resolve(workingDirectory(), chosen);
    return { stateDir: absolute, stateChosen: true };
  }
  const [first] = uid === 0 ? [] : userStateDirs(environment, uid);
  return { stateDir: first ?? defaultStateDir, stateChosen: false };
}

export function cannotWrite(path: string, error: unknown): CtrError {
  const why = sayErrno(error);
  return new CtrError('state-not-writable', exitCodes.notReady, {
    en: `cannot write to the state directory ${path}: ${why.en}`,
    zh: `无法写入状态目录 ${path}：${why.zh}`,
  });
}

/** ctr must not mistake an unreadable state directory for an empty one. */
export function cannotRead(path: string, error: unknown): CtrError {
  const why = sayErrno(error);
  return new CtrError('state-not-readable', exitCodes.notReady, {
    en: `cannot read the state directory ${path}: ${why.en}`,
    zh: `无法读取状态目录 ${path}：${why.zh}`,
  });
}
