import * as z from 'zod/mini';
import { runName, time, version } from './common.ts';

const watchedLink = z.strictObject({
  name: z.string(),
  state: z.string().check(z.describe('the operational state: UP, DOWN, LOWERLAYERDOWN…')),
  master: z.nullable(z.string()),
  addresses: z.array(z.string()).check(z.describe('IPv4 with prefix')),
});

export const watch = z.strictObject({
  version,
  name: runName,
  reading: z.int().check(z.describe('its number, from 1')),
  time,
  host: z.strictObject({
    links: z.nullable(z.array(watchedLink)),
    rules: z
      .nullable(
        z.array(
          z.strictObject({
            table: z.string(),
            chain: z.string(),
            rule: z.string().check(z.describe('or `policy DROP`')),
            ours: z.boolean().check(z.describe('one of this run')),
            packets: z.nullable(z.int()).check(z.describe('null when nothing counts them')),
            bytes: z.nullable(z.int()),
          }),
        ),
      )
      .check(z.describe('null when they cannot be read')),
    connections: z
      .nullable(
        z.array(
          z.strictObject({
            protocol: z.string(),
            state: z.nullable(z.string()),
            source: z.string(),
            destination: z.string(),
            replies_to: z.string().check(z.describe('to whom replies are addressed')),
            unreplied: z.boolean(),
            id: z.nullable(z.string()).check(z.describe('of an ICMP exchange')),
          }),
        ),
      )
      .check(z.describe('IPv4 connection tracking; null when it cannot be read')),
  }),
  containers: z.array(
    z.strictObject({
      name: z.string(),
      links: z.nullable(z.array(watchedLink)).check(z.describe('null when it has ended')),
    }),
  ),
});
