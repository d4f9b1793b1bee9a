import { expect } from '@jest/globals';
import type { HostView } from '../../../src/facts/index.ts';
import { allLosses } from '../../../src/losses/all-losses.ts';
import { couldLose } from '../../../src/losses/quick-look.ts';
import type { Problem } from '../../../src/model/errors.ts';
import type { Lab } from '../../../src/model/lab.ts';

/** All losses. If there are any, the quick look must find that there may be. */
export function losses(lab: Lab, host: HostView): readonly Problem[] {
  const found = allLosses(lab, host);
  if (found.length > 0) expect(couldLose(lab, host)).toBe(true);
  return found;
}
