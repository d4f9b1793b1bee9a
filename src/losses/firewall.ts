import type { ChainFact } from '../filter/chain.ts';
import { type Ending, Filter, loses } from '../filter/walk.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import {
  isOurPlace,
  lostInFilter,
  lostPublication,
  lostTracking,
  lostTranslation,
  orIptables,
  repairOf,
  unreadFilters,
} from './firewall-words.ts';
import type { Journey } from './journey.ts';
import { journeys } from './journeys.ts';
import type { LossRule } from './loss-rule.ts';
import { withOursFirst, withPlanned } from './our-rules.ts';
import { isHarmless, publishes } from './quick-look.ts';
import { walkStops } from './stops.ts';
import type { Taken } from './taken.ts';

/** A program that is handed a packet may let it pass. */
function isCertain({ certain, verdict }: Ending): boolean {
  return certain && verdict.does !== 'hand-over';
}

class Losses {
  private readonly found = new Map<string, Taken>();

  add(base: ChainFact, ending: Ending, journey: Journey): void {
    const { chain, rule } = ending;
    const key = [base, chain].map(({ tool, family, table, name }) =>
      [tool, family, table, name].join(' '),
    );
    const text = [...key, rule].join('|');
    const known = this.found.get(text);
    this.found.set(text, {
      key: text,
      base,
      ending,
      journeys: [...(known?.journeys ?? []), journey],
      certain: known?.certain === true || isCertain(ending),
    });
  }

  all(): readonly Taken[] {
    return [...this.found.values()];
  }
}

/** The first ending that is certain; else the first. */
function worst(endings: readonly Ending[]): Ending | undefined {
  return endings.find(({ certain }) => certain) ?? endings[0];
}

function inFilters(filter: Filter, all: readonly Journey[]): readonly Taken[] {
  const losses = new Losses();
  for (const journey of all) {
    for (const { base, walked } of walkStops(filter, journey.stops)) {
      const ending = worst(walked.endings.filter(loses));
      if (ending !== undefined) losses.add(base, ending, journey);
    }
  }
  return losses.all();
}

/** Ways in which a packet leaves the nat table. */
function isTranslated({ verdict }: Ending, own: ReadonlySet<string>): boolean {
  if (verdict.does === 'masquerade') return true;
  return verdict.does === 'snat' && (verdict.to === undefined || own.has(verdict.to));
}

/** The chains of nat at a hook that packets on their way out come to. */
function* natChains(filter: Filter, all: readonly Journey[], at: string) {
  for (const journey of all) {
    if (journey.way !== 'outward') continue;
    for (const { hook, families, packet } of journey.stops) {
      if (hook !== at) continue;
      const bases = filter.at(hook, families).filter(({ base }) => base?.type === 'nat');
      yield { journey, packet, bases };
    }
  }
}

/** Rules by which packets keep the container's address, or get a foreign one, instead of being masqueraded. */
function untranslated(
  filter: Filter,
  all: readonly Journey[],
  own: ReadonlySet<string>,
): readonly Taken[] {
  const losses = new Losses();
  for (const { journey, packet, bases } of natChains(filter, all, 'postrouting')) {
    if (!journey.network.masquerade) continue;
    for (const base of bases) {
      const { endings } = filter.walk(base, packet);
      const wrong = worst(
        endings.filter((one) => one.rule !== undefined && !loses(one) && !isTranslated(one, own)),
      );
      // A foreign chain that accepts the packet unchanged leaves the translation to the next chain.
      const decides = base.rules.length > 0 && hasOurs(filter, base, journey);
      const foreign = wrong?.verdict.does === 'snat';
      if (wrong !== undefined && (decides || foreign)) losses.add(base, wrong, journey);
      if (endings.some((one) => one.certain && isTranslated(one, own))) break;
    }
  }
  return losses.all();
}

function hasOurs(filter: Filter, base: ChainFact, { network }: Journey): boolean {
  return filter
    .rules(base)
    .some(({ text }) => /masquerade/i.test(text) && text.includes(network.subnet));
}

/** Rules that redirect outgoing pings to an address that is not this host's. */
function diverted(
  filter: Filter,
  all: readonly Journey[],
  own: ReadonlySet<string>,
): readonly Taken[] {
  const losses = new Losses();
  for (const { journey, packet, bases } of natChains(filter, all, 'prerouting')) {
    if (packet.protocol !== 'icmp') continue;
    for (const base of bases) {
      const [first] = filter.walk(base, packet).endings;
      if (first?.verdict.does !== 'divert' || !first.certain) continue;
      if (!own.has(first.verdict.to ?? '')) losses.add(base, first, journey);
    }
  }
  return losses.all();
}

