import { exitCodes } from '../model/errors.ts';
import { printResult } from '../render/result.ts';
import type { Voice } from '../run/context.ts';

export function tellVersion(voice: Voice, release: string): number {
  if (voice.json) printResult(voice, 'version', { release });
  else voice.print(release);
  return exitCodes.done;
}
