import { mark } from '../../model/names.ts';
import { isOurTable } from '../../model/nft.ts';
import type { Evidence } from '../evidence.ts';
import type { Passage } from './passages.ts';

/** Whether the lab needs rules of ctr and the namespace has none of them, in iptables or nftables. */
export function areFlushed({ reading, leg }: Passage, { lab }: Evidence): boolean {
  const { ours, oursBeside, readable, chains } = reading.firewall;
  if (lab === undefined || lab.networks.length === 0 || leg.place !== 'host' || !readable)
    return false;
  const marks = lab.networks.map(({ bridge }) => mark(bridge));
  const native = chains.filter(({ family, table }) => isOurTable(family, table));
  const rules = [
    ...ours,
    ...Object.values(oursBeside).flat(),
    ...native.flatMap((chain) => chain.rules),
  ];
  return rules.every((rule) => marks.every((one) => !rule.includes(one)));
}
