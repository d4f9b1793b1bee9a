import type { Ending } from '../../filter/walk.ts';
import { addressPattern, parseAddress } from '../../model/ipv4.ts';
import type { LabNetwork } from '../../model/lab.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import { natEndings, ownAddresses } from '../translate.ts';
import { filterOf } from './filters.ts';
import { has, isInner, isPrivate, linkOf, networkOf, type Passage, passages } from './passages.ts';

/** A packet of a container that leaves the host with an address to which nobody outside can answer. */
export interface Untranslated {
  readonly passage: Passage;
  readonly network: LabNetwork | undefined;
  /** The rule that keeps it from being masqueraded, or gives it a wrong address. */
  readonly by: Ending | undefined;
  readonly certain: boolean;
}

/** Whether the masquerade rule of ctr is in the chain at all. */
function masquerades({ reading }: Passage, network: LabNetwork | undefined): boolean {
  const filter = filterOf(reading.firewall);
  return filter
    .at('postrouting', ['ip', 'inet'])
    .flatMap((base) => filter.rules(base))
    .some(
      ({ text }) =>
        /masquerade/i.test(text) && (network === undefined || text.includes(network.subnet)),
    );
}

/** The addresses of a SNAT to a range (iptables-extensions(8), `--to-source`). */
function rangeOf(to: string | undefined): { from: number; to: number } | undefined {
  const [from = '', last = ''] = (to ?? '').replace(/:.*/, '').split('-');
  if (!addressPattern.test(from) || !addressPattern.test(last)) return undefined;
  return { from: parseAddress(from), to: parseAddress(last) };
}

export function untranslated(evidence: Evidence, path: Path): readonly Untranslated[] {
  return passages(evidence, path).flatMap((passage): readonly Untranslated[] => {
    const { leg, direction, leaves, reading } = passage;
    if (direction !== 'there' || leg.does !== 'forward' || leg.out === undefined) return [];
    if (
      isInner(evidence, reading, leg.out) ||
      networkOf(evidence, leaves.destination) !== undefined
    ) {
      return [];
    }
    const network = networkOf(evidence, leg.source);
    const wanted =
      network === undefined
        ? evidence.lab === undefined && isPrivate(leg.source) && !isPrivate(leaves.destination)
        : network.masquerade;
    if (!wanted) return [];
    const endings = natEndings(reading, 'postrouting', evidence.question, {
      ...leg,
      destination: leaves.destination,
    });
    const decisive = endings.find(
      ({ rule, verdict }) => rule !== undefined && verdict.does !== 'drop',
    );
    const certain = leg.unsure !== true && !(path.returns && path.arrives);
    // An interface without an address has nothing to masquerade with: what leads there is at fault.
    const masks = endings.some(({ verdict }) => verdict.does === 'masquerade');
    if (masks && leaves.source === leg.source) return [];
    const pool = decisive?.verdict.does === 'snat' ? rangeOf(decisive.verdict.to) : undefined;
    if (pool !== undefined) {
      const own = [...ownAddresses(reading)].map(parseAddress);
      const right = own.some((one) => one >= pool.from && one <= pool.to);
      return right ? [] : [{ passage, network, by: decisive, certain: decisive?.certain === true }];
    }
    // An address that nobody could read may be right.
    if (decisive?.verdict.does === 'snat' && decisive.verdict.to === undefined) return [];
    if (leaves.source === leg.source) {
      const by = masquerades(passage, network) ? decisive : undefined;
      return [{ passage, network, by, certain: certain && by?.certain !== false }];
    }
    // By the address of another interface nobody outside reaches this host, except where somebody routes it here.
    const right = linkOf(reading, leg.out)?.addresses.some(
      (one) => one.split('/')[0] === leaves.source,
    );
    if (right === true || (has(reading, leaves.source) && (path.returns || path.leaves))) return [];
    return [{ passage, network, by: decisive, certain }];
  });
}
