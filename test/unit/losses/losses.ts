import { expect } from '@jest/globals';
import { freshFacts } from '../../../rig/fresh-facts.ts';
import type { Facts, HostView } from '../../../src/facts/index.ts';
import { allLosses } from '../../../src/losses/all-losses.ts';
import { project } from '../../../src/losses/project.ts';
import { couldLose } from '../../../src/losses/quick-look.ts';
import type { Problem } from '../../../src/model/errors.ts';
import type { Lab } from '../../../src/model/lab.ts';
import { rulesOf, rulesOfEither } from '../../../src/steps/rules-of.ts';

/** The host as the plan of this lab leaves it. */
export function projected(lab: Lab, facts: Facts): HostView {
  return project(lab, facts, rulesOf(lab, facts));
}

/** All losses. If there are any, the quick look must find that there may be. */
export function losses(lab: Lab, host: HostView): readonly Problem[] {
  const found = allLosses(lab, host, rulesOfEither(lab, freshFacts()));
  if (found.length > 0) expect(couldLose(lab, host)).toBe(true);
  return found;
}
