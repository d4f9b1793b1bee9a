import type { Resource } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import { madeBy } from '../model/step.ts';
import { isRemovable } from './index.ts';
/** Of what a command makes, what is removed by a command of its own. */
export function removableOf(command: Command): readonly Resource[] {
  return madeBy(command).filter(isRemovable);
}
