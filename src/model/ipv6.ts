/** IPv6 addresses as numbers of 128 bits (RFC 4291 §2.2, without zones and without embedded dotted decimal). */
export interface Subnet6 {
  /** The network address. */
  readonly base: bigint;
  readonly prefix: number;
}

const bits = 128;

const group = '[0-9A-Fa-f]{1,4}';
/** All eight groups, or fewer on both sides of `::`. */
const address = [
  `(?:${group}:){7}${group}`,
  `(?:${group}:){1,7}:`,
  ...[1, 2, 3, 4, 5, 6].map((after) => `(?:${group}:){1,${7 - after}}(?::${group}){1,${after}}`),
  `:(?:(?::${group}){1,7}|:)`,
].join('|');
const prefixLength = '(?:12[0-8]|1[01]\\d|[1-9]?\\d)';

export const address6Pattern = new RegExp(`^(?:${address})$`);
export const cidr6Pattern = new RegExp(`^(?:${address})/${prefixLength}$`);
export const addressOrCidr6Pattern = new RegExp(`^(?:${address})(?:/${prefixLength})?$`);

export function isAddress6(text: string): boolean {
  return address6Pattern.test(text);
}

export function isCidr6(text: string): boolean {
  return cidr6Pattern.test(text);
}

export function parseAddress6(text: string): bigint {
  if (!isAddress6(text)) throw new Error(`not an IPv6 address: ${text}`);
  const [head = [], tail = []] = text
    .split('::')
    .map((side) => (side === '' ? [] : side.split(':')));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce((sum, one) => sum * 65_536n + BigInt(`0x${one}`), 0n);
}

export function parseCidr6(text: string): { readonly address: bigint; readonly prefix: number } {
  if (!isCidr6(text)) throw new Error(`not an IPv6 address with a prefix: ${text}`);
  const [address = '', prefix = ''] = text.split('/');
  return { address: parseAddress6(address), prefix: Number(prefix) };
}

/** The text that ip(8) prints: lower case, and `::` for the first of the longest runs of zeros (RFC 5952 §4). */
export function formatAddress6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  let [from, length] = [0, 1];
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === '0') end += 1;
    if (end - start > length) [from, length] = [start, end - start];
  }
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + length).join(':')}`;
}

export function formatSubnet6({ base, prefix }: Subnet6): string {
  return `${formatAddress6(base)}/${prefix}`;
}

function sizeOf(prefix: number): bigint {
  return 1n << BigInt(bits - prefix);
}

export function subnet6Of({
  address,
  prefix,
}: {
  readonly address: bigint;
  readonly prefix: number;
}): Subnet6 {
  return { base: address - (address % sizeOf(prefix)), prefix };
}

export function last6(subnet: Subnet6): bigint {
  return subnet.base + sizeOf(subnet.prefix) - 1n;
}

export function contains6(subnet: Subnet6, address: bigint): boolean {
  return address >= subnet.base && address <= last6(subnet);
}

export function overlaps6(one: Subnet6, other: Subnet6): boolean {
  return contains6(one, other.base) || contains6(other, one.base);
}

const reserved = (
  [
    ['::/128', 'reserved'],
    ['::1/128', 'loopback'],
    ['::ffff:0:0/96', 'reserved'],
    ['fe80::/10', 'link-local'],
    ['ff00::/8', 'multicast'],
  ] as const
).map(([text, why]) => [subnet6Of(parseCidr6(text)), why] as const);

/**
 * Why no interface can have this address as one that is reachable beyond its link (RFC 4291 §2.4); null if one can. The
 * first address of a subnet is the anycast address of its routers (RFC 4291 §2.6.1).
 */
export function unusable6(
  address: bigint,
  subnet?: Subnet6,
): 'loopback' | 'multicast' | 'reserved' | 'link-local' | 'anycast' | null {
  const found = reserved.find(([range]) => contains6(range, address));
  if (found !== undefined) return found[1];
  return subnet !== undefined && subnet.prefix < 127 && address === subnet.base ? 'anycast' : null;
}
