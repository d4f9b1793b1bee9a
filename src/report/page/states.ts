import { patched } from '../../recording/patch.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { PageData } from '../data.ts';

/** The snapshot at each stop; where the host was not read, the one before. */
export function statesOf({ stops }: PageData): readonly (Snapshot | undefined)[] {
  let state: unknown;
  return stops.map(({ patch }) => {
    if (patch !== undefined) state = patched(state, patch);
    return state as Snapshot | undefined;
  });
}
