import { addressPattern } from './ipv4.ts';
import { formatAddress6, isAddress6, parseAddress6 } from './ipv6.ts';

export const portProtocols = ['tcp', 'udp', 'sctp'] as const;
export type PortProtocol = (typeof portProtocols)[number];

export const addressFamilies = ['ipv4', 'ipv6'] as const;
export type AddressFamily = (typeof addressFamilies)[number];

/** A port of the host, or a range of them, that leads to a container. */
export interface PublishedPort {
  readonly protocol: PortProtocol;
  /** The host's address that it is published on; null for every address of the host. */
  readonly address: string | null;
  /** Where every address of one family alone is meant, written as `0.0.0.0` or `[::]`. */
  readonly family?: AddressFamily;
  /** The first and the last port of the host. */
  readonly first: number;
  readonly last: number;
  /** The container's port that the first one leads to; the others follow. */
  readonly to: number;
}

/** How a port is written as an object; each range as "8000-8010". */
export interface PortWords {
  readonly host: number | string;
  readonly container: number | string;
  readonly protocol?: PortProtocol | undefined;
  readonly address?: string | undefined;
}

const range = '(\\d{1,5})(?:-(\\d{1,5}))?';
/** The short form; whether its numbers fit, `parsePort` tells. */
export const portPattern = new RegExp(
  `^(?:([0-9.]+|\\[[0-9A-Fa-f:]+\\]):)?${range}:${range}(?:/(${portProtocols.join('|')}))?$`,
);

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}

/** The host's address of a port, as its two properties. @returns undefined if it is none. */
function atAddress(
  address: string | undefined,
): Pick<PublishedPort, 'address' | 'family'> | undefined {
  if (address === undefined) return { address: null };
  if (address === '0.0.0.0') return { address: null, family: 'ipv4' };
  if (addressPattern.test(address)) return { address };
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (!isAddress6(bare)) return undefined;
  const text = formatAddress6(parseAddress6(bare));
  return text === '::' ? { address: null, family: 'ipv6' } : { address: text };
}

interface Span {
  readonly first: number;
  readonly last: number;
}

function spanOf(first: string | undefined, last: string | undefined): Span {
  return { first: Number(first), last: Number(last ?? first) };
}

function joinSpans(
  host: Span,
  container: Span,
  protocol: PortProtocol,
  address: string | undefined,
): PublishedPort | undefined {
  const numbers = [host.first, host.last, container.first, container.last];
  const sameSize = host.last - host.first === container.last - container.first;
  const valid = numbers.every(isPort) && host.first <= host.last && sameSize;
  const at = atAddress(address);
  if (!valid || at === undefined) return undefined;
  return { protocol, ...at, ...host, to: container.first };
}

/**
 * Reads a published port in its short form, `[ADDRESS:]HOST[-HOST]:CONTAINER[-CONTAINER][/PROTOCOL]`, or as an object.
 * @returns undefined if it is none.
 */
export function parsePort(value: string | PortWords): PublishedPort | undefined {
  if (typeof value === 'string') {
    const [whole, address, from, until, to, end, protocol = 'tcp'] = portPattern.exec(value) ?? [];
    if (whole === undefined) return undefined;
    return joinSpans(spanOf(from, until), spanOf(to, end), protocol as PortProtocol, address);
  }
  const [host, container] = [value.host, value.container].map((one) => String(one).split('-'));
  return joinSpans(
    spanOf(host?.[0], host?.[1]),
    spanOf(container?.[0], container?.[1]),
    value.protocol ?? 'tcp',
    value.address,
  );
}

function spanText({ first, last }: Span, separator: string): string {
  return first === last ? String(first) : `${first}${separator}${last}`;
}

/** The container's ports, as iptables(8) writes a range. */
export function containerSpan({ first, last, to }: PublishedPort): string {
  return spanText({ first: to, last: to + last - first }, ':');
}

/** An address before a port: one of IPv6 in brackets (RFC 3986 §3.2.2). */
function inPort(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Whether the port is published on addresses of this family. */
export function isOfFamily({ address, family }: PublishedPort, wanted: AddressFamily): boolean {
  if (address !== null) return address.includes(':') === (wanted === 'ipv6');
  return family === undefined || family === wanted;
}

/** The port as in the short form of a config. */
export function portText(port: PublishedPort): string {
  const { address, family, protocol } = port;
  const every = { ipv4: '0.0.0.0:', ipv6: '[::]:' };
  const at = address === null ? (family === undefined ? '' : every[family]) : `${inPort(address)}:`;
  return `${at}${spanText(port, '-')}:${containerSpan(port).replace(':', '-')}/${protocol}`;
}

/** Whether a packet can be for both: some port and some address of the host are the same. */
export function collides(one: PublishedPort, other: PublishedPort): boolean {
  const sameAddress =
    addressFamilies.some((family) => isOfFamily(one, family) && isOfFamily(other, family)) &&
    (one.address === null || other.address === null || one.address === other.address);
  const apart = one.last < other.first || other.last < one.first;
  return one.protocol === other.protocol && sameAddress && !apart;
}

/** The most ports of a range whose numbers differ inside: each of them needs rules of its own. */
export const mostShifted = 64;

/** Whether the container's ports have other numbers than the host's. */
export function isShifted({ first, last, to }: PublishedPort): boolean {
  return first !== to && first !== last;
}

/**
 * The destinations of the DNAT rules: a rule for each port, or one for a whole range if its numbers stay the same. Only
 * newer versions of iptables(8) can shift a range with one rule.
 */
export function redirections(
  port: PublishedPort,
  address: string,
): readonly { readonly ports: string; readonly to: string }[] {
  const { first, last, to } = port;
  if (first === to) return [{ ports: spanText(port, ':'), to: address }];
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    ports: String(first + at),
    to: `${inPort(address)}:${to + at}`,
  }));
}

/** An address of the loopback network 127.0.0.0/8 (RFC 1122, 3.2.1.3), or that of IPv6 (RFC 4291 §2.5.3). */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === loopback6;
}

/**
 * The loopback address of IPv6. A port cannot be published there: the kernel takes no packet for it from another
 * interface than loopback, and has no setting like `route_localnet` of IPv4.
 */
export const loopback6 = '::1';

/** Whether the port answers at the loopback addresses of the host, those of IPv4. */
export function answersLoopback(port: PublishedPort): boolean {
  const { address } = port;
  return isOfFamily(port, 'ipv4') && (address === null || isLoopback(address));
}

/** The switch that lets loopback addresses be routed by an interface (kernel: networking/ip-sysctl). */
export function loopbackKey(link: string): string {
  return `net/ipv4/conf/${link}/route_localnet`;
}
