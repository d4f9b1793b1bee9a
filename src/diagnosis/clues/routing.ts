import { type Answer, waysOn } from '../../losses/lookup.ts';
import { marksOn } from '../../losses/marks.ts';
import { parseAddress } from '../../model/ipv4.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { NamespaceReading } from '../reading.ts';
import { networkOf, type Passage, passages } from './passages.ts';

/** What the kernel does with packets to an address, by the rules and routes of a namespace: last for most packets, before for some. */
export function decisions(
  reading: NamespaceReading,
  packet: { readonly to: string; readonly from: string; readonly iif: string },
): readonly Answer[] {
  const asked = { ...packet, to: parseAddress(packet.to), from: parseAddress(packet.from) };
  const [lookUp, marksFor] = [waysOn(reading), marksOn(reading)];
  return marksFor(asked).flatMap(({ mark, partly }) =>
    lookUp({ ...asked, mark }).map((answer) => (partly ? { ...answer, partly } : answer)),
  );
}

/** The same without policy rules of anybody: by the table main alone. */
export function withoutPolicy(
  reading: NamespaceReading,
  packet: { readonly to: string; readonly from: string; readonly iif: string },
): Answer | undefined {
  const { rules: _, ...plain } = reading;
  return decisions(plain, packet).at(-1);
}

/** A passage in which a namespace other than the asker's routes a packet for somebody else, or the host answers. */
export interface Routed {
  readonly passage: Passage;
  readonly to: string;
  readonly answers: readonly Answer[];
}

/** Every routing decision on the way that is neither a container's own nor the host's about the outside. */
export function routedPassages(evidence: Evidence, path: Path): readonly Routed[] {
  return passages(evidence, path).flatMap((passage): readonly Routed[] => {
    const { leg, reading, direction } = passage;
    const { place, does } = leg;
    const forwards = leg.in !== undefined && (does === 'forward' || does === 'none');
    const answers = direction === 'back' && place === 'host' && leg.in === undefined;
    const to = passage.leaves.destination;
    // What the host itself sends to a container is as much the lab's affair as what it passes on.
    const sends = place === 'host' && (does === 'send' || does === 'none');
    const own = sends && leg.in === undefined && networkOf(evidence, to) !== undefined;
    if (!forwards && !answers && !own) return [];
    const asked = { to, from: leg.source, iif: leg.in ?? 'lo' };
    return [{ passage, to, answers: decisions(reading, asked) }];
  });
}
