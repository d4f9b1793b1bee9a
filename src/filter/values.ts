import {
  addressPattern,
  cidrPattern,
  contains,
  parseAddress,
  parseCidr,
  subnetOf,
} from '../model/ipv4.ts';
import type { Truth } from './packet.ts';

/** Whether an interface has this name. The pattern may end in a wildcard: `+` (iptables(8)) or `*` (nft(8)). */
export function isNamed(name: string | null | undefined, pattern: string): Truth {
  if (name === undefined) return undefined;
  if (name === null) return false;
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function prefixOf(mask: string): string {
  if (!addressPattern.test(mask)) return mask;
  const ones = parseAddress(mask).toString(2);
  return /^1*0*$/.test(ones.padStart(32, '0')) ? String(ones.replaceAll('0', '').length) : '?';
}

/** @param text an address, with a prefix, a netmask or neither. */
export function isWithin(address: number | undefined, text: string): Truth {
  const [base = '', mask = '32'] = text.split('/');
  const cidr = `${base}/${prefixOf(mask)}`;
  if (address === undefined || !cidrPattern.test(cidr)) return undefined;
  return contains(subnetOf(parseCidr(cidr)), address);
}

export function isBetween(value: number | null | undefined, from: number, to: number): Truth {
  if (value === undefined || Number.isNaN(from) || Number.isNaN(to)) return undefined;
  return value === null ? false : value >= from && value <= to;
}

/** An address as a number; NaN for anything else. */
export function addressOr(text: unknown): number {
  return typeof text === 'string' && addressPattern.test(text) ? parseAddress(text) : Number.NaN;
}

/** Usual ranges: length in bytes from an empty ping to the MTU of Ethernet, and TTL (RFC 1700). */
export const amounts = { length: [28, 1500], ttl: [32, 255] } as const;
export type Amount = keyof typeof amounts;

/** Whether the usual range lies within another range; undefined if only a part of it does. */
export function overlaps(
  [least, most]: readonly [number, number],
  from: number,
  to: number,
): Truth {
  if (Number.isNaN(from + to)) return undefined;
  if (from > most || to < least) return false;
  return from <= least && to >= most ? true : undefined;
}
