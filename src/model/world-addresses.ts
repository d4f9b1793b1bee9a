/** The gateway and name server of the sandbox host, in a network reserved for documentation (RFC 5737). */
export const worldGateway = '198.51.100.1';

/** The sandbox host's end of the veth pair to the world. */
export const sandboxUplink = {
  name: 'wan0',
  mac: '02:57:41:4e:00:02',
  address: '198.51.100.2/24',
  subnet: '198.51.100.0/24',
} as const;

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

/** The world's addresses that have servers. */
export const worldAddresses: readonly string[] = [...new Set(Object.values(worldNames))];
