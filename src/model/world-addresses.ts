/** The gateway and name server of the sandbox host, in a network reserved for documentation (RFC 5737). */
export const worldGateway = '198.51.100.1';

/** The sandbox host's end of the veth pair to the world. */
export const sandboxUplink = {
  name: 'wan0',
  mac: '02:57:41:4e:00:02',
  address: '198.51.100.2/24',
  subnet: '198.51.100.0/24',
} as const;

/** The same for IPv6, in a prefix reserved for documentation (RFC 3849). */
export const world6 = {
  gateway: '2001:db8:ffff::1',
  uplink: '2001:db8:ffff::2',
  prefix: 64,
} as const;

/** Whether an address or a subnet is that of the link between a sandbox host and its world. */
export function isWorld6(text: string): boolean {
  return text.startsWith('2001:db8:ffff::');
}

/** Whether a host with these interfaces is a sandbox host. */
export function isSandboxHost(links: readonly { readonly mac: string }[]): boolean {
  return links.some(({ mac }) => mac === sandboxUplink.mac);
}

/**
 * The world's names and addresses: places to visit (RFC 2606, RFC 5737), and well-known resolvers. A reverse lookup
 * returns the first name of an address.
 */
export const worldNames = {
  'downloads.example': '203.0.113.80',
  'www.example': '203.0.113.80',
  'packages.example': '203.0.113.80',
  'example.com': '203.0.113.10',
  'www.example.com': '203.0.113.10',
  'one.one.one.one': '1.1.1.1',
  'dns.google': '8.8.8.8',
  'public1.114dns.com': '114.114.114.114',
} as const satisfies Readonly<Record<string, string>>;

/**
 * Names with IPv6 addresses, of the documentation prefix and of well-known resolvers. Those of `worldNames` have only
 * IPv4, so that what a lookup of them prints stays as it is.
 */
export const worldNames6 = {
  'ipv6.example': '2001:db8:80::80',
  'one.one.one.one': '2606:4700:4700::1111',
  'dns.google': '2001:4860:4860::8888',
} as const satisfies Readonly<Record<string, string>>;

/** The names that a run can reach: those of IPv6 alone only where it has IPv6. */
export function worldNamesFor(ipv6 = false): Readonly<Record<string, string>> {
  return ipv6 ? { ...worldNames, ...worldNames6, ...worldNames } : worldNames;
}

/** The world's IPv6 addresses that have servers. */
export const worldAddresses6: readonly string[] = [...new Set(Object.values(worldNames6))];

/** The world's addresses that have servers. */
export const worldAddresses: readonly string[] = [...new Set(Object.values(worldNames))];
