import {
  addressPattern,
  cidrPattern,
  contains,
  parseAddress,
  parseCidr,
  subnetOf,
} from '../model/ipv4.ts';
import {
  contains6,
  isAddress6,
  isCidr6,
  parseAddress6,
  parseCidr6,
  subnet6Of,
} from '../model/ipv6.ts';
import { isObject, type Json, listAt, pick, textAt, unsupported, wrong } from './go-json.ts';

/** A pool of addresses of ctr's own IPAM; the keys are those of host-local. */
export interface Range {
  readonly subnet: string;
  readonly first?: string;
  readonly last?: string;
  readonly gateway?: string;
}

function isIn(subnet: string, text: string): boolean {
  return subnet.includes(':')
    ? isAddress6(text) && contains6(subnet6Of(parseCidr6(subnet)), parseAddress6(text))
    : addressPattern.test(text) && contains(subnetOf(parseCidr(subnet)), parseAddress(text));
}

function rangeOf(value: unknown): Range {
  if (!isObject(value)) throw wrong('ipam.ranges', value, 'a list of objects');
  const subnet = textAt(value, 'subnet') ?? '';
  if (!cidrPattern.test(subnet) && !isCidr6(subnet))
    throw wrong('ipam.subnet', subnet, 'a subnet such as 10.88.0.0/16 or fd00:88::/64');
  const inside = (key: string): string | undefined => {
    const text = textAt(value, key);
    if (text === undefined) return undefined;
    if (!isIn(subnet, text)) throw wrong(`ipam.${key}`, text, `an address of ${subnet}`);
    return text;
  };
  const [first, last, gateway] = [inside('rangeStart'), inside('rangeEnd'), inside('gateway')];
  return {
    subnet,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    ...(gateway === undefined ? {} : { gateway }),
  };
}

/** Whether a range is one of IPv6. */
function isSix({ subnet }: Range): boolean {
  return subnet.includes(':');
}

/**
 * host-local's forms: `subnet` itself, sets of `ranges`, and those of the capability `ipRanges`. Each set gives one
 * address; ctr gives one of IPv4, and one of IPv6 beside it.
 */
export function rangesOf(
  ipam: Json,
  runtime: Json,
): { readonly ranges: readonly Range[]; readonly ranges6: readonly Range[] } {
  const given = [...listAt(runtime, 'ipRanges'), ...listAt(ipam, 'ranges')];
  const sets = given.map((set) => (Array.isArray(set) ? set : [set]).map(rangeOf));
  const first = pick(ipam, 'subnet') === undefined ? [] : [rangeOf(ipam)];
  const six = sets.filter((set) => set.some(isSix));
  const four = sets.filter((set) => !set.some(isSix));
  if (six.some((set) => !set.every(isSix)))
    throw wrong('ipam.ranges', given, 'sets of one address family each');
  if (six.length > 1 || four.length > 1)
    throw unsupported('ipam.ranges', given, 'ctr gives an interface one address of a family');
  const ranges = [...first.filter((one) => !isSix(one)), ...four.flat()];
  const ranges6 = [...first.filter(isSix), ...six.flat()];
  const [alone] = ranges.length === 0 ? ranges6 : [];
  if (alone !== undefined)
    throw unsupported('ipam.subnet', alone.subnet, 'ctr gives IPv6 addresses only beside IPv4');
  return { ranges, ranges6 };
}
