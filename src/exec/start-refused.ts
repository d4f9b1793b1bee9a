import { shellQuote } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';

/**
 * What env(1) would say of a program that is not there (127) or is none (126), in our words.
 * @param where it was looked for: `in labex`, `labex 里`.
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
