import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { CtrError, exitCodes, systemCode } from '../model/errors.ts';
import type { Text } from '../model/text.ts';

function unusable(what: Text): CtrError {
  return new CtrError('no-working-directory', exitCodes.notReady, what, {
    try: ['cd /tmp', { en: 'give the full path of every file', zh: '所有文件都写完整路径' }],
  });
}

/**
 * The directory that ctr was started in (getcwd(2)).
 * @throws CtrError with exit code 4 when it was removed or this user may not enter it.
 */
export function workingDirectory(): string {
  let directory: string;
  try {
    directory = process.cwd();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      throw unusable({ en: 'ctr cannot determine the working directory', zh: '无法得知当前目录' });
    }
    throw unusable({
      en: 'the working directory has been removed',
      zh: '当前目录已被删除',
    });
  }
  try {
    accessSync(directory, constants.X_OK);
  } catch {
    throw unusable({
      en: `this user may not enter the working directory ${directory}`,
      zh: `当前用户不能进入当前目录 ${directory}`,
    });
  }
  return directory;
}

/** Checks the working directory if the path is relative. @throws as `workingDirectory`. */
export function requireStart(path: string): void {
  if (!isAbsolute(path)) workingDirectory();
}
