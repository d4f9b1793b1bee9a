import * as z from 'zod';
import { addressOrCidrPattern, addressPattern, cidrPattern } from './ipv4.ts';

// An error's text is a code; config/problems.ts has its words in both languages.

const hostLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

const runName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, { error: 'E010' })
  .describe('Name of the run: what `ctr ps`, `exec` and `down` call it.');
const containerKey = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, { error: 'E010' });
const networkKey = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, { error: 'E010' });
const hostName = z
  .string()
  .regex(hostLabel, { error: 'E010' })
  .describe('Host name inside the container: one label (RFC 1123), at most 63 characters.');
const interfaceName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/, { error: 'E011' })
  .refine((name) => !/^(?:all|default|lo|\.+)$/.test(name), { error: 'E012' });
const rootfs = z
  .string()
  .min(1, { error: 'E003' })
  .regex(/^[^\p{Cc},:\\"]+$/u, { error: 'E050' })
  .describe('Directory with the root file system; a relative path starts at the config file.');
const argument = z
  .string()
  .regex(/^[^\0]*$/, { error: 'E006' })
  .max(65_536, { error: 'E006' });
const command = z
  .array(argument)
  .min(1, { error: 'E003' })
  .refine((words) => words[0] !== '' && !words[0]?.startsWith('-'), { error: 'E006' })
  .describe('The program to start and its arguments. Default: ["/bin/sh"].');
const environment = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'E007' }), argument)
  .describe('Environment variables of the command; nothing of your own environment is passed on.');
const workingDir = z
  .string()
  .regex(/^\/[^\p{Cc}]*$/u, { error: 'E008' })
  .describe('Directory the command starts in. Default: "/".');
const mac = z
  .string()
  .regex(/^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/, { error: 'E030' })
  .transform((text) => text.toLowerCase());
const mtu = z
  .int({ error: 'E080' })
  .min(68, { error: 'E080' })
  .max(65_535, { error: 'E080' })
  .describe('Largest packet in bytes (RFC 791: at least 68).');
const address = z.string().regex(addressPattern, { error: 'E020' });
const cidr = z.string().regex(cidrPattern, { error: 'E020' });
const addressOrCidr = z.string().regex(addressOrCidrPattern, { error: 'E020' });
const searchDomain = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, { error: 'E010' });
const resolverOption = z.string().regex(/^[a-z][a-z0-9:-]{0,40}$/, { error: 'E010' });
const auto = z.literal('auto');

/** The tutorial's five keys, and the few that go with them. */
export const tutorialSchema = z
  .strictObject({
    $schema: z.string().optional(),
    host_name: hostName,
    root_dir: rootfs,
    ip: addressOrCidr.describe(
      'Address of the container. Without a prefix it takes that of bridge_ip, else that of the bridge when it exists, else /16.',
    ),
    bridge_name: interfaceName.describe('Bridge to plug into; made when it is not there.'),
    bridge_ip: addressOrCidr.describe("The bridge's address: the container's gateway."),
    name: runName.optional(),
    command: command.optional(),
    mac: mac.optional().describe('MAC address of eth0. Default: derived from the names.'),
    mtu: mtu.optional(),
    dns: z.array(address).optional().describe('Name servers. Default: 114.114.114.114.'),
    masquerade: z
      .boolean()
      .optional()
      .describe("Let packets leave with the host's address. Default: true."),
    environment: environment.optional(),
    working_dir: workingDir.optional(),
  })
  .meta({ title: "ctr config, the tutorial's form" });

const networkSchema = z.strictObject({
  bridge: z.strictObject({
    name: interfaceName.describe('Made when it is not there, used as it is when it is.'),
    mac: z.union([auto, mac]).default('auto'),
  }),
  subnets: z
    .array(
      z.strictObject({
        subnet: z
          .union([auto, cidr], { error: 'E020' })
          .describe('"auto" takes it from the bridge when it exists.'),
        gateway: address.describe("The bridge's own address."),
      }),
    )
    .length(1, { error: 'E009' })
    .describe('Exactly one IPv4 subnet.'),
  mtu: z.union([auto, mtu], { error: 'E080' }).default('auto'),
  masquerade: z.boolean().default(true),
});

const interfaceSchema = z.strictObject({
  network: networkKey,
  name: interfaceName.optional().describe('Default: eth0, eth1… in order.'),
  addresses: z
    .array(addressOrCidr)
    .max(1, { error: 'E009' })
    .default([])
    .describe("At most one IPv4 address. None: the subnet's next free one."),
  gateway: z
    .union([auto, z.literal(false), address], { error: 'E020' })
    .default('auto')
    .describe('Default route. "auto": the first interface has one. false: none.'),
  mac: z.union([auto, mac], { error: 'E030' }).default('auto'),
});

const containerSchema = z.strictObject({
  hostname: hostName.optional().describe("Default: the container's name."),
  rootfs,
  command: command.default(['/bin/sh']),
  environment: environment.default({}),
  working_dir: workingDir.default('/'),
  interfaces: z.array(interfaceSchema).min(1, { error: 'E003' }),
  dns: z
    .strictObject({
      servers: z
        .union([auto, z.array(address)], { error: 'E020' })
        .default('auto')
        .describe('"auto": the resolvers of the host, never a loopback stub.'),
      search: z.array(searchDomain).default([]),
      options: z.array(resolverOption).default([]),
    })
    .prefault({}),
  extra_hosts: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/, { error: 'E010' }), address)
    .default({})
    .describe('More lines for /etc/hosts: name to address.'),
});

/** The one form that everything else is turned into. */
export const canonicalSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    name: runName,
    networks: z.record(networkKey, networkSchema),
    containers: z
      .record(containerKey, containerSchema)
      .refine((all) => Object.keys(all).length > 0, { error: 'E003' }),
  })
  .meta({ title: 'ctr config' });

export type Tutorial = z.output<typeof tutorialSchema>;
export type Config = z.output<typeof canonicalSchema>;
export type NetworkConfig = Config['networks'][string];
export type ContainerConfig = Config['containers'][string];

/** JSON Schema (draft 2020-12) of both forms, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(z.union([tutorialSchema, canonicalSchema]), {
    io: 'input',
    override: (context) => {
      delete context.jsonSchema.additionalItems;
    },
  });
}

/** The keys that may stand at a path of a form: what an unknown key is compared with. */
export function keysAt(
  form: 'tutorial' | 'canonical',
  path: readonly PropertyKey[],
): readonly string[] {
  if (form === 'tutorial') return path.length === 0 ? Object.keys(tutorialSchema.shape) : [];
  const [top, , key, ,] = path;
  if (path.length === 0) return Object.keys(canonicalSchema.shape);
  if (top === 'networks') {
    if (path.length === 2) return Object.keys(networkSchema.shape);
    if (key === 'bridge') return ['name', 'mac'];
    if (key === 'subnets') return ['subnet', 'gateway'];
  }
  if (top === 'containers') {
    if (path.length === 2) return Object.keys(containerSchema.shape);
    if (key === 'interfaces') return Object.keys(interfaceSchema.shape);
    if (key === 'dns') return ['servers', 'search', 'options'];
  }
  return [];
}
