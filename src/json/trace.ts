import * as z from 'zod/mini';
import { hooks } from '../trace/walk.ts';
import { runName, text, version } from './common.ts';
import { diagnosis } from './diagnosis.ts';

const header = z.strictObject({
  source: z.string(),
  destination: z.string(),
  sourcePort: z.optional(z.int()),
  destinationPort: z.optional(z.int()),
  ttl: z.int(),
  id: z.int().check(z.describe('IP identification')),
  length: z.int(),
  sourceMac: z.optional(z.string()),
  destinationMac: z.optional(z.string()),
  icmp: z.optional(
    z.strictObject({
      type: z.int(),
      code: z.int(),
      id: z.optional(z.int()),
      sequence: z.optional(z.int()),
    }),
  ),
  flags: z.optional(z.string().check(z.describe('of TCP'))),
});

const matchedRule = z.strictObject({
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  text: z.string().check(z.describe('as nft prints it, or `policy drop`')),
  verdict: z.string(),
  handle: z.optional(z.int()),
  line: z.optional(z.string().check(z.describe('as iptables-save prints it'))),
});

const hop = z.strictObject({
  place: z.string(),
  direction: z.enum(['there', 'back']),
  layer: z.enum(['netdev', 'bridge', 'ip']),
  hook: z.enum(hooks),
  in: z.optional(z.string()),
  out: z.optional(z.string()),
  header: header.check(z.describe('as the packet enters the hook')),
  leaves: z.optional(header.check(z.describe('as it leaves the hook, where that differs'))),
  bridged: z.optional(
    z.literal(true).check(z.describe('br_netfilter calls the IP hook for a frame in the bridge')),
  ),
  lost: z.optional(
    z
      .literal(true)
      .check(z.describe('it did not leave the hook, and no rule that nft shows is why')),
  ),
  beyond: z.optional(
    z.literal(true).check(z.describe('it left to where nobody watched, and was not seen again')),
  ),
  rules: z.array(matchedRule).check(z.describe('of others, that matched here')),
  dropped: z.optional(matchedRule.check(z.describe('what dropped it here'))),
});

const walk = z.strictObject({
  probe: z.strictObject({
    protocol: z.enum(['icmp', 'tcp', 'udp']),
    from: z.string(),
    to: z.string(),
    name: z.optional(z.string()),
    port: z.optional(z.int()),
    size: z.optional(z.int()),
  }),
  outcome: z.union([
    z.strictObject({ kind: z.literal('answered'), milliseconds: z.number() }),
    z.strictObject({ kind: z.enum(['silent', 'refused']) }),
    z.strictObject({
      kind: z.literal('unreachable'),
      by: z.string(),
      type: z.int(),
      code: z.int(),
    }),
    z.strictObject({ kind: z.literal('not-sent'), errno: z.string(), said: z.string() }),
  ]),
  hops: z.array(hop).check(z.describe('in the order of the way')),
  watched: z.array(z.string()),
  blind: z
    .array(z.strictObject({ place: z.string(), why: z.string() }))
    .check(z.describe('places that could not be watched')),
  arp: z.array(
    z.strictObject({
      place: z.string(),
      hook: z.enum(['ingress', 'egress']),
      device: z.string(),
      operation: z.enum(['request', 'reply']),
      sender: z.optional(z.strictObject({ address: z.string(), mac: z.string() })),
      target: z.optional(z.string()),
      sourceMac: z.optional(z.string()),
      destinationMac: z.optional(z.string()),
    }),
  ),
  copies: z
    .array(z.strictObject({ place: z.string(), in: z.string() }))
    .check(z.describe('where a flooded frame went too')),
  decisions: z
    .array(
      z.strictObject({
        place: z.string(),
        to: z.string(),
        from: z.optional(z.string()),
        in: z.optional(z.string()),
        type: z.optional(z.string()),
        out: z.optional(z.string()),
        gateway: z.optional(z.string()),
        neighbour: z.optional(
          z.strictObject({ address: z.string(), mac: z.optional(z.string()), state: z.string() }),
        ),
        port: z.optional(z.string().check(z.describe('of the bridge, behind which that one is'))),
        tunnel: z.optional(
          z
            .strictObject({
              device: z.string(),
              vni: z.int(),
              local: z.optional(z.string()),
              remote: z.optional(z.string()),
            })
            .check(z.describe('the VXLAN into which it goes, with the addresses of its ends')),
        ),
        refused: z.optional(z.string().check(z.describe('what ip said instead of a route'))),
      }),
    )
    .check(z.describe('the routes that the kernel chose')),
  counters: z
    .record(z.string(), z.record(z.string(), z.number()))
    .check(z.describe('by how much they grew, by place')),
});

/** What the kernel itself said about a probe (tracefs). */
const kernelWord = z.strictObject({
  asked: z.boolean().check(z.describe('false where it could not be asked; `says` tells why')),
  says: z.array(text),
  end: z.optional(z.enum(['dropped', 'no-route', 'no-neighbour', 'nothing'])),
  verdict: z
    .optional(z.enum(['agrees', 'disagrees', 'silent']))
    .check(z.describe('whether it fits the diagnosis; silent where one of them names nothing')),
  fits: z
    .optional(z.array(z.string()))
    .check(z.describe('causes that remain in the diagnosis and fit, where others do not')),
  reason: z
    .optional(z.nullable(z.string()))
    .check(z.describe('the drop reason, as in include/net/dropreason-core.h')),
  location: z.optional(z.nullable(z.string())).check(z.describe('the function that dropped it')),
  errno: z
    .optional(z.nullable(z.int()))
    .check(z.describe('of the route lookup that failed, negative')),
  place: z.optional(z.nullable(z.string())),
  packet: z.optional(z.nullable(z.enum(['probe', 'answer', 'copy', 'arp', 'other']))),
  sure: z
    .optional(z.boolean())
    .check(z.describe('false when it may have been the packet of somebody else')),
  found: z.optional(z.boolean()).check(z.describe('whether the probe is among the events')),
  missed: z.optional(z.int()).check(z.describe('events that did not fit into the buffer')),
  lacks: z.optional(z.array(z.string())).check(z.describe('events that this kernel lacks')),
  events: z
    .optional(z.array(z.looseObject({ event: z.string(), ms: z.number() })))
    .check(z.describe('what the kernel did with the probe, its answer and their ARP packets')),
});

export const trace = z.strictObject({
  version,
  name: runName,
  arrives: z.boolean(),
  from: z.string().check(z.describe('`host`, `world`, `container NAME`, or `node NAME`')),
  target: z.string().check(z.describe('as it was asked for')),
  to: z.nullable(z.string()).check(z.describe('IPv4 address; null when the name has none')),
  walk: z.nullable(walk).check(z.describe('null when nothing was sent')),
  diagnosis,
  kernel: z.optional(kernelWord).check(z.describe('with --kernel')),
});
