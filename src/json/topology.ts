import * as z from 'zod/mini';
import { runName, time, version } from './common.ts';

const element = {
  id: z.string().check(z.describe('of names alone: the same object has the same one everywhere')),
  status: z
    .enum(['same', 'new', 'changed', 'gone'])
    .check(z.describe('what a comparison says; `same` where nothing was compared')),
  was: z.optional(
    z.record(z.string(), z.string()).check(z.describe('of what changed: its earlier values')),
  ),
};

const place = z.string().check(z.describe('the id of its place'));

export const topology = z.strictObject({
  version,
  name: runName,
  source: z.strictObject({
    from: z.enum(['plan', 'kernel', 'recording']),
    at: z.optional(time.check(z.describe('when the kernel was read'))),
    step: z.optional(z.int()),
  }),
  places: z.array(
    z.strictObject({
      ...element,
      kind: z.enum(['host', 'container', 'world']),
      name: z.string(),
      pid: z.optional(z.int()),
      names: z.optional(
        z
          .record(z.string(), z.string())
          .check(z.describe('of the world of a sandbox host: its names with their addresses')),
      ),
    }),
  ),
  devices: z.array(
    z.strictObject({
      ...element,
      place,
      name: z.string(),
      kind: z.string(),
      role: z
        .enum(['loopback', 'end', 'port', 'loose', 'bridge', 'uplink'])
        .check(z.describe('`loose`: an end of a veth pair on the host, plugged in nowhere')),
      state: z.enum(['up', 'down', 'no-carrier', 'lower-down']),
      mac: z.string(),
      master: z.optional(z.string().check(z.describe('the id of the bridge that it is a port of'))),
      foreign: z.optional(z.literal(true).check(z.describe('it is not of this run'))),
    }),
  ),
  addresses: z.array(
    z.strictObject({
      ...element,
      device: z.string().check(z.describe('the id of its interface')),
      address: z.string().check(z.describe('with prefix')),
    }),
  ),
  routes: z.array(
    z.strictObject({
      ...element,
      place,
      to: z.string(),
      via: z.optional(z.string()),
      dev: z.string(),
    }),
  ),
  cables: z
    .array(
      z.strictObject({
        ...element,
        ends: z
          .readonly(z.tuple([z.string(), z.string()]))
          .check(z.describe('the ids of both interfaces, first the one that stays on the host')),
      }),
    )
    .check(z.describe('the veth pairs')),
  forwarding: z
    .array(z.strictObject({ ...element, place, dev: z.string() }))
    .check(z.describe('the interfaces of the host that forward')),
  rules: z.array(
    z.strictObject({
      ...element,
      place,
      what: z.enum(['policy', 'between', 'outward', 'answers', 'masquerade', 'nat']),
      value: z
        .string()
        .check(z.describe('ACCEPT or DROP, the subnet, or the rule itself; empty for others')),
      bridge: z.optional(z.string()),
    }),
  ),
});
