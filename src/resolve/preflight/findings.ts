import type { Problem } from '../../model/errors.ts';
/** What must hold on the host before the first command; all of it is said at once. */
export interface Preflight {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}
