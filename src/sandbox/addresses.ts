/** Addresses for documentation (RFC 5737): they mean nobody anywhere. */
export const worldGateway = '198.51.100.1';

/** The sandbox host's way out: its end of the cable to the world. */
export const sandboxUplink = {
  name: 'wan0',
  mac: '02:57:41:4e:00:02',
  address: '198.51.100.2/24',
  subnet: '198.51.100.0/24',
} as const;

/** Addresses that answer in the world: resolvers people know, and places to visit (RFC 5737). */
export const worldAddresses: readonly string[] = [
  '114.114.114.114',
  '8.8.8.8',
  '1.1.1.1',
  '203.0.113.10',
  '203.0.113.80',
];
