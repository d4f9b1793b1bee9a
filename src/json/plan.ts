import * as z from 'zod/mini';
import { addressFamilies, portProtocols } from '../model/ports.ts';
import { resourceSchema } from '../model/resource-schema.ts';
import { type Frozen, runName, text, version } from './common.ts';

export const resource = resourceSchema().check(
  z.describe('as values; which keys there are depends on its kind'),
);

const argument = z.union([
  z.string(),
  z
    .strictObject({
      pid_of: z.string(),
      before: z.optional(z.string()),
      after: z.optional(z.string()),
    })
    .check(z.describe("holds the pid of that container's first process, once there is one")),
]);

const argv = z.array(argument);

const planned = {
  argv,
  where: z.optional(
    z
      .strictObject({ container: z.string(), namespaces: z.array(z.string()) })
      .check(z.describe('the namespaces that it enters; absent on the host')),
  ),
  input: z.optional(
    z
      .union([z.string(), z.array(argv)])
      .check(z.describe('standard input: a text, or lines of words')),
  ),
  makes: z.array(resource).check(z.describe('what there is once it has run')),
  removes: z.optional(z.array(resource)),
  starts: z.optional(z.string().check(z.describe('the container whose first process this is'))),
  gates: z.optional(
    z.array(z.string()).check(z.describe('containers that read the standard output')),
  ),
};

const command = z.strictObject({
  line: z.string().check(z.describe('the command, as a shell takes it')),
  ...planned,
  batch: z.optional(
    z.array(z.strictObject(planned)).check(z.describe('commands that this one does the work of')),
  ),
  undo_lines: z.array(z.string()),
});

export const network = z.strictObject({
  name: z.string(),
  bridge: z.string(),
  mac: z.string(),
  subnet: z.string(),
  prefix: z.int(),
  gateway: z.string(),
  mtu: z.int(),
  masquerade: z.boolean(),
  masqueradeExcept: z.optional(z.string()),
  firewall: z.optional(z.literal('nftables')),
  besideOthers: z.optional(
    z.literal(true).check(z.describe('the bridge may have networks of other subnets as well')),
  ),
  ipv6: z.optional(
    z
      .strictObject({
        subnet: z.string(),
        prefix: z.int(),
        gateway: z.string(),
        masquerade: z.boolean(),
      })
      .check(z.describe('absent where the network has no IPv6')),
  ),
});

const publishedPort = z.strictObject({
  protocol: z.enum(portProtocols),
  address: z
    .nullable(z.string())
    .check(z.describe("the host's address that it is published on; null for all of them")),
  family: z.optional(
    z
      .enum(addressFamilies)
      .check(z.describe('where every address of one family alone is meant: 0.0.0.0 or [::]')),
  ),
  first: z.int().check(z.describe('the first port of the host')),
  last: z.int(),
  to: z.int().check(z.describe("the container's port that the first one leads to")),
});

const attachment = z.strictObject({
  container: z.string(),
  network,
  device: z.string().check(z.describe('its name inside')),
  outer: z.string().check(z.describe("the host's end of the cable")),
  inner: z.string().check(z.describe('the other end, while it is on the host')),
  outer_mac: z.string(),
  mac: z.string(),
  address: z.string(),
  prefix: z.int(),
  broadcast: z.string(),
  gateway: z.nullable(z.string()),
  ipv6: z.optional(
    z
      .strictObject({ address: z.string(), gateway: z.nullable(z.string()) })
      .check(z.describe('absent where the network has no IPv6')),
  ),
  ports: z.optional(z.array(publishedPort).check(z.describe('ports of the host that lead here'))),
});

const container = z.strictObject({
  name: z.string(),
  hostname: z.string(),
  rootfs: z.string(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  working_dir: z.string(),
  first_user: z
    .nullable(z.int())
    .check(z.describe('what its user 0 is on the host; null without a user namespace')),
  limits: z.strictObject({
    memory: z.nullable(z.int()).check(z.describe('bytes')),
    pids: z.nullable(z.int()),
  }),
  attachments: z.array(attachment),
  resolvers: z.array(z.string()),
  search: z.array(z.string()),
  resolver_options: z.array(z.string()),
  hosts: z.array(z.strictObject({ address: z.string(), names: z.array(z.string()) })),
});

const step = z.strictObject({
  id: z.string(),
  of: z.string().check(z.describe('the network, container or interface it is for')),
  lane: z.optional(
    z
      .tuple([z.string(), z.string()])
      .check(
        z.describe(
          'the phase and the lane: steps of one phase in different lanes do not need each other',
        ),
      ),
  ),
  title: text,
  why: text,
  commands: z.array(command),
  inherits: z.optional(
    z
      .array(resource)
      .check(z.describe('made by a run that is up; the last run that uses it removes it')),
  ),
  merges: z.optional(z.strictObject({ steps: z.array(z.string()), saves: text })),
});

export const plan = z.strictObject({
  version,
  name: runName,
  fast: z.boolean(),
  lab: z
    .strictObject({
      name: z.string(),
      networks: z.array(network),
      containers: z.array(container),
      uplinks: z.array(z.string()),
    })
    .check(z.describe('the config with every `auto` decided')),
  steps: z.array(step),
  teardown: z.array(step).check(z.describe('the way back, when no other run uses anything of it')),
});

export type ShownPlan = Frozen<z.infer<typeof plan>>;
export type ShownContainer = ShownPlan['lab']['containers'][number];
export type ShownArgv = Frozen<z.infer<typeof argv>>;
export type ShownCommand = Frozen<z.infer<typeof command>>;
