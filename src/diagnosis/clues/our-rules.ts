import { mark } from '../../model/names.ts';
import type { Evidence } from '../evidence.ts';
import type { Passage } from './passages.ts';

/** Whether the lab needs rules of ctr and the namespace has none of them, in no variant of iptables. */
export function areFlushed({ reading, leg }: Passage, { lab }: Evidence): boolean {
  const { ours, oursBeside, readable } = reading.firewall;
  if (lab === undefined || lab.networks.length === 0 || leg.place !== 'host' || !readable)
    return false;
  const marks = lab.networks.map(({ bridge }) => mark(bridge));
  const rules = [...ours, ...Object.values(oursBeside).flat()];
  return rules.every((rule) => marks.every((one) => !rule.includes(one)));
}
