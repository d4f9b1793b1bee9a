import type { Results } from '../json/results.ts';

/** The whole table, as `ctr lab necessity --json` prints it. */
export type Necessity = Results['lab necessity'];
export type NecessityRow = Necessity['rows'][number];
