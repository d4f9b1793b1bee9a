import { fuse, joined } from '../model/batch.ts';
import type { Command } from '../model/step.ts';

/** Joins adjacent commands that one process can run; leaves all others unchanged. */
export function together(commands: readonly Command[]): readonly Command[] {
  return fuse(commands).flatMap((group) => (group.length === 1 ? group : [joined(group)]));
}
