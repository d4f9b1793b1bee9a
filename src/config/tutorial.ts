import { formatSubnet, parseCidr, subnetOf } from '../model/ipv4.ts';
import { formatSubnet6, parseCidr6, subnet6Of } from '../model/ipv6.ts';
import { reservedNames } from './rules.ts';
import { type Config, canonicalSchema, type Tutorial } from './schema.ts';

/** The name server of the tutorial. */
const tutorialResolver = '114.114.114.114';

/** The default for the run's name: the host name, without the characters that a run's name may not have. */
function nameFrom(hostName: string): string {
  const lower = hostName.toLowerCase();
  const free = /^[a-z]/.test(lower) && !Object.values<string>(reservedNames).includes(lower);
  return (free ? lower : `c-${lower}`).slice(0, 31).replace(/-+$/, '');
}

/** The IPv6 subnet and gateway from the address of the bridge. */
function ipv6Of(bridge: string | undefined) {
  if (bridge === undefined || bridge === 'auto')
    return bridge === undefined ? {} : { subnet6: bridge };
  return { subnet6: formatSubnet6(subnet6Of(parseCidr6(bridge))), gateway6: bridge.split('/')[0] };
}

/** Converts the tutorial's flat form to the canonical form. */
export function fromTutorial(flat: Tutorial): Config {
  const name = flat.name ?? nameFrom(flat.host_name);
  const withPrefix = [flat.bridge_ip, flat.ip].find((text) => text.includes('/'));
  const [gateway = ''] = flat.bridge_ip.split('/');
  const subnetSource =
    withPrefix === undefined ? undefined : `${gateway}/${withPrefix.split('/')[1]}`;
  return canonicalSchema.parse({
    version: 1,
    name,
    ...(flat.firewall === undefined ? {} : { firewall: flat.firewall }),
    networks: {
      default: {
        bridge: { name: flat.bridge_name },
        subnets: [
          {
            subnet:
              subnetSource === undefined ? 'auto' : formatSubnet(subnetOf(parseCidr(subnetSource))),
            gateway,
          },
        ],
        ...(flat.mtu === undefined ? {} : { mtu: flat.mtu }),
        ...(flat.masquerade === undefined ? {} : { masquerade: flat.masquerade }),
        ...ipv6Of(flat.bridge_ip6),
        ...(flat.masquerade6 === undefined ? {} : { masquerade6: flat.masquerade6 }),
      },
    },
    containers: {
      [nameFrom(flat.host_name)]: {
        hostname: flat.host_name,
        rootfs: flat.root_dir,
        ...(flat.command === undefined ? {} : { command: flat.command }),
        ...(flat.environment === undefined ? {} : { environment: flat.environment }),
        ...(flat.working_dir === undefined ? {} : { working_dir: flat.working_dir }),
        ...(flat.ports === undefined ? {} : { ports: flat.ports }),
        ...(flat.limits === undefined ? {} : { limits: flat.limits }),
        ...(flat.user_namespace === undefined ? {} : { user_namespace: flat.user_namespace }),
        interfaces: [
          {
            network: 'default',
            addresses: [flat.ip],
            ...(flat.mac === undefined ? {} : { mac: flat.mac }),
            ...(flat.ip6 === undefined ? {} : { address6: flat.ip6 }),
          },
        ],
        dns: { servers: flat.dns ?? [tutorialResolver] },
      },
    },
  });
}

/** The path in a file of the flat form for a path in the canonical form. */
export function tutorialPath(path: readonly PropertyKey[]): readonly PropertyKey[] {
  const [top, , key, , inner] = path;
  if (top === 'firewall') return path;
  if (top === 'networks') {
    if (key === 'bridge') return ['bridge_name'];
    if (key === 'subnets') return ['bridge_ip'];
    if (key === 'subnet6' || key === 'gateway6') return ['bridge_ip6'];
    return key === undefined ? [] : [key];
  }
  if (top === 'containers') {
    if (key === 'interfaces')
      return [inner === 'mac' ? 'mac' : inner === 'address6' ? 'ip6' : 'ip'];
    if (key === 'dns') return ['dns', ...path.slice(4)];
    if (key === 'ports') return ['ports', ...path.slice(3)];
    if (key === 'hostname') return ['host_name'];
    if (key === 'rootfs') return ['root_dir'];
    return key === undefined ? ['host_name'] : [key];
  }
  return path;
}
