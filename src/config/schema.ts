import * as z from 'zod/mini';
import { bridgePorts } from '../model/bridge-ports.ts';
import { firewalls } from '../model/firewall.ts';
import { addressOrCidrPattern, addressPattern, cidrPattern } from '../model/ipv4.ts';
import { address6Pattern, addressOrCidr6Pattern, cidr6Pattern } from '../model/ipv6.ts';
import { type PortWords, parsePort, portPattern, portProtocols } from '../model/ports.ts';
import type { ValueKind } from './value-problems.ts';

// The message of a zod error is the expected kind of value; value-problems.ts describes each kind in both languages.
// zod/mini loads in a third of the time of zod: it has no methods, so the bundler can drop unused functions.

function expected(kind: ValueKind): { readonly error: ValueKind } {
  return { error: kind };
}

function matching(pattern: RegExp, kind: ValueKind) {
  return z.string().check(z.regex(pattern, expected(kind)));
}

const defaulted = z._default;
const about = z.describe;

const hostLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const shortName = /^[a-z][a-z0-9-]{0,30}$/;

const $schema = z.optional(
  z.string().check(about('For editors: where this schema is. ctr does not read it.')),
);
const runName = matching(shortName, 'run name').check(
  about('Name of the run: what `ctr ps`, `exec` and `down` call it.'),
);
const containerKey = matching(shortName, 'container name');
const networkKey = matching(shortName, 'network name');
const hostName = matching(hostLabel, 'host name').check(
  about('Host name inside the container: one label (RFC 1123), at most 63 characters.'),
);
const interfaceName = matching(/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/, 'interface name').check(
  z.refine((name) => !/^(?:all|default|lo|\.+)$/.test(name), expected('free name')),
);
/** Excludes the separators of mount options (mount(8), overlayfs). */
export const rootfsPattern = /^[^\p{Cc},:\\"]+$/u;
const rootfs = z
  .string()
  .check(
    z.minLength(1, expected('no path')),
    z.regex(rootfsPattern, expected('path for mount')),
    about('Directory with the root file system; a relative path starts at the config file.'),
  );
const argument = z
  .string()
  .check(z.regex(/^[^\0]*$/, expected('argument')), z.maxLength(65_536, expected('argument')));
const command = z.array(argument).check(
  z.minLength(1, expected('no command')),
  z.refine((words) => words[0] !== '' && !words[0]?.startsWith('-'), {
    ...expected('program'),
    path: [0],
  }),
  about('The program to start and its arguments. Default: ["/bin/sh"].'),
);
const environment = z
  .record(matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'variable name'), argument)
  .check(
    about('Environment variables of the command; nothing of your own environment is passed on.'),
  );
const workingDir = matching(/^\/[^\p{Cc}]*$/u, 'absolute path').check(
  about('Directory the command starts in. Default: "/".'),
);
const macAs = (kind: ValueKind) =>
  matching(/^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/, kind).check(z.toLowerCase());
const mac = macAs('mac');
const mtuAs = (kind: ValueKind) =>
  z
    .int(expected(kind))
    .check(
      z.gte(68, expected(kind)),
      z.lte(65_535, expected(kind)),
      about('Largest packet in bytes (RFC 791: at least 68).'),
    );
const mtu = mtuAs('mtu');
const address = matching(addressPattern, 'address');
const cidr = matching(cidrPattern, 'subnet');
const addressOrCidr = matching(addressOrCidrPattern, 'address with or without prefix');
const address6 = matching(address6Pattern, 'IPv6 address');
const cidr6 = matching(cidr6Pattern, 'IPv6 subnet');
const addressOrCidr6 = matching(addressOrCidr6Pattern, 'IPv6 address with or without prefix');
const eitherAddress = matching(
  new RegExp(`${addressPattern.source}|${address6Pattern.source}`),
  'address of either',
);
const searchDomain = matching(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'search domain');
const resolverOption = matching(/^[a-z][a-z0-9:-]{0,40}$/, 'resolver option');
const auto = z.literal('auto');
const macOrAuto = z.union([auto, macAs('mac or auto')], expected('mac or auto'));
const mtuOrAuto = z.union([auto, mtuAs('mtu or auto')], expected('mtu or auto'));

const userNamespace = z
  .boolean()
  .check(
    about(
      'Run the container in its own user namespace: its root is a host user that owns nothing. Default: false.',
    ),
  );

