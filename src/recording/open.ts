import { constants, openSync } from 'node:fs';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';

const { O_WRONLY, O_CREAT, O_APPEND } = constants;

function notRecorded(path: string, error: unknown): CtrError {
  const why = sayErrno(error as NodeJS.ErrnoException);
  return new CtrError('cannot-write', exitCodes.notReady, {
    en: `cannot write the recording ${path}: ${why.en}`,
    zh: `无法写入录制文件 ${path}：${why.zh}`,
  });
}

/**
 * Opens a file to record to, which only its owner can read if it is new. What is in it stays until the recording begins:
 * a run that is refused costs nobody an older recording.
 * @returns its descriptor. @throws CtrError when the file cannot be written.
 */
export function openRecording(path: string): number {
  try {
    return openSync(path, O_WRONLY | O_CREAT | O_APPEND, 0o600);
  } catch (error) {
    throw notRecorded(path, error);
  }
}
