import type { Question } from '../diagnosis/evidence.ts';
import { pathOf } from '../diagnosis/path.ts';
import type { NamespaceReading, Reading } from '../diagnosis/reading.ts';
import { natEndings } from '../diagnosis/translate.ts';
import { wiresOf } from '../diagnosis/wires.ts';
import { type Ending, Filter } from '../filter/walk.ts';
import { packet } from '../losses/hooks.ts';
import { answerTo, ping } from '../losses/packet-kind.ts';
import { parseAddress } from '../model/ipv4.ts';
import type { Place } from '../model/place.ts';
import { worldTarget } from './promises.ts';

/** An interface of a container, and where it leads. */
export interface Plug {
  readonly device: string;
  readonly kind: string;
  readonly up: boolean;
  readonly mac: string;
  /** IPv4 addresses with prefix. */
  readonly addresses: readonly string[];
  /** The next hop of the default route through it. */
  readonly gateway?: string;
  /** The other end of its veth pair. */
  readonly peer?: { readonly place: Place; readonly device: string; readonly up: boolean };
  /** It has another end, or a lower interface, in a namespace that was not read. */
  readonly beyond?: true;
  /** The bridge that the peer is a port of, and its addresses. */
  readonly bridge?: string;
  readonly bridgeAddresses?: readonly string[];
}

/** A rule of the host that is about the container's packets. */
export interface WiredRule {
  readonly does: 'masquerade' | 'snat' | 'divert' | 'accept' | 'drop' | 'other';
  /** iptables or nft, its family and table, and the chain. */
  readonly tool: string;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** As the tool prints it; `policy accept` for a policy. */
  readonly text: string;
  /** The chain's own packets: from the container to the world, or to the container. */
  readonly direction: 'out' | 'in';
  readonly certain: boolean;
}

export interface Wiring {
  readonly plugs: readonly Plug[];
  readonly rules: readonly WiredRule[];
}

const doing: Readonly<Record<string, WiredRule['does']>> = {
  masquerade: 'masquerade',
  snat: 'snat',
  divert: 'divert',
  accept: 'accept',
  drop: 'drop',
  reject: 'drop',
};

function wired({ chain, verdict, rule, certain }: Ending, direction: 'out' | 'in'): WiredRule {
  const { tool, family, table, name, base } = chain;
  return {
    ...{ tool, family, table, chain: name, direction, certain },
    does: doing[verdict.does] ?? 'other',
    text: rule ?? `policy ${base?.policy ?? 'accept'}`,
  };
}

function plugsOf(reading: Reading, place: Place): readonly Plug[] {
  const own = reading[place];
  const wires = wiresOf(reading);
  return (own?.links ?? []).flatMap((link): Plug[] => {
    const { name, kind, up, mac, addresses } = link;
    if (kind === 'loopback' || name === 'lo') return [];
    const other = wires.other({ place, dev: name });
    const far = other === undefined ? undefined : reading[other.place];
    const peer = far?.links.find((one) => one.name === other?.dev);
    const bridge = other === undefined ? undefined : wires.bridgeOf(other);
    const gateway = own?.routes.find((one) => one.to === 'default' && one.dev === name)?.gateway;
    const knows = own?.status[name]?.peerIndex !== undefined;
    return [
      {
        ...{ device: name, kind, up, mac, addresses },
        ...(gateway === undefined ? {} : { gateway }),
        ...(other === undefined || peer === undefined
          ? knows
            ? { beyond: true as const }
            : {}
          : { peer: { place: other.place, device: other.dev, up: peer.up } }),
        ...(bridge === undefined
          ? {}
          : {
              bridge,
              bridgeAddresses: far?.links.find((one) => one.name === bridge)?.addresses ?? [],
            }),
      },
    ];
  });
}

/** What the chains of the forward hook do with the first ping out, and with one in. */
function forwarded(
  host: NamespaceReading,
  leg: { readonly in?: string; readonly out?: string },
  source: string,
  destination: string,
  direction: 'out' | 'in',
): readonly WiredRule[] {
  const filter = new Filter(host.firewall);
  const seen = packet(
    direction === 'out' ? ping : answerTo(ping),
    {
      in: leg.in,
      out: leg.out,
      source: parseAddress(source),
      destination: parseAddress(destination),
    },
    direction === 'out' ? 'first' : 'reply',
  );
  return filter
    .at('forward', ['ip', 'inet'])
    .filter(({ base }) => base?.type === 'filter')
    .flatMap((chain) => filter.walk(chain, seen).endings.map((one) => wired(one, direction)));
}

/** Rules that name an address of the container, as those of published ports do. */
function naming(host: NamespaceReading, addresses: readonly string[]): readonly WiredRule[] {
  const filter = new Filter(host.firewall);
  return filter.chains.flatMap((chain) =>
    filter.rules(chain).flatMap(({ text }): WiredRule[] => {
      const about = addresses.some((one) => text.match(/[\d.]+/g)?.includes(one) === true);
      const diverts = /DNAT|"dnat"/.test(text);
      if (!about || !diverts) return [];
      const { tool, family, table, name } = chain;
      return [
        {
          ...{ tool, family, table, chain: name, text, does: 'divert' },
          ...{ direction: 'in', certain: true },
        },
      ];
    }),
  );
}

/** How a container is wired to the host, and which rules of the host its packets meet. Pure. */
export function wiringOf(reading: Reading, place: Place): Wiring {
  const plugs = plugsOf(reading, place);
  const { host } = reading;
  const addresses = plugs.flatMap((one) => one.addresses.map((two) => two.split('/')[0] ?? ''));
  if (host === undefined) return { plugs, rules: [] };
  const to = worldTarget(reading);
  const question: Question = { from: place, to, protocol: 'icmp' };
  const leg = pathOf(question, reading).there.find(
    (one) => one.place === 'host' && one.does === 'forward',
  );
  if (leg === undefined) return { plugs, rules: naming(host, addresses) };
  const { source, destination } = leg;
  const back = {
    ...(leg.out === undefined ? {} : { in: leg.out }),
    ...(leg.in === undefined ? {} : { out: leg.in }),
  };
  const translated = natEndings(host, 'postrouting', question, leg).filter(
    ({ verdict: { does } }) => does === 'masquerade' || does === 'snat',
  );
  return {
    plugs,
    rules: [
      ...forwarded(host, leg, source, destination, 'out'),
      ...translated.map((one) => wired(one, 'out')),
      ...forwarded(host, back, destination, source, 'in'),
      ...naming(host, addresses),
    ],
  };
}