const limits = z
  .strictObject({
    memory: z.optional(
      z
        .union(
          [
            z
              .int(expected('memory'))
              .check(z.gte(1_048_576, expected('memory')), z.lte(2 ** 50, expected('memory'))),
            z
              .string()
              .check(
                z.regex(/^(?:[1-9]\d{0,5}[MG]|[1-9]\d{3,8}K|[1-9]\d{6,14})$/, expected('memory')),
              ),
          ],
          expected('memory'),
        )
        .check(
          about(
            'Bytes, or a number with K, M or G, as in "64M"; at least 1M (cgroup v2 memory.max).',
          ),
        ),
    ),
    pids: z.optional(
      z
        .int(expected('pids'))
        .check(
          z.gte(1, expected('pids')),
          z.lte(4_194_304, expected('pids')),
          about('How many processes and threads it may have (cgroup v2 pids.max).'),
        ),
    ),
  })
  .check(about('Limits of the container, where cgroup v2 is there.'));

const portSpan = z.union(
  [z.int(expected('port')), z.string().check(z.regex(/^\d{1,5}(?:-\d{1,5})?$/, expected('port')))],
  expected('port'),
);
const isPort = (value: string | PortWords) => parsePort(value) !== undefined;
const portObject = z
  .strictObject({
    host: portSpan.check(about('A port of the host, or a range as in "8000-8010".')),
    container: portSpan.check(about("The container's port, or a range of the same size.")),
    protocol: z.optional(z.enum(portProtocols, expected('port'))),
    address: z.optional(eitherAddress),
  })
  .check(z.refine(isPort, expected('port')));
const ports = z
  .array(
    z.union(
      [
        z
          .string()
          .check(z.regex(portPattern, expected('port')), z.refine(isPort, expected('port'))),
        portObject,
      ],
      expected('port'),
    ),
  )
  .check(
    about(
      'Ports of the host that lead to the container: "8080:80", "127.0.0.1:8080:80/tcp", "[2001:db8::1]:8080:80", "8000-8010:80-90/udp", or an object.',
    ),
  );

const firewall = z
  .enum(firewalls, expected('firewall'))
  .check(
    about(
      'What holds the firewall rules. Default: "iptables". "auto": what the rules of the host are in.',
    ),
  );

/** The flat form: the tutorial's five keys, and optional ones. */
export const tutorialSchema = z
  .strictObject({
    $schema,
    host_name: hostName,
    root_dir: rootfs,
    ip: addressOrCidr.check(
      about(
        'Address of the container. Without a prefix it takes that of bridge_ip, else that of the bridge when it exists, else /16.',
      ),
    ),
    bridge_name: interfaceName.check(about('Bridge to plug into; made when it is not there.')),
    bridge_ip: addressOrCidr.check(about("The bridge's address: the container's gateway.")),
    name: z.optional(runName),
    command: z.optional(command),
    mac: z.optional(mac.check(about('MAC address of eth0. Default: derived from the names.'))),
    mtu: z.optional(mtu),
    dns: z.optional(z.array(eitherAddress).check(about('Name servers. Default: 114.114.114.114.'))),
    user_namespace: z.optional(userNamespace),
    limits: z.optional(limits),
    masquerade: z.optional(
      z.boolean().check(about("Let packets leave with the host's address. Default: true.")),
    ),
    firewall: z.optional(firewall),
    environment: z.optional(environment),
    working_dir: z.optional(workingDir),
    ports: z.optional(ports),
    ip6: z.optional(
      addressOrCidr6.check(
        about("IPv6 address of the container. Default: the subnet's next free one."),
      ),
    ),
    bridge_ip6: z.optional(
      z
        .union([auto, cidr6], expected('IPv6 subnet'))
        .check(
          about(
            'Gives bridge and container IPv6 addresses beside the IPv4 ones: "auto" for a subnet that ctr derives (RFC 4193), or the bridge\'s address with its prefix.',
          ),
        ),
    ),
    masquerade6: z.optional(
      z
        .boolean()
        .check(about('The same as "masquerade", for IPv6 (NAT66). Default: as "masquerade".')),
    ),
  })
  .check(z.meta({ title: "ctr config, the tutorial's form" }));

