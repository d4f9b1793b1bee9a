import type { Family } from '../family.ts';
import { bridge } from './bridge.ts';
import { bridgeNetfilter } from './bridge-netfilter.ts';
import { cable } from './cable.ts';
import { conntrack } from './conntrack.ts';
import { duplicates } from './duplicates.ts';
import { forward } from './forward.ts';
import { forwarding } from './forwarding.ts';
import { harmless } from './harmless.ts';
import { hostRoute } from './host-route.ts';
import { ingress } from './ingress.ts';
import { ipv6 } from './ipv6.ts';
import { mtu } from './mtu.ts';
import { name } from './name.ts';
import { neighbour } from './neighbour.ts';
import { output } from './output.ts';
import { outside } from './outside.ts';
import { plan } from './plan.ts';
import { port } from './port.ts';
import { prefix } from './prefix.ts';
import { published } from './published.ts';
import { reply } from './reply.ts';
import { reversePath } from './reverse-path.ts';
import { route } from './route.ts';
import { source } from './source.ts';
import { subnet } from './subnet.ts';
import { target } from './target.ts';
import { translation } from './translation.ts';
import { uplink } from './uplink.ts';

/** In the order of the causal chain. */
export const families: readonly Family[] = [
  name,
  source,
  route,
  prefix,
  output,
  neighbour,
  duplicates,
  cable,
  port,
  bridge,
  bridgeNetfilter,
  ingress,
  reversePath,
  forwarding,
  hostRoute,
  subnet,
  forward,
  translation,
  conntrack,
  published,
  uplink,
  mtu,
  target,
  reply,
  ipv6,
  plan,
  outside,
  harmless,
];
