import { fuse, joined } from '../model/batch.ts';
import type { Command } from '../model/step.ts';

/** Neighbours that one process can carry out, as one command each; all others as they are. */
export function together(commands: readonly Command[]): readonly Command[] {
  return fuse(commands).flatMap((group) => (group.length === 1 ? group : [joined(group)]));
}
