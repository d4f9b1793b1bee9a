import { type BridgeFact, type LinkFact, type PortFact, stpModes } from './index.ts';
import { isRecord, parseJsonArray, textOf } from './json.ts';
import type { Probe } from './probe.ts';

/** `ip -d` prints times of a bridge in hundredths of a second. */
function bridgeOf(data: unknown): BridgeFact {
  if (!isRecord(data)) return { stp: 'off', forwardDelay: 0 };
  return {
    stp: stpModes[Number(data.stp_state)] ?? 'off',
    forwardDelay: (Number(data.forward_delay) || 0) / 100,
    ...(data.vlan_filtering === 1 ? { vlan: Number(data.vlan_default_pvid ?? 1) } : {}),
  };
}

function portOf(data: unknown): PortFact {
  const { state, isolated, locked, learning, flood, hairpin } = isRecord(data) ? data : {};
  return {
    state: textOf(state) ?? '',
    isolated: isolated === true,
    locked: locked === true,
    ...(learning === false && flood === false ? { blind: true } : {}),
    ...(hairpin === true ? { hairpin: true } : {}),
  };
}

/** The properties that `ip` prints only with `-d`. */
function detailsOf(
  info: Readonly<Record<string, unknown>>,
  kind: string,
): Pick<LinkFact, 'bridge' | 'port'> {
  return {
    ...(kind === 'bridge' ? { bridge: bridgeOf(info.info_data) } : {}),
    ...(info.info_slave_kind === 'bridge' ? { port: portOf(info.info_slave_data) } : {}),
  };
}

/** Whether a person configured the address: it is neither link-local nor from SLAAC or DHCPv6. */
function isLasting(one: unknown): one is Readonly<Record<string, unknown>> {
  return isRecord(one) && one.scope === 'global' && one.dynamic !== true;
}

/** An entry of `ip -j -d addr show`. @returns nothing for one that has no name. */
export function linkOf(entry: unknown): readonly LinkFact[] {
  if (!isRecord(entry)) return [];
  const name = textOf(entry.ifname);
  if (name === undefined) return [];
  const info = isRecord(entry.linkinfo) ? entry.linkinfo : {};
  const kind = textOf(info.info_kind) ?? textOf(entry.link_type) ?? '';
  const data = isRecord(info.info_data) ? info.info_data : {};
  // For a veth, `link` is its peer.
  const other = textOf(entry.link) ?? textOf(data.link);
  const on = kind === 'veth' ? undefined : other;
  const addresses = Array.isArray(entry.addr_info) ? entry.addr_info : [];
  const lasting6 = addresses.filter(isLasting).filter(({ family }) => family === 'inet6');
  const [addresses6, nodad6] = [lasting6, lasting6.filter(({ nodad }) => nodad === true)].map(
    (some) => some.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  ) as [string[], string[]];
  const master = textOf(entry.master);
  return [
    {
      name,
      kind,
      // iproute2 prints a group's name if /etc/iproute2/group has one. ctr's groups have none, so they are numbers.
      group: Number(entry.group) || 0,
      mac: textOf(entry.address) ?? '',
      mtu: Number(entry.mtu) || 0,
      up: Array.isArray(entry.flags) && entry.flags.includes('UP'),
      ...(kind === 'bridge' && Array.isArray(entry.flags) && entry.flags.includes('NOARP')
        ? { noArp: true }
        : {}),
      ...(master === undefined ? {} : { master }),
      ...(on === undefined ? {} : { on }),
      ...(kind === 'veth' && other !== undefined ? { otherEnd: other } : {}),
      addresses: addresses.flatMap((one: unknown) =>
        isRecord(one) && one.family === 'inet' ? [`${one.local}/${one.prefixlen}`] : [],
      ),
      ...(addresses6.length > 0 ? { addresses6 } : {}),
      ...(kind === 'bridge' && nodad6.length > 0 ? { nodad6 } : {}),
      altnames: Array.isArray(entry.altnames) ? entry.altnames.map(String) : [],
      ...detailsOf(info, kind),
    },
  ];
}

export function parseLinks(stdout: string): readonly LinkFact[] {
  return parseJsonArray(stdout).flatMap(linkOf);
}

/** ip-address(8). Only `-d` prints the lower interface of a tunnel and the settings of a port. */
export const links: Probe<readonly LinkFact[]> = {
  argv: ['ip', '-j', '-d', 'addr', 'show'],
  parse: parseLinks,
  absent: [],
  needed: true,
};
