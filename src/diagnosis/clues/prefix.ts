import { parseCidr } from '../../model/ipv4.ts';
import type { Evidence } from '../evidence.ts';
import { wiresOf } from '../wires.ts';
import { isIn, type Sender } from './sender.ts';

/** An address whose prefix does not fit the network: its own router is not in the subnet, or far too much is. */
interface BadPrefix {
  readonly address: string;
  readonly prefix: number;
  readonly wanted: number;
}

/** The prefix that the network has: by the lab, else by what others of the segment have. */
function wantedPrefix(evidence: Evidence, sender: Sender, dev: string): number | undefined {
  const { attachments, links, place } = sender;
  const attachment = attachments.find(({ device }) => device === dev);
  if (attachment !== undefined) return attachment.prefix;
  const own = links.find(({ name }) => name === dev)?.addresses[0]?.split('/')[0];
  if (own === undefined) return undefined;
  const { reading } = evidence;
  const others = wiresOf(reading)
    .segment({ place, dev })
    .filter(({ unread }) => unread !== true)
    .flatMap(({ end }) => {
      const there = reading[end.place]?.links.find(({ name }) => name === end.dev);
      return (there?.addresses ?? []).filter((one) => isIn(one, own) && !one.endsWith('/32'));
    });
  const prefixes = new Set(others.map((one) => parseCidr(one).prefix));
  return prefixes.size === 1 ? [...prefixes][0] : undefined;
}

export function badPrefix(evidence: Evidence, sender: Sender, dev: string): BadPrefix | undefined {
  const addresses = sender.links.find(({ name }) => name === dev)?.addresses ?? [];
  const wanted = wantedPrefix(evidence, sender, dev);
  if (wanted === undefined) return undefined;
  const [bad] = addresses.flatMap((one) => {
    const { prefix } = parseCidr(one);
    return prefix === wanted ? [] : [{ address: one, prefix, wanted }];
  });
  return addresses.some((one) => parseCidr(one).prefix === wanted) ? undefined : bad;
}
