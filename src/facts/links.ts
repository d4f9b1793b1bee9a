import type { LinkFact } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';
import type { Probe } from './probe.ts';

function linkOf(entry: unknown): LinkFact[] {
  if (!isRecord(entry)) return [];
  const name = textOf(entry.ifname);
  if (name === undefined) return [];
  const info = entry.linkinfo;
  const addresses = Array.isArray(entry.addr_info) ? entry.addr_info : [];
  const master = textOf(entry.master);
  return [
    {
      name,
      kind: (isRecord(info) ? textOf(info.info_kind) : undefined) ?? textOf(entry.link_type) ?? '',
      // iproute2 prints a group by number unless /etc/iproute2/group has a name for it.
      group: Number(entry.group) || 0,
      mac: textOf(entry.address) ?? '',
      mtu: Number(entry.mtu) || 0,
      up: Array.isArray(entry.flags) && entry.flags.includes('UP'),
      ...(master === undefined ? {} : { master }),
      addresses: addresses.flatMap((one: unknown) =>
        isRecord(one) && one.family === 'inet' ? [`${one.local}/${one.prefixlen}`] : [],
      ),
      altnames: Array.isArray(entry.altnames) ? entry.altnames.map(String) : [],
    },
  ];
}

export function parseLinks(stdout: string): readonly LinkFact[] {
  return parseJsonArray(stdout).flatMap(linkOf);
}

/** ip-address(8). Without `-d`, which doubles what is told of a port, a kind is only the type of the link. */
export const links: Probe<readonly LinkFact[]> = {
  argv: ['ip', '-j', 'addr', 'show'],
  parse: parseLinks,
  absent: [],
  needed: true,
};
