import { expect } from '@jest/globals';
import type { HostView } from '../../../src/facts/index.ts';
import { allLosses } from '../../../src/losses/all-losses.ts';
import { couldLose } from '../../../src/losses/quick-look.ts';
import type { Problem } from '../../../src/model/errors.ts';
import type { Lab } from '../../../src/model/lab.ts';

/** What is lost; the quick look must not say that nothing is. */
export function losses(lab: Lab, host: HostView): readonly Problem[] {
  const found = allLosses(lab, host);
  if (found.length > 0) expect(couldLose(lab, host)).toBe(true);
  return found;
}
