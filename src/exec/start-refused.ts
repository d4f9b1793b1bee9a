import { shellQuote } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';

/**
 * The error for a program that does not exist (exit code 127) or is not executable (126), with env(1)'s exit codes.
 * @param where the place that was searched: `in labex`, `labex 里`.
 */
export function cannotStart(
  where: Text,
  program: string,
  found: 'not-found' | 'not-executable',
): CtrError {
  const shown = shellQuote(program);
  return found === 'not-found'
    ? new CtrError('no-such-program', exitCodes.notFound, {
        en: `there is no ${shown} ${where.en}`,
        zh: `${where.zh}没有 ${shown}`,
      })
    : new CtrError('not-executable', exitCodes.notExecutable, {
        en: `${shown} ${where.en} is not executable`,
        zh: `${where.zh}的 ${shown} 不可执行`,
      });
}
