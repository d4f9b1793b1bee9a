import * as z from 'zod/mini';
import { bridgePorts } from '../model/bridge-ports.ts';
import { addressPattern } from '../model/ipv4.ts';
import {
  $schema,
  about,
  address,
  address6,
  addressOrCidr,
  addressOrCidr6,
  auto,
  cidr,
  cidr6,
  command,
  containerKey,
  defaulted,
  eitherAddress,
  environment,
  expected,
  firewall,
  hostName,
  interfaceName,
  limits,
  mac,
  macOrAuto,
  matching,
  mtu,
  mtuOrAuto,
  networkKey,
  portObject,
  ports,
  resolverOption,
  rootfs,
  runName,
  searchDomain,
  userNamespace,
  workingDir,
} from './value-schemas.ts';

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
