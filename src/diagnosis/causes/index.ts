import type { Cause } from '../cause.ts';
import { bridge } from './bridge.ts';
import { link } from './link.ts';
import { neighbour } from './neighbour.ts';
import { output } from './output.ts';
import { route } from './route.ts';
import { routing } from './routing.ts';
import { source } from './source.ts';

/** The table, in causal order. A family is one file and one line here. */
export const causes: readonly Cause[] = [
  ...source,
  ...route,
  ...output,
  ...neighbour,
  ...link,
  ...bridge,
  ...routing,
];
