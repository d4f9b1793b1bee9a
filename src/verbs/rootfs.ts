import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { requireStart } from '../exec/working-directory.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { printResult } from '../render/result.ts';
import { parseFrom } from '../rootfs/index.ts';
import { type Context, say } from '../run/context.ts';
import { makeDirectories } from '../state/make-directories.ts';

export interface RootfsFlags {
  readonly from?: string;
}

function refuseTaken(directory: string): void {
  if (!existsSync(directory)) return;
  try {
    if (readdirSync(directory).length === 0) return;
  } catch {
    // A file, or an unreadable directory: both count as taken.
  }
  throw new CtrError(
    'directory-taken',
    exitCodes.notReady,
    {
      en: `${directory} exists and is not an empty directory`,
      zh: `${directory} 已存在，而且不是空目录`,
    },
    { try: [`ctr rootfs create ${directory}-2`] },
  );
}

/** `ctr rootfs create`: builds beside the target and renames, so the result is complete or absent. */
export async function rootfsCreate(
  context: Context,
  directory: string,
  flags: RootfsFlags,
): Promise<number> {
  const from = flags.from ?? 'busybox';
  const { make, check, argument } = parseFrom(from);
  requireStart(directory);
  const target = resolve(directory);
  refuseTaken(target);
  check?.(argument, target, context);
  const partial = `${target}.partial-${process.pid}`;
  try {
    makeDirectories(dirname(target), 0o777);
    mkdirSync(partial, { mode: 0o755 });
  } catch (error) {
    throw new CtrError('cannot-write', exitCodes.notReady, {
      en: `cannot make ${target}: ${sayErrno(error).en}`,
      zh: `无法创建 ${target}：${sayErrno(error).zh}`,
    });
  }
  const discard = () => rmSync(partial, { recursive: true, force: true });
  const interrupted = () => {
    discard();
    process.exitCode = 130;
  };
  process.once('SIGINT', interrupted);
  try {
    await make(context, partial, argument);
    if (existsSync(target)) rmdirSync(target);
    renameSync(partial, target);
  } finally {
    process.off('SIGINT', interrupted);
    discard();
  }
  if (context.json) printResult(context, 'rootfs create', { directory: target, from });
  else context.print(target);
  if (!context.quiet && !context.json) {
    context.tell(
      say(context, {
        en: `a root file system from ${from}; to use it, set "root_dir" or "rootfs" in a config`,
        zh: `来自 ${from} 的根文件系统；要使用它，在配置里设置 "root_dir" 或 "rootfs"`,
      }),
    );
  }
  return exitCodes.done;
}
