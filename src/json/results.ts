import * as z from 'zod/mini';
import { stages } from '../diagnosis/cause.ts';
import { promised as promisedKinds } from '../diagnosis/promises.ts';
import { routeTypes, stpModes } from '../facts/index.ts';
import { promiseIds } from '../model/promise.ts';
import { hooks } from '../trace/walk.ts';
import { exitCode, type Frozen, problem, runName, text, time, version } from './common.ts';
import { network, plan, resource } from './plan.ts';

// What each verb prints on standard output under --json: the source of the verbs' result types and of docs/json.md. ctr
// itself does not load this file.

const line = z.string().check(z.describe('a command, as a shell takes it'));

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

const listed = z.strictObject({
  name: runName,
  container: z.string(),
  state: z.enum(['starting', 'running', 'degraded', 'ended', 'dead', 'unreadable', 'attached']),
  pid: z.nullable(z.int()),
  exit_code: exitCode,
  addresses: z.array(z.string()),
  bridges: z.array(z.string()),
  created: z.nullable(time),
  ended: z.nullable(time).check(z.describe('when a run that ended by itself had ended')),
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

const finding = z.strictObject({
  holds: z.boolean(),
  where: z.string().check(z.describe('`host`, or a container')),
  what: text,
  found: z.optional(z.string().check(z.describe('what is there instead'))),
  subject: z.optional(z.string().check(z.describe('the interface that it is about'))),
  fix: z.optional(text),
});

const hint = z.strictObject({ place: z.string(), command: line });

/** A cause that holds now. */
const cause = {
  cause: z.string().check(z.describe('its id, the same in all releases')),
  stage: z.enum(stages).check(z.describe('the link of the causal chain')),
  direction: z.enum(['there', 'back']).check(z.describe('the packet, or its answer')),
  place: z.string().check(z.describe('`host`, `world`, `container NAME`, or `node NAME`')),
  certain: z.boolean().check(z.describe('it stops the packet surely, by its state alone')),
  says: text,
  evidence: z.array(text),
  check: z.array(hint).check(z.describe('commands that show it')),
  fix: z.nullable(hint),
};

const promised = {
  what: z.enum(promisedKinds),
  from: z.string(),
  to: z.string().check(z.describe('IPv4 address')),
  protocol: z.enum(['icmp', 'tcp', 'udp']),
  port: z.nullable(z.int()),
  title: text,
};
const promise = z.strictObject(promised);

const found = z.strictObject(cause);
const diagnosis = z.strictObject({
  kind: z.enum(['arrives', 'named', 'undecided', 'unknown']),
  finding: z.nullable(found).check(z.describe('of `named`: the first broken link')),
  also: z.array(found),
  between: z.array(found).check(z.describe('of `undecided`: what fits the evidence')),
  tell: z.array(text).check(z.describe('what would tell them apart')),
  after: z.nullable(text).check(z.describe('of `unknown`: where it was seen last')),
  remaining: z.array(text).check(z.describe('of `unknown`: what could not be read')),
});

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

const watchedLink = z.strictObject({
  name: z.string(),
  state: z.string().check(z.describe('the operational state: UP, DOWN, LOWERLAYERDOWN…')),
  master: z.nullable(z.string()),
  addresses: z.array(z.string()).check(z.describe('IPv4 with prefix')),
});

const holds = z.boolean().check(z.describe('whether all is as the plan made it'));

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

const topology = z.strictObject({
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

const mode = z.strictObject({
  ready: z.boolean(),
  blocked_by: z.array(z.string()).check(z.describe('the ids of findings')),
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

export const results = {
  up: z.strictObject({ version, name: runName }),
  plan,
  down: z.strictObject({
    version,
    runs: z.array(
      z.strictObject({
        name: runName,
        undone: z.array(line).check(z.describe('what was run and has worked')),
        in_use: z.array(line).check(z.describe('what was left, since somebody else uses it')),
      }),
    ),
  }),
  gc: z.strictObject({
    version,
    dry_run: z.boolean(),
    recovered: z.array(z.string()).check(z.describe('dead runs that were taken back, or would be')),
    removed: z.int().check(z.describe('how many things without a record were removed')),
    commands: z.array(line).check(z.describe('of a dry run: what would remove them')),
  }),
  ps: z.strictObject({ version, containers: z.array(listed) }),
  'inspect --pid': z.strictObject({
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
      .check(
        z.describe('rules of the host that its packets meet on the way to the world and back'),
      ),
    fails: z.nullable(found).check(z.describe('what fails first; null when nothing does')),
  }),
  inspect: z.strictObject({
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
  }),
  graph: topology,
  check: z.strictObject({ version, name: runName, holds, findings: z.array(finding) }),
  'check --stage': z.strictObject({
    version,
    name: runName,
    stage: z.int().check(z.describe('how many steps of the plan are done there')),
    of: z.int().check(z.describe('how many steps the plan has')),
    holds,
    findings: z.array(
      z.strictObject({
        problem: z
          .enum(['missing', 'extra'])
          .check(z.describe('missing: an earlier step makes it. extra: only a later one does')),
        step: z.int(),
        id: z.string(),
        line: z.string().check(z.describe('the command that makes it')),
        what: text,
      }),
    ),
  }),
  goto: z.strictObject({
    version,
    name: runName,
    at: z.int().check(z.describe('how many steps of the plan are done')),
    of: z.int().check(z.describe('how many steps the plan has')),
    equal: z
      .boolean()
      .check(z.describe('the state is what it was when this stage was first reached')),
  }),
  trace: z.strictObject({
    version,
    name: runName,
    arrives: z.boolean(),
    from: z.string().check(z.describe('`host`, `world`, `container NAME`, or `node NAME`')),
    target: z.string().check(z.describe('as it was asked for')),
    to: z.nullable(z.string()).check(z.describe('IPv4 address; null when the name has none')),
    walk: z.nullable(walk).check(z.describe('null when nothing was sent')),
    diagnosis,
    kernel: z.optional(kernelWord).check(z.describe('with --kernel')),
  }),
  why: z.strictObject({
    version,
    name: runName,
    holds: z.boolean().check(z.describe('whether nothing is wrong')),
    findings: z
      .array(z.strictObject({ ...cause, breaks: z.array(promise) }))
      .check(z.describe('what is wrong, the worst first; then what may be')),
    open: z
      .array(
        z.strictObject({
          promise,
          kind: z.enum(['undecided', 'unknown']),
          between: z.array(z.string()).check(z.describe('causes that remain')),
          after: z.nullable(text).check(z.describe('how far it gets')),
          remaining: z.array(text).check(z.describe('what would tell, or could not be read')),
        }),
      )
      .check(z.describe('promises that do not hold, or may not, for no reason that is certain')),
  }),
  'check --probe': z.strictObject({
    version,
    name: runName,
    holds,
    findings: z.array(finding),
    promises: z.array(z.strictObject({ ...promised, holds: z.nullable(z.boolean()) })),
    diagnosis: z.nullable(diagnosis).check(z.describe('of the first promise that fails')),
  }),
  watch: z.strictObject({
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
  }),
  repair: z.strictObject({
    version,
    name: runName,
    holds,
    commands: z.int().check(z.describe('how many were run')),
    findings: z.array(finding).check(z.describe('what still does not hold')),
  }),
  replay: z.strictObject({
    version,
    name: runName,
    made: time,
    kernel: z.string().check(z.describe('the release of Linux on which it was recorded')),
    place: z.enum(['host', 'sandbox']),
    whole: z.boolean().check(z.describe('false when ctr was killed while it recorded')),
    stops: z.array(
      z.strictObject({
        kind: z
          .enum(['start', 'step', 'back', 'by-hand', 'end'])
          .check(z.describe('start: before the first step; end: after the way back')),
        step: z.nullable(z.int()).check(z.describe('its number, from 0')),
        id: z.nullable(z.string()),
        title: z.nullable(text),
        ms: z.number().check(z.describe('since the recording began')),
        commands: z.array(line),
        changes: z
          .nullable(
            z.array(
              z.strictObject({
                place: z.string().check(z.describe('`host`, `world`, or a container')),
                op: z.enum(['added', 'removed', 'changed', 'moved']),
                object: z.string(),
                of: z.string(),
                field: z.optional(z.string()),
                dev: z.optional(z.string().check(z.describe('the interface it belongs to'))),
                kind: z.optional(z.string()),
                from: z.optional(z.string()),
                to: z.optional(z.string()),
                cause: z
                  .enum(['asked', 'surprise'])
                  .check(z.describe('surprise: no command asked for it')),
                why: z.optional(text),
                minor: z.optional(z.literal(true)),
              }),
            ),
          )
          .check(z.describe('since the stop before; null where the host was not read')),
      }),
    ),
  }),
  report: z.strictObject({
    version,
    file: z.string(),
    format: z.enum(['html', 'md', 'worksheet']),
    bytes: z.int(),
  }),
  'lab necessity': z.strictObject({
    version,
    name: runName,
    drop: z.boolean().check(z.describe('the FORWARD chain of the host drops what nobody accepts')),
    promises: z
      .array(
        z.strictObject({
          id: z.enum(promiseIds),
          title: text,
          tests: z
            .array(z.strictObject({ container: z.string(), line }))
            .check(z.describe('what tests it, in the containers that keep it')),
        }),
      )
      .check(z.describe('those that the whole plan keeps')),
    not_kept: z
      .array(z.strictObject({ promise: z.enum(promiseIds), container: z.string() }))
      .check(z.describe('that the whole plan does not keep either: nothing is said about them')),
    rows: z.array(
      z.strictObject({
        row: z.int(),
        act: z
          .enum(['leave-out', 'remove'])
          .check(z.describe('never run, or taken away once the run was up')),
        step: z.string(),
        of: z.string(),
        title: text.check(z.describe('of the step')),
        purpose: z.string().check(z.describe('the step, and what the command makes first')),
        line: line.check(z.describe('what was left out or what removed; pids are shell variables')),
        stops: z
          .optional(
            z.strictObject({
              row: z.int().check(z.describe('the command that failed')),
              said: z.string(),
            }),
          )
          .check(z.describe('the run did not come up')),
        breaks: z.array(
          z.strictObject({ promise: z.enum(promiseIds), containers: z.array(z.string()) }),
        ),
        means: z.optional(
          text.check(z.describe('what the command is for, where no promise needs it')),
        ),
      }),
    ),
  }),
  'cni install': z.strictObject({
    version,
    plugin: z.string().check(z.describe('path of the wrapper that engines call')),
    network: z.string().check(z.describe('path of the network configuration list')),
  }),
  'cni remove': z.strictObject({ version, removed: z.array(z.string()) }),
  'cni example': z.strictObject({ version, files: z.array(z.string()) }),
  'cni log': z.strictObject({
    version,
    lines: z.array(
      z.strictObject({
        at: z.string().check(z.describe('ISO 8601')),
        command: z.string().check(z.describe('what the engine asked: ADD, DEL, …')),
        container: z.string(),
        ifname: z.string(),
        network: z.string(),
        ran: z.optional(z.string().check(z.describe('a command, as a shell takes it'))),
        why: z.optional(z.string()),
        result: z.string(),
      }),
    ),
  }),
  'rootfs create': z.strictObject({ version, directory: z.string(), from: z.string() }),
  validate: z.strictObject({
    version,
    valid: z.boolean(),
    problems: z.array(problem),
    warnings: z.array(problem),
    config: z.nullable(z.looseObject({})).check(z.describe('in its canonical form')),
  }),
  init: z.strictObject({ version, file: z.string() }),
  explain: z.strictObject({
    version,
    topics: z.array(z.strictObject({ name: z.string(), title: text })),
  }),
  'explain codes': z.strictObject({
    version,
    codes: z
      .array(
        z.strictObject({
          code: z.string().check(z.describe('of a problem, or the name of an error')),
          means: text,
          fix: text,
          exit_codes: z
            .array(z.int())
            .check(z.describe('of an error, all that ctr can end with; empty for a problem')),
        }),
      )
      .check(z.describe('all of them; `explain CODE` has that one')),
  }),
  'explain words': z.strictObject({
    version,
    steps: z.array(
      z.strictObject({
        id: z.string(),
        form: text.check(z.describe('which plan the step is in')),
        title: text,
        why: text,
        commands: z.array(line).check(z.describe('of an example; pids are shell variables')),
        undo: z.array(line),
        makes: z.array(z.strictObject({ kind: z.string(), name: z.string() })),
        tutorial: z
          .array(z.strictObject({ name: z.string(), sends: text }))
          .check(z.describe('what the C++ tutorial calls')),
      }),
    ),
    kinds: z.array(z.strictObject({ kind: z.string(), means: text, see: line, gone: text })),
    terms: z.array(
      z.strictObject({ term: z.string(), title: text, means: text, see: z.optional(line) }),
    ),
    answers: z
      .array(z.strictObject({ answer: z.string(), means: text, causes: z.array(text), cure: text }))
      .check(z.describe('what the kernel or a tool answered')),
    commands: z.array(
      z.strictObject({
        line,
        statements: z
          .array(
            z.strictObject({
              line,
              level: z
                .int()
                .check(z.describe('above 0 for a shell text or input of the one before')),
              words: z.array(
                z.strictObject({
                  text: z.string().check(z.describe('as typed')),
                  level: z.int().check(z.describe('above 0 for a part of the word before')),
                  means: z.nullable(text).check(z.describe('null if ctr does not know it')),
                }),
              ),
            }),
          )
          .check(z.describe('the command itself first')),
        undo: z.nullable(text).check(z.describe('a command, or why there is none')),
        steps: z.array(z.string()).check(z.describe('that run such a command')),
        packet_path: z.nullable(z.string().check(z.describe('where a firewall rule is looked at'))),
        note: z.nullable(text),
        unknown: z.array(text).check(z.describe("where ctr's knowledge ends")),
      }),
    ),
  }),
  doctor: z.strictObject({
    version,
    machine: z.strictObject({
      distribution: z.string(),
      kernel: z.string(),
      architecture: z.string(),
      node: z.string(),
    }),
    modes: z
      .strictObject({ sandbox: mode, root: mode })
      .check(z.describe('the ways to use ctr: in a sandbox host, and on this host as root')),
    findings: z.array(
      z.strictObject({
        area: z.string().check(z.describe('the part of the report')),
        id: z.string().check(z.describe('stable; listed in docs/doctor.md')),
        severity: z.enum(['ok', 'note', 'problem']),
        message: text,
        said: z.optional(z.string().check(z.describe("the tool's own words"))),
        means: z.optional(text),
        fixes: z
          .array(
            z.strictObject({
              command: line,
              costs: z.optional(text.check(z.describe('what it does to the machine'))),
            }),
          )
          .check(z.describe('each is a choice of its own')),
        blocks: z.array(z.enum(['sandbox', 'root'])),
      }),
    ),
  }),
  version: z.strictObject({ version, release: z.string().check(z.describe('of the program')) }),
} as const;

export type Results = {
  readonly [Verb in keyof typeof results]: Omit<Frozen<z.infer<(typeof results)[Verb]>>, 'version'>;
};
