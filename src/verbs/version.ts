import type { Voice } from '../context.ts';
import { exitCodes } from '../errors.ts';
import { printResult } from '../render/result.ts';

/** `ctr version`. */
export function tellVersion(voice: Voice, release: string): number {
  if (voice.json) printResult(voice, 'version', { release });
  else voice.print(release);
  return exitCodes.done;
}
