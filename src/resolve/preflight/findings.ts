import type { Problem } from '../../model/errors.ts';
/** Everything that is wrong with the host, reported before the first command. */
export interface Preflight {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}
