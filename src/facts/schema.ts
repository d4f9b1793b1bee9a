import * as z from 'zod/mini';
import { addressPattern, cidrPattern } from '../model/ipv4.ts';
import { isAddress6, isCidr6 } from '../model/ipv6.ts';
import { portProtocols } from '../model/ports.ts';
import { cgroupMounts, type Resource } from '../model/resource.ts';
import { isResource } from '../model/resource-schema.ts';
import { type Facts, routeTypes, ruleActions, stpModes } from './index.ts';
import { capabilityNames } from './privilege.ts';

function matching(pattern: RegExp) {
  return z.string().check(z.regex(pattern));
}

const text = z.string().check(z.maxLength(200_000));
const count = z.int().check(z.nonnegative());
/** A path that needs quoting neither in a shell nor in fstab(5). */
const plainPath = matching(/^\/[A-Za-z0-9._+/-]*$/);
const address = matching(addressPattern);
const cidr = matching(cidrPattern);
const eitherAddress = z
  .string()
  .check(z.refine((text) => addressPattern.test(text) || isAddress6(text)));
const sixOrCidr = z.string().check(z.refine((text) => isAddress6(text) || isCidr6(text)));

/** Checks facts from a file strictly, since the planner puts their values into commands. */
const factsSchema = z.strictObject({
  version: z.literal(1),
  kernel: text,
  uid: count,
  userIds: count,
  cgroup: z.nullable(
    z.strictObject({
      mount: z.enum(cgroupMounts),
      controllers: z.array(matching(/^[a-z_]+$/)),
      netns: count,
    }),
  ),
  missingCapabilities: z.array(z.enum(capabilityNames)),
  terminal: z.nullable(matching(/^[A-Za-z0-9._+-]{1,32}$/)),
  tools: z.record(text, z.nullable(text)),
  versions: z.record(text, text),
  links: z.array(
    z.strictObject({
      name: text,
      kind: text,
      group: count,
      mac: text,
      mtu: count,
      up: z.boolean(),
      noArp: z.optional(z.literal(true)),
      master: z.optional(text),
      on: z.optional(text),
      otherEnd: z.optional(text),
      addresses: z.array(cidr),
      addresses6: z.optional(z.array(text)),
      nodad6: z.optional(z.array(text)),
      altnames: z.array(text),
      bridge: z.optional(
        z.strictObject({
          stp: z.enum(stpModes),
          forwardDelay: z.number(),
          vlan: z.optional(count),
        }),
      ),
      port: z.optional(
        z.strictObject({
          state: text,
          isolated: z.boolean(),
          locked: z.boolean(),
          blind: z.optional(z.literal(true)),
          hairpin: z.optional(z.literal(true)),
        }),
      ),
    }),
  ),
  routes: z.array(
    z.strictObject({
      to: z.union([z.literal('default'), address, cidr]),
      dev: z.optional(text),
      gateway: z.optional(text),
      table: z.optional(text),
      type: z.optional(z.enum(routeTypes)),
      metric: z.optional(count),
      down: z.optional(z.literal(true)),
      another: z.optional(z.literal(true)),
    }),
  ),
  rules: z.optional(
    z.array(
      z.strictObject({
        priority: count,
        action: z.optional(z.enum(ruleActions)),
        table: z.optional(text),
        target: z.optional(count),
        from: z.optional(cidr),
        to: z.optional(cidr),
        iif: z.optional(text),
        oif: z.optional(text),
        mark: z.optional(count),
        mask: z.optional(count),
        not: z.optional(z.literal(true)),
        suppress: z.optional(count),
        partly: z.optional(z.literal(true)),
      }),
    ),
  ),
  neighbours: z.optional(z.array(z.strictObject({ address, dev: text, mac: text, state: text }))),
  sysctls: z.record(text, matching(/^\d{1,10}$/)),
  firewall: z.strictObject({
    readable: z.boolean(),
    forwardPolicy: z.enum(['ACCEPT', 'DROP']),
    dockerUser: z.boolean(),
    ours: z.array(text),
    oursBeside: z.partialRecord(z.enum(['iptables-legacy', 'iptables-nft']), z.array(text)),
    unread: z.array(text),
    chains: z.array(
      z.strictObject({
        tool: z.enum(['iptables', 'iptables-legacy', 'iptables-nft', 'nft']),
        family: z.enum(['ip', 'inet', 'bridge', 'netdev', 'arp']),
        table: text,
        name: text,
        base: z.optional(
          z.strictObject({
            hook: text,
            type: text,
            priority: z.int(),
            policy: z.enum(['accept', 'drop']),
            devices: z.optional(z.array(text)),
          }),
        ),
        rules: z.array(text),
      }),
    ),
    sets: z.record(text, z.string().check(z.maxLength(10_000_000))),
  }),
  ports: z.optional(
    z.strictObject({
      listeners: z.array(
        z.strictObject({
          protocol: z.enum(portProtocols),
          address: eitherAddress,
          port: count,
          by: z.optional(text),
        }),
      ),
      sctp: z.boolean(),
    }),
  ),
  ipv6: z.optional(
    z.strictObject({
      present: z.boolean(),
      routes: z.array(
        z.strictObject({
          to: z.union([z.literal('default'), sixOrCidr]),
          dev: z.optional(text),
          gateway: z.optional(text),
          advertised: z.optional(z.literal(true)),
          down: z.optional(z.literal(true)),
        }),
      ),
      ours: z.array(text),
      tables: z.optional(
        z.array(
          z.strictObject({
            family: z.literal('ip6'),
            table: text,
            bridge: z.optional(text),
            run: z.optional(text),
            rules: z.array(z.strictObject({ chain: text, text })),
            foreign: z.array(text),
            chains: z.array(text),
          }),
        ),
      ),
      neighbours: z.optional(
        z.array(
          z.strictObject({
            address: z.string().check(z.refine(isAddress6)),
            dev: text,
            mac: text,
          }),
        ),
      ),
    }),
  ),
  resolvers: z.array(address),
  stagingDirectories: z.array(plainPath),
  kernelPaths: z.array(plainPath),
  helper: z.array(plainPath),
  rootfs: z.record(
    text,
    z.strictObject({
      state: z.enum(['directory', 'missing', 'not-a-directory', 'unreadable']),
      realPath: matching(/^\/[^\p{Cc},:\\"]*$/u),
      unsafe: z.array(text),
      foreign: z.optional(z.literal(true)),
      packageManager: z.optional(matching(/^[a-z-]+$/)),
      commands: z.record(text, z.enum(['found', 'not-found', 'not-executable'])),
      directories: z.record(text, z.enum(['found', 'not-found'])),
    }),
  ),
  runs: z.array(matching(/^[a-z][a-z0-9-]{0,30}$/)),
  reserved: z.record(text, z.array(eitherAddress)),
  reservedInterfaces: z.optional(z.array(text)),
  shared: z.record(text, z.custom<Resource>(isResource)),
});

/** @returns the facts, or the name of the first invalid value. */
export function parseFacts(value: unknown): { readonly facts: Facts } | { readonly wrong: string } {
  const parsed = factsSchema.safeParse(value);
  if (parsed.success) return { facts: value as Facts };
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String) ?? [];
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return { wrong: [...path, ...extra].join('.') || 'version' };
}
