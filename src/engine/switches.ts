import { readSysctl } from '../facts/sysctls.ts';
import { oursWhile, type UndoOf } from '../undo.ts';
import type { Undone } from './events.ts';

/**
 * Whether a switch is ours to put back, for every way back there is.
 * @returns why it is not, or undefined when it is.
 */
export function spared(
  undo: UndoOf<'restore-sysctl'>,
): Pick<Undone, 'result' | 'reason'> | undefined {
  const now = readSysctl(undo.key);
  if (now === undefined || now === undo.value) return { result: 'gone' };
  for (const [key, value] of oursWhile(undo)) {
    const found = readSysctl(key);
    if (found !== undefined && found !== value) {
      return { result: 'not-ours', reason: `${key}=${found}` };
    }
  }
  return undefined;
}
