import { isObject, type Json } from './json.ts';
import { not, type Packet, type Truth } from './packet.ts';
import { flagBits, tcpFlags } from './tcp-flags.ts';
import { addressOr, amounts, overlaps } from './values.ts';

export function bound(right: Json): number {
  return typeof right === 'number' ? right : addressOr(right);
}

/** The bits of one or several names of TCP flags; NaN for anything else. */
function bitsOf(value: Json): number {
  if (value === 0) return 0;
  const names = isObject(value) && Array.isArray(value['|']) ? value['|'] : [value].flat();
  return names.every((name) => typeof name === 'string') ? flagBits(names) : Number.NaN;
}

/** @returns null for a match of something other than TCP flags. */
export function flagsMatch(
  { op, left, right }: Readonly<Record<string, Json>>,
  packet: Packet,
): Truth | null {
  const [inner, looked] = isObject(left) && Array.isArray(left['&']) ? left['&'] : [left];
  const { protocol, field } = isObject(inner) && isObject(inner.payload) ? inner.payload : {};
  if (protocol !== 'tcp' || field !== 'flags') return null;
  const mask = looked === undefined ? 255 : bitsOf(looked);
  const some =
    isObject(right) && Array.isArray(right.set) ? right.set.map(bitsOf) : [bitsOf(right)];
  if (Number.isNaN(mask) || some.some(Number.isNaN)) return undefined;
  return tcpFlags(packet, (all) => {
    const has = all & mask;
    if (op === 'in') return some.some((bits) => (has & bits) !== 0);
    if (op === '!') return some.every((bits) => (has & bits) === 0);
    return some.includes(has) === (op !== '!=');
  });
}

/** @returns null for a match of something other than a packet's length or TTL. */
export function amountMatch({ op, left, right }: Readonly<Record<string, Json>>): Truth | null {
  if (!isObject(left)) return null;
  const { payload: field, meta: key } = left;
  const inHeader = isObject(field) && field.protocol === 'ip' ? field.field : undefined;
  const length = inHeader === 'length' || (isObject(key) && key.key === 'length');
  const ttl = inHeader === 'ttl';
  if (!length && !ttl) return null;
  const usual = amounts[ttl ? 'ttl' : 'length'];
  const [from, to] =
    isObject(right) && Array.isArray(right.range)
      ? right.range.map(bound)
      : [bound(right), bound(right)];
  const [least = Number.NaN, most = Number.NaN] = [from, to];
  switch (op) {
    case '<':
      return overlaps(usual, 0, least - 1);
    case '<=':
      return overlaps(usual, 0, least);
    case '>':
      return overlaps(usual, least + 1, Number.POSITIVE_INFINITY);
    case '>=':
      return overlaps(usual, least, Number.POSITIVE_INFINITY);
    case '!=':
      return not(overlaps(usual, least, most));
  }
  return overlaps(usual, least, most);
}

/** How a statement changes the mark. ctr assumes that the mark of a connection is 0. */
export function markBy(value: Json): (mark: number) => number | undefined {
  if (typeof value === 'number') return () => value >>> 0;
  if (!isObject(value)) return () => undefined;
  if (isObject(value.meta) && value.meta.key === 'mark') return (mark) => mark;
  if (isObject(value.ct) && value.ct.key === 'mark') return () => 0;
  const [sign = '', sides] = Object.entries(value)[0] ?? [];
  const [one, other] = Array.isArray(sides) ? sides.map(markBy) : [];
  return (mark) => {
    const [left, right] = [one?.(mark), other?.(mark)];
    if (left === undefined || right === undefined) return undefined;
    if (sign === '&') return (left & right) >>> 0;
    if (sign === '|') return (left | right) >>> 0;
    return sign === '^' ? (left ^ right) >>> 0 : undefined;
  };
}
