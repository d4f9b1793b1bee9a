import * as z from 'zod/mini';
import { cidrPattern } from '../config/ipv4.ts';
import { cgroupMounts } from '../facts/cgroup.ts';
import { plainInterfaceName } from '../names.ts';
import type { Undo } from '../undo.ts';

const interfaceName = z.string().check(z.regex(plainInterfaceName));
const containerName = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/));
const subnet = z.string().check(z.regex(cidrPattern));
const chain = z.enum(['FORWARD', 'DOCKER-USER']);

const rule = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('masquerade'), subnet, bridge: interfaceName }),
  z.strictObject({
    rule: z.enum(['between', 'outward', 'answers']),
    chain,
    bridge: interfaceName,
  }),
]);

const shared = z.optional(z.string().check(z.maxLength(200)));

/** An undo as it stands in a state file: nothing else is taken back. */
export const undoSchema: z.ZodMiniType<Undo> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('delete-link'),
    link: interfaceName,
    group: z.int().check(z.positive()),
    shared,
  }),
  z.strictObject({
    kind: z.literal('restore-sysctl'),
    key: z.string().check(z.regex(/^net(\/[A-Za-z0-9._-]+){2,5}$/)),
    value: z.string().check(z.regex(/^\d{1,10}$/)),
    ours: z.string().check(z.regex(/^\d{1,10}$/)),
    shared,
  }),
  z.strictObject({ kind: z.literal('delete-rule'), rule, shared }),
  z.strictObject({ kind: z.literal('end-container'), container: containerName, shared }),
  z.strictObject({
    kind: z.literal('remove-cgroup'),
    mount: z.enum(cgroupMounts),
    cgroup: z.string().check(z.regex(/^ctr\.[a-z][a-z0-9-]{0,30}\.[a-z][a-z0-9-]{0,62}$/)),
    shared,
  }),
]);
