import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CtrError, exitCodes } from '../model/errors.ts';
import { readRecording } from '../recording/read.ts';
import type { Recording } from '../recording/recording.ts';
import { say, type Voice } from '../run/context.ts';
import { ownRecordings, packagedRecording, recordingsDirectory } from './recordings.ts';

/**
 * Reads the recording that the user names. Without a name: the last one that ctr has made by itself, else the one that
 * comes with the package.
 */
export function openRecorded(voice: Voice, file: string | undefined): Recording {
  if (file !== undefined) return readRecording(file);
  const directory = recordingsDirectory(voice);
  const own = ownRecordings(directory).at(-1);
  const path = own === undefined ? packagedRecording() : join(directory, own);
  if (!existsSync(path)) {
    throw new CtrError(
      'recording-unreadable',
      exitCodes.usage,
      { en: 'there is no recording yet', zh: '还没有录制文件' },
      { try: ['ctr demo', 'ctr up --record FILE CONFIG'] },
    );
  }
  if (!voice.quiet && !voice.json) {
    voice.tell(say(voice, { en: `the recording is ${path}`, zh: `录制文件：${path}` }));
  }
  return readRecording(path);
}