/** Rules by which packets for a published port go elsewhere, or stay with the host. */
function misdirected(filter: Filter, all: readonly Journey[]): readonly Taken[] {
  const losses = new Losses();
  for (const journey of all) {
    if (journey.way !== 'published') continue;
    for (const { hook, families, packet } of journey.stops) {
      if (hook !== 'prerouting' || packet.state !== 'new') continue;
      for (const base of filter.at(hook, families)) {
        if (base.base?.type !== 'nat') continue;
        const { endings } = filter.walk(base, packet);
        const isWrong = ({ verdict }: Ending) =>
          verdict.does === 'divert' ? verdict.to !== journey.to : verdict.does === 'accept';
        // The first rule that decides; without one, the packet comes to the next chain.
        const [first] = endings.filter((one) => one.rule !== undefined && !loses(one));
        if (first !== undefined && isWrong(first)) {
          const isOurs = filter.rules(base).some(({ text }) => text.includes(journey.to ?? ''));
          if (first.verdict.does === 'divert' || isOurs) losses.add(base, first, journey);
        }
        if (endings.some((one) => one.certain && one.verdict.does === 'divert')) break;
      }
    }
  }
  return losses.all();
}

/** Rules that switch connection tracking off: without it nothing is masqueraded, and no packet counts as a reply. */
function untracked(filter: Filter, all: readonly Journey[]): readonly Taken[] {
  const losses = new Losses();
  for (const journey of all) {
    if (!journey.network.masquerade) continue;
    if (journey.way !== 'outward' && journey.way !== 'answers') continue;
    for (const { hook, families, packet } of journey.stops) {
      if (hook !== 'prerouting' || !families.includes('ip')) continue;
      for (const base of filter.at(hook, families)) {
        const ending = worst(filter.walk(base, packet).untracked);
        if (ending !== undefined) losses.add(base, ending, journey);
      }
    }
  }
  return losses.all();
}

/** A loss and its message. */
interface Found {
  readonly taken: Taken;
  readonly problem: Problem;
}

/** A key that is equal for two losses of the same packets by the same rule. */
function what({ taken: { key, journeys, certain }, problem }: Found): string {
  return [problem.code, key, journeys.length, certain].join(' ');
}

/** The problem; where the chain is one of iptables and the lab's rules are not, there is another way out. */
function inIptables({ taken, problem }: Found, { networks }: Lab): Problem {
  const native = networks.some(({ firewall }) => firewall === 'nftables');
  const { fix } = problem;
  const helps = native && isOurPlace(taken.base) && problem.code === 'W110';
  return helps && fix !== undefined ? { ...problem, fix: orIptables(fix) } : problem;
}

/** Every firewall rule that loses packets of this lab. Pure. */
export const firewallLosses: LossRule = (lab, host, ours, mended = []) => {
  const { chains, unread } = host.firewall;
  const blind = unreadFilters(unread);
  // Following every journey takes up to 60 ms.
  if (chains.every(isHarmless) && !publishes(lab)) return blind;
  const filter = new Filter(host.firewall);
  const all = journeys(lab, host);
  const own = new Set(
    host.links.flatMap(({ addresses }) => addresses.map((one) => one.split('/')[0] ?? '')),
  );
  const find = (of: Filter): readonly Found[] => [
    ...inFilters(of, all).map((taken) => ({ taken, problem: lostInFilter(taken) })),
    ...untranslated(of, all, own).map((taken) => ({ taken, problem: lostTranslation(taken) })),
    ...diverted(of, all, own).map((taken) => ({ taken, problem: lostTranslation(taken) })),
    ...misdirected(of, all).map((taken) => ({ taken, problem: lostPublication(taken) })),
    ...untracked(of, all).map((taken) => ({ taken, problem: lostTracking(taken) })),
  ];
  const found = find(filter);
  // Our rules can be moved to the front only in chains that hold them, or that repair adds them to again.
  const helpless = found.some(({ taken }) => isOurPlace(taken.base))
    ? find(new Filter(withOursFirst(ours, withPlanned(mended, host.firewall))))
    : found;
  const remaining = new Set(helpless.map(what));
  const lost = found.map((one) =>
    remaining.has(what(one)) ? inIptables(one, lab) : { ...one.problem, fix: repairOf(lab) },
  );
  return [...lost, ...blind];
};
