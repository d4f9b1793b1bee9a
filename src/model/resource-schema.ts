import * as z from 'zod/mini';
import { addressPattern, cidrPattern } from './ipv4.ts';
import { isAddress6, isCidr6 } from './ipv6.ts';
import { plainInterfaceName } from './names.ts';
import { portProtocols } from './ports.ts';
import { cgroupMounts, type Kind, type Resource, type ResourceOf } from './resource.ts';

function makeSchema() {
  const matching = (pattern: RegExp) => z.string().check(z.regex(pattern));

  const link = matching(plainInterfaceName);
  const prefix = matching(cidrPattern);
  const either = (pattern: RegExp, six: (text: string) => boolean) =>
    z.string().check(z.refine((text) => pattern.test(text) || six(text)));
  const prefixOfEither = either(cidrPattern, isCidr6);
  const addressOfEither = either(addressPattern, isAddress6);
  const family = z.optional(
    z.literal('ipv6').check(z.describe('a rule of ip6tables; absent for one of iptables')),
  );
  const mac = matching(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
  const number = matching(/^\d{1,10}$/);
  const sysctlKey = matching(/^net(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+){2,5}$/);
  const container = matching(/^[a-z][a-z0-9-]{0,62}$/);
  const path = z.string().check(z.startsWith('/'), z.maxLength(4096));
  const run = matching(/^[a-z][a-z0-9-]{0,30}$/);
  const table = matching(/^ctr\/[A-Za-z0-9][A-Za-z0-9._/-]{0,120}$/);
  const protocol = z.enum(portProtocols);
  const portSpan = matching(/^\d{1,5}(:\d{1,5})?$/);
  const destination = matching(
    /^(?:\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|[0-9a-f:]{2,39}|\[[0-9a-f:]{2,39}\]:\d{1,5})$/,
  );
  const positive = z.int().check(z.positive());

  const shared = {
    shared: z.optional(
      z.string().check(z.maxLength(200), z.describe('by this name other runs share it')),
    ),
  };
  const placed = {
    container: z.optional(
      container.check(z.describe('in whose namespaces it is; absent on the host')),
    ),
  };

  const rule = z.discriminatedUnion('rule', [
    z.strictObject({
      rule: z.literal('masquerade'),
      subnet: prefixOfEither,
      bridge: link,
      except: z.optional(prefix),
      family,
    }),
    z.strictObject({
      rule: z.enum(['between', 'outward', 'answers']),
      chain: z.enum(['FORWARD', 'DOCKER-USER']),
      bridge: link,
      family,
    }),
    z.strictObject({
      rule: z.literal('publish'),
      chain: z.enum(['PREROUTING', 'OUTPUT']),
      bridge: link,
      run,
      protocol,
      address: z.optional(addressOfEither),
      ports: portSpan,
      to: destination,
      family,
    }),
    z.strictObject({
      rule: z.literal('admit'),
      chain: z.enum(['FORWARD', 'DOCKER-USER']),
      bridge: link,
      run,
      protocol,
      address: addressOfEither,
      ports: portSpan,
      family,
    }),
    z.strictObject({
      rule: z.literal('hairpin'),
      bridge: link,
      run,
      address: addressOfEither,
      source: z.optional(prefixOfEither),
      family,
    }),
    z.strictObject({ rule: z.literal('guard-loopback'), bridge: link }),
  ]);

  /** The schema of each kind of resource. ctr does not undo a record's value that does not match. */
  const shapes = {
    link: z.strictObject({
      kind: z.literal('link'),
      name: link,
      group: positive,
      address: z.optional(prefix),
      address6: z.optional(prefixOfEither),
      mac: z.optional(mac),
      ...shared,
    }),
    peer: z.strictObject({
      kind: z.literal('peer'),
      name: link,
      of: link,
      moves: z.optional(
        z.literal(true).check(z.describe('a later step moves it into the container')),
      ),
      ...placed,
    }),
    'link-setting': z.strictObject({
      kind: z.literal('link-setting'),
      link,
      setting: z.enum(['up', 'mac', 'master', 'altname', 'hairpin']),
      value: z.string().check(z.maxLength(128)),
      ...placed,
    }),
    'bridge-settings': z.strictObject({
      kind: z.literal('bridge-settings'),
      link,
      mac: z.optional(mac),
      mtu: positive,
      up: z.boolean(),
      ...shared,
    }),
    address: z.strictObject({
      kind: z.literal('address'),
      link,
      address: prefixOfEither,
      ...placed,
    }),
    route: z.strictObject({
      kind: z.literal('route'),
      to: z.union([z.literal('default'), prefixOfEither]),
      dev: link,
      via: z.optional(addressOfEither),
      ...placed,
    }),
    sysctl: z.strictObject({
      kind: z.literal('sysctl'),
      key: sysctlKey,
      value: number,
      before: number,
      unless: z.optional(
        z
          .array(sysctlKey)
          .check(z.describe('when one of these is on, somebody else wants the value')),
      ),
      ...shared,
    }),
    'firewall-rule': z.strictObject({ kind: z.literal('firewall-rule'), rule, ...shared }),
    'nft-table': z.strictObject({
      kind: z.literal('nft-table'),
      family: z.optional(z.literal('ip6').check(z.describe('absent for IPv4'))),
      table,
      bridge: link,
      run: z.optional(run),
      ...shared,
    }),
    'nft-rule': z.strictObject({ kind: z.literal('nft-rule'), table, rule }),
    connections: z.strictObject({ kind: z.literal('connections'), address: addressOfEither }),
    cgroup: z.strictObject({
      kind: z.literal('cgroup'),
      mount: z.enum(cgroupMounts),
      cgroup: matching(/^ctr\.\d{1,12}\.[a-z][a-z0-9-]{0,30}\.[a-z][a-z0-9-]{0,62}$/),
    }),
    process: z.strictObject({ kind: z.literal('process'), container }),
    mount: z.strictObject({ kind: z.literal('mount'), container, path }),
    file: z.strictObject({ kind: z.literal('file'), path, ...placed }),
    hostname: z.strictObject({ kind: z.literal('hostname'), container, hostname: z.string() }),
    program: z.strictObject({ kind: z.literal('program'), container, program: z.string() }),
  } satisfies { readonly [K in Kind]: z.ZodMiniType<ResourceOf<K>> };

  return z.discriminatedUnion('kind', [
    shapes.link,
    shapes.peer,
    shapes['link-setting'],
    shapes['bridge-settings'],
    shapes.address,
    shapes.route,
    shapes.sysctl,
    shapes['firewall-rule'],
    shapes['nft-table'],
    shapes['nft-rule'],
    shapes.connections,
    shapes.cgroup,
    shapes.process,
    shapes.mount,
    shapes.file,
    shapes.hostname,
    shapes.program,
  ]) satisfies z.ZodMiniType<Resource>;
}

let made: ReturnType<typeof makeSchema> | undefined;

/** Made when it is first asked for: most commands read no record. */
export function resourceSchema(): ReturnType<typeof makeSchema> {
  made ??= makeSchema();
  return made;
}

/** Resources that were found to be valid, as JSON: the records of a hundred containers hold the same bridge and rules. */
const valid = new Set<string>();

/** Whether a value is a valid resource. ctr undoes nothing else. */
export function isResource(value: unknown): value is Resource {
  const text = JSON.stringify(value);
  if (valid.has(text)) return true;
  const { success } = resourceSchema().safeParse(value);
  if (success) valid.add(text);
  return success;
}
