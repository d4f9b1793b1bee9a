import { CtrError, exitCodes, messageOf, systemCode } from '../model/errors.ts';
import type { Text } from '../model/text.ts';

const files: Text = {
  en: 'too many files are open: the limit is too low (getrlimit(2), RLIMIT_NOFILE)',
  zh: '打开的文件太多：上限太低 (getrlimit(2) RLIMIT_NOFILE)',
};
const processes: Text = {
  en: 'no process can be started: memory or the number of processes is at its limit',
  zh: '无法启动进程：内存不足，或者进程数已到上限',
};
const space: Text = { en: 'there is no space left to write to', zh: '没有可写的空间了' };

/** What the machine has run out of, by errno(3). */
const scarce: Readonly<Record<string, { readonly text: Text; readonly look: string }>> = {
  EMFILE: { text: files, look: 'ulimit -n 1024' },
  ENFILE: { text: files, look: 'sysctl fs.file-max' },
  EAGAIN: { text: processes, look: 'ulimit -u' },
  ENOMEM: { text: processes, look: 'free -m' },
  ENOSPC: { text: space, look: 'df -h' },
  EDQUOT: { text: space, look: 'quota' },
};

/** Converts a system error that reports exhausted resources into a CtrError. @returns undefined for any other error. */
export function scarcity(error: unknown): CtrError | undefined {
  const code = systemCode(error) ?? '';
  if (error instanceof CtrError || !Object.hasOwn(scarce, code)) return undefined;
  const { text, look } = scarce[code] as (typeof scarce)[string];
  return new CtrError('scarce', exitCodes.notReady, text, {
    said: messageOf(error),
    try: [look],
  });
}
