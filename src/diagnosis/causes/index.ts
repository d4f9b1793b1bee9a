import type { Cause } from '../cause.ts';
import { bridge } from './bridge.ts';
import { forward } from './forward.ts';
import { ingress } from './ingress.ts';
import { link } from './link.ts';
import { name } from './name.ts';
import { neighbour } from './neighbour.ts';
import { output } from './output.ts';
import { reply } from './reply.ts';
import { route } from './route.ts';
import { routing } from './routing.ts';
import { source } from './source.ts';
import { target } from './target.ts';
import { translation } from './translation.ts';
import { uplink } from './uplink.ts';

/** The table, in causal order. A family is one file and one line here. */
export const causes: readonly Cause[] = [
  ...name,
  ...source,
  ...route,
  ...output,
  ...neighbour,
  ...link,
  ...bridge,
  ...ingress,
  ...routing,
  ...forward,
  ...translation,
  ...uplink,
  ...target,
  ...reply,
];
