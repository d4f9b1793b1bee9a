/** IPv4 addresses as numbers: only dotted decimal, the strict form of RFC 6943 §3.1.1. */
export interface Subnet {
  /** The network address. */
  readonly base: number;
  readonly prefix: number;
}
export interface Cidr {
  readonly address: number;
  readonly prefix: number;
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
export const addressPattern = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
export const cidrPattern = new RegExp(`^${octet}(?:\\.${octet}){3}/(?:3[0-2]|[12]?\\d)$`);
export const addressOrCidrPattern = new RegExp(
  `^${octet}(?:\\.${octet}){3}(?:/(?:3[0-2]|[12]?\\d))?$`,
);

export function parseAddress(text: string): number {
  if (!addressPattern.test(text)) throw new Error(`not an IPv4 address: ${text}`);
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function parseCidr(text: string): Cidr {
  const [address = '', prefix = ''] = text.split('/');
  if (!cidrPattern.test(text)) throw new Error(`not an IPv4 address with a prefix: ${text}`);
  return { address: parseAddress(address), prefix: Number(prefix) };
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.prefix}`;
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

export function subnetOf(cidr: Cidr): Subnet {
  return { base: cidr.address - (cidr.address % sizeOf(cidr.prefix)), prefix: cidr.prefix };
}

/** The last address of the subnet (RFC 919). */
export function broadcastOf(subnet: Subnet): number {
  return subnet.base + sizeOf(subnet.prefix) - 1;
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address <= broadcastOf(subnet);
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return contains(one, other.base) || contains(other, one.base);
}

/** Why no host can have this address (RFC 5735); null if one can. */
export function unusable(
  address: number,
  subnet?: Subnet,
): 'loopback' | 'multicast' | 'reserved' | 'network' | 'broadcast' | null {
  const first = Math.floor(address / 2 ** 24);
  if (first === 127) return 'loopback';
  if (first >= 224 && first < 240) return 'multicast';
  if (first === 0 || first >= 240) return 'reserved';
  if (subnet !== undefined && subnet.prefix < 31) {
    if (address === subnet.base) return 'network';
    if (address === broadcastOf(subnet)) return 'broadcast';
  }
  return null;
}

/** The number of host addresses in a subnet (RFC 3021 for /31). */
export function usableIn({ prefix }: Subnet): number {
  return prefix >= 31 ? 2 ** (32 - prefix) : 2 ** (32 - prefix) - 2;
}
