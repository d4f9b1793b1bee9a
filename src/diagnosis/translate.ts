import { type Ending, Filter } from '../filter/walk.ts';
import { packet } from '../losses/hooks.ts';
import { addressOf } from '../losses/journey.ts';
import { answerTo, type Kind, ping, toPort } from '../losses/packet-kind.ts';
import { addressPattern, formatAddress, parseAddress } from '../model/ipv4.ts';
import type { Question } from './evidence.ts';
import type { NamespaceReading } from './reading.ts';

/** The packet that a question sends, as filters see it. */
export function kindOf({ protocol, port }: Pick<Question, 'protocol' | 'port'>): Kind {
  return protocol === 'icmp' ? ping : toPort(protocol, port ?? 0);
}

export function answerKind(question: Pick<Question, 'protocol' | 'port'>): Kind {
  return answerTo(kindOf(question));
}

/** Where a packet is in a namespace. */
export interface Crossed {
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  readonly source: string;
  readonly destination: string;
}

/** All IPv4 addresses of a namespace. */
export function ownAddresses({ links }: Pick<NamespaceReading, 'links'>): ReadonlySet<string> {
  return new Set(links.flatMap(({ addresses }) => addresses.map((one) => one.split('/')[0] ?? '')));
}

/** How the nat chains of a hook end for the first packet of a flow, in the order of the chains. */
export function natEndings(
  reading: NamespaceReading,
  hook: 'prerouting' | 'output' | 'postrouting' | 'input',
  question: Pick<Question, 'protocol' | 'port'>,
  { in: incoming, out, source, destination }: Crossed,
): readonly Ending[] {
  const filter = new Filter(reading.firewall);
  const own = ownAddresses(reading);
  const seen = packet(
    kindOf(question),
    {
      in: incoming,
      out,
      source: parseAddress(source),
      destination: parseAddress(destination),
      fromHost: own.has(source),
      toHost: own.has(destination) || destination.startsWith('127.'),
    },
    'first',
  );
  const chains = filter.at(hook, ['ip', 'inet']).filter(({ base }) => base?.type === 'nat');
  return chains.flatMap((chain) => filter.walk(chain, seen).endings);
}

/** An address after translation, and whether it is certain. */
interface Rewritten {
  readonly address: string;
  readonly unsure: boolean;
}

/** DNAT: the destination after the nat chains of prerouting, or of output for the sender's own packets. */
export function divertedTo(
  reading: NamespaceReading,
  question: Pick<Question, 'protocol' | 'port'>,
  crossed: Crossed,
): Rewritten {
  const hook = crossed.in === undefined ? 'output' : 'prerouting';
  const endings = natEndings(reading, hook, question, crossed);
  const hit = endings.find(({ verdict }) => verdict.does === 'divert');
  if (hit === undefined) return { address: crossed.destination, unsure: false };
  const to = hit.verdict.does === 'divert' ? hit.verdict.to : undefined;
  const unsure = !hit.certain || to === undefined;
  return { address: unsure ? crossed.destination : (to ?? crossed.destination), unsure };
}

/** The address of a SNAT, without ports; undefined for a range, of which the kernel takes one for each flow. */
function oneAddress(to: string | undefined): string | undefined {
  const [address = ''] = to?.split(':') ?? [];
  return addressPattern.test(address) ? address : undefined;
}

/** SNAT: the source after the nat chains of postrouting. Masquerading takes the first address of the interface. */
export function maskedAs(
  reading: NamespaceReading,
  question: Pick<Question, 'protocol' | 'port'>,
  crossed: Crossed,
): Rewritten {
  const endings = natEndings(reading, 'postrouting', question, crossed);
  const hit = endings.find(({ verdict: { does } }) => does === 'masquerade' || does === 'snat');
  if (hit === undefined) return { address: crossed.source, unsure: false };
  const to =
    hit.verdict.does === 'snat' ? oneAddress(hit.verdict.to) : firstAddress(reading, crossed.out);
  const unsure = !hit.certain || to === undefined;
  return { address: unsure ? crossed.source : (to ?? crossed.source), unsure };
}

/** The address that the kernel puts on packets that leave by this interface, where the route names none. */
export function firstAddress(
  { links }: Pick<NamespaceReading, 'links'>,
  dev: string | undefined,
): string | undefined {
  const address = addressOf(links.find(({ name }) => name === dev)?.addresses[0]);
  return address === undefined ? undefined : formatAddress(address);
}