const networkSchema = z.strictObject({
  bridge: z.strictObject({
    name: interfaceName.check(about('Made when it is not there, used as it is when it is.')),
    mac: defaulted(macOrAuto, 'auto'),
  }),
  subnets: z
    .array(
      z.strictObject({
        subnet: z
          .union([auto, cidr], expected('subnet'))
          .check(
            about(
              '"auto" takes it from the bridge when it exists, else the prefix from an address of a container, else /16.',
            ),
          ),
        gateway: address.check(about("The bridge's own address.")),
      }),
    )
    .check(z.length(1, expected('one subnet')), about('Exactly one IPv4 subnet.')),
  mtu: defaulted(mtuOrAuto, 'auto'),
  masquerade: defaulted(z.boolean(), true),
  masquerade_except: z.optional(
    cidr.check(
      about(
        'Destinations that see the containers’ own addresses, such as the subnets of other hosts.',
      ),
    ),
  ),
  subnet6: z.optional(
    z
      .union([auto, cidr6], expected('IPv6 subnet'))
      .check(
        about(
          'Gives the network an IPv6 subnet beside its IPv4 one. "auto" takes it from the bridge when it exists, else a unique local /64 (RFC 4193).',
        ),
      ),
  ),
  gateway6: z.optional(
    address6.check(about("The bridge's own IPv6 address. Default: the first one of the subnet.")),
  ),
  masquerade6: z.optional(
    z
      .boolean()
      .check(
        about(
          'Whether IPv6 packets leave with the host\'s address (NAT66); false routes them as they are. Default: as "masquerade".',
        ),
      ),
  ),
});

const interfaceSchema = z.strictObject({
  network: networkKey,
  name: z.optional(interfaceName.check(about('Default: eth0, eth1… in order.'))),
  addresses: defaulted(
    z
      .array(addressOrCidr)
      .check(
        z.maxLength(1, expected('one address')),
        about("At most one IPv4 address. None: the subnet's next free one."),
      ),
    [],
  ),
  host_interface: z.optional(
    interfaceName.check(
      about(
        "Name of the host's end of the cable. Default: `veth-CONTAINER` if that fits and is free, else one made of a hash.",
      ),
    ),
  ),
  gateway: defaulted(
    z
      .union(
        [auto, z.literal(false), matching(addressPattern, 'default gateway')],
        expected('default gateway'),
      )
      .check(
        about(
          'Default route. "auto": the first interface has one, unless another names an address. false: none.',
        ),
      ),
    'auto',
  ),
  mac: defaulted(macOrAuto, 'auto'),
  address6: z.optional(
    addressOrCidr6.check(
      about("IPv6 address, on a network that has a subnet6. Default: the subnet's next free one."),
    ),
  ),
});

const dnsSchema = z.strictObject({
  servers: defaulted(
    z
      .union([auto, z.array(eitherAddress)], expected('name servers'))
      .check(about('"auto": the resolvers of the host, never a loopback stub.')),
    'auto',
  ),
  search: defaulted(z.array(searchDomain), []),
  options: defaulted(z.array(resolverOption), []),
});

const containerSchema = z.strictObject({
  hostname: z.optional(hostName.check(about("Default: the container's name."))),
  replicas: z.optional(
    z
      .int(expected('replicas'))
      .check(
        z.gte(1, expected('replicas')),
        z.lte(bridgePorts, expected('replicas')),
        about('So many alike, named web-1, web-2…; each has an address of its own.'),
      ),
  ),
  rootfs,
  command: defaulted(command, ['/bin/sh']),
  environment: defaulted(environment, {}),
  working_dir: defaulted(workingDir, '/'),
  user_namespace: defaulted(userNamespace, false),
  limits: z.prefault(limits, {}),
  ports: z.optional(ports),
  interfaces: z.array(interfaceSchema).check(z.minLength(1, expected('no interface'))),
  dns: z.prefault(dnsSchema, {}),
  extra_hosts: defaulted(
    z
      .record(matching(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/, 'hosts name'), eitherAddress)
      .check(about('More lines for /etc/hosts: name to address.')),
    {},
  ),
});

/** The canonical form. Configs in the flat form are converted to it. */
export const canonicalSchema = z
  .strictObject({
    $schema,
    version: z.literal(1, expected('version')),
    name: runName,
    firewall: z.optional(firewall),
    networks: z.record(networkKey, networkSchema),
    containers: z
      .record(containerKey, containerSchema)
      .check(z.refine((all) => Object.keys(all).length > 0, expected('no container'))),
  })
  .check(z.meta({ title: 'ctr config' }));

export type Tutorial = z.output<typeof tutorialSchema>;
export type Config = z.output<typeof canonicalSchema>;
export type NetworkConfig = Config['networks'][string];
export type ContainerConfig = Config['containers'][string];

const portKeys = Object.keys(portObject.shape);

/** The valid keys at a path, with which an unknown key is compared. */
export function keysAt(
  form: 'tutorial' | 'canonical',
  path: readonly PropertyKey[],
): readonly string[] {
  if (form === 'tutorial') {
    if (path[0] === 'limits') return ['memory', 'pids'];
    if (path[0] === 'ports') return portKeys;
    return path.length === 0 ? Object.keys(tutorialSchema.shape) : [];
  }
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
    if (key === 'limits') return ['memory', 'pids'];
    if (key === 'ports') return portKeys;
    if (key === 'dns') return ['servers', 'search', 'options'];
  }
  return [];
}
