import type { Resource } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import { madeBy } from '../model/step.ts';
import { isRemovable } from './index.ts';
/** The resources of a command that need a command to remove them. */
export function removableOf(command: Command): readonly Resource[] {
  return madeBy(command).filter(isRemovable);
}
