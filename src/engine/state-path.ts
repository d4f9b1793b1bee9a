import { CtrError, exitCodes, messageOf } from '../errors.ts';

/** /run/ctr for root; for anybody else the user's own runtime directory (XDG Base Directory). */
export function defaultStateDir(
  environment: Readonly<Record<string, string | undefined>>,
  uid: number,
): string {
  const chosen = environment.CTR_STATE_DIR;
  if (chosen !== undefined && chosen !== '') return chosen;
  if (uid === 0) return '/run/ctr';
  const runtime = environment.XDG_RUNTIME_DIR;
  return runtime?.startsWith('/') ? `${runtime}/ctr` : `/tmp/ctr-${uid}`;
}

export function cannotWrite(path: string, error: unknown): CtrError {
  return new CtrError('state-not-writable', exitCodes.notReady, {
    en: `cannot write to the state directory ${path}: ${messageOf(error)}`,
    zh: `无法写入状态目录 ${path}：${messageOf(error)}`,
  });
}
