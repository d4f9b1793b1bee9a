import * as z from 'zod/mini';
import { routeTypes, stpModes } from '../facts/index.ts';
import { exitCode, runName, time, version } from './common.ts';
import { found } from './diagnosis.ts';
import { network, resource } from './plan.ts';

const bridge = z.strictObject({
  stp: z
    .enum(stpModes)
    .check(z.describe('who runs the spanning tree protocol: nobody, the kernel or a daemon')),
  forwardDelay: z
    .number()
    .check(z.describe('seconds that a new port listens, and then learns as long')),
  vlan: z.optional(
    z
      .int()
      .check(z.describe('that a new port is put in, 0 for none; absent without VLAN filtering')),
  ),
});

const port = z.strictObject({
  state: z
    .string()
    .check(z.describe('`disabled`, `listening`, `learning`, `forwarding` or `blocking`')),
  isolated: z.boolean().check(z.describe('exchanges no frames with other isolated ports')),
  locked: z
    .boolean()
    .check(z.describe('accepts no frames of senders that the bridge does not know')),
  blind: z.optional(
    z.literal(true).check(z.describe('neither learns senders nor is sent frames for unknown ones')),
  ),
  hairpin: z.optional(
    z.literal(true).check(z.describe('a frame may leave by the port by which it came')),
  ),
});

const link = z.strictObject({
  name: z.string(),
  kind: z.string(),
  group: z.int(),
  mac: z.string(),
  mtu: z.int(),
  up: z.boolean(),
  noArp: z.optional(
    z.literal(true).check(z.describe('neither asks nor answers who has an address')),
  ),
  master: z.optional(z.string()),
  otherEnd: z.optional(
    z.string().check(z.describe('the other end of a veth pair, in the same namespace')),
  ),
  on: z.optional(z.string().check(z.describe('the interface that it is stacked on'))),
  addresses: z.array(z.string()).check(z.describe('with prefix')),
  addresses6: z.optional(
    z.array(z.string()).check(z.describe('IPv6 with prefix: global ones that were set by hand')),
  ),
  nodad6: z.optional(
    z.array(z.string()).check(z.describe('those of a bridge that were set with nodad')),
  ),
  altnames: z.array(z.string()),
  bridge: z.optional(bridge.check(z.describe('of a bridge'))),
  port: z.optional(port.check(z.describe("of a bridge's port"))),
});

const route = z.strictObject({
  to: z.string().check(z.describe('`default`, an address or a subnet')),
  dev: z.optional(z.string().check(z.describe('absent where the route leads nowhere'))),
  gateway: z.optional(z.string()),
  table: z.optional(z.string().check(z.describe('absent for `main`'))),
  type: z.optional(z.enum(routeTypes).check(z.describe('absent for `unicast`'))),
  metric: z.optional(z.int()),
  down: z.optional(z.literal(true).check(z.describe('the interface has no carrier'))),
  another: z.optional(z.literal(true).check(z.describe('another next hop of the one before'))),
});

const inspected = z.strictObject({
  name: z.string(),
  hostname: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  exit_code: exitCode,
  rootfs: z.nullable(z.string()),
  command: z.nullable(z.array(z.string())),
  interfaces: z.array(
    z.strictObject({
      name: z.string(),
      network: z.string(),
      bridge: z.string(),
      address: z.string(),
      address6: z.optional(z.string().check(z.describe('IPv6 with prefix'))),
      gateway6: z.optional(z.nullable(z.string())),
      mac: z.string(),
      host_interface: z.string(),
      gateway: z.nullable(z.string()),
    }),
  ),
  resolvers: z.array(z.string()),
  kernel: z
    .nullable(
      z.strictObject({
        links: z.array(link),
        routes: z.array(route),
        routes6: z.optional(
          z
            .array(
              z.strictObject({
                to: z.string(),
                dev: z.optional(z.string()),
                gateway: z.optional(z.string()),
                advertised: z.optional(z.literal(true)),
                down: z.optional(z.literal(true)),
              }),
            )
            .check(z.describe('of IPv6; absent without an IPv6 address')),
        ),
      }),
    )
    .check(z.describe('what is in its network namespace now')),
});

export const inspect = z.strictObject({
  version,
  name: runName,
  state: z.enum(['up', 'ended']).check(z.describe('of one that has ended little is kept')),
  detached: z.boolean(),
  created: z.nullable(time),
  ended: z.nullable(time),
  networks: z.array(network),
  containers: z.array(inspected),
  sandbox: z
    .nullable(z.strictObject({ pid: z.int(), own_users: z.boolean() }))
    .check(z.describe('the sandbox host that it is in, when it is in one of its own')),
  world: z
    .nullable(z.record(z.string(), z.string()))
    .check(z.describe('the names that a sandbox host can reach, with their addresses')),
  resources: z
    .array(resource)
    .check(z.describe('what its way back removes, in the order in which it was made')),
});

export const inspectPid = z.strictObject({
  version,
  name: z.string(),
  way: z.enum(['pid', 'docker', 'podman', 'netns']).check(z.describe('how it was named')),
  pid: z
    .nullable(z.int())
    .check(z.describe('a process in its network namespace; null for --netns')),
  interfaces: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      up: z.boolean(),
      mac: z.string(),
      addresses: z.array(z.string()),
      gateway: z.nullable(z.string()),
      peer: z
        .nullable(z.strictObject({ place: z.string(), device: z.string(), up: z.boolean() }))
        .check(z.describe('the other end of its veth pair; null where it was not found')),
      bridge: z.nullable(z.string()).check(z.describe('of which the peer is a port')),
      bridge_addresses: z.array(z.string()),
    }),
  ),
  resolvers: z.array(z.string()),
  routes: z.array(z.string()),
  rules: z
    .array(
      z.strictObject({
        does: z.enum(['masquerade', 'snat', 'divert', 'accept', 'drop', 'other']),
        tool: z.string(),
        family: z.string(),
        table: z.string(),
        chain: z.string(),
        text: z.string().check(z.describe('as the tool prints it')),
        direction: z.enum(['out', 'in']),
        certain: z.boolean().check(z.describe('its packets meet it surely')),
      }),
    )
    .check(z.describe('rules of the host that its packets meet on the way to the world and back')),
  fails: z.nullable(found).check(z.describe('what fails first; null when nothing does')),
});
