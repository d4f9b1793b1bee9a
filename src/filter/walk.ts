import type { ChainFact, FilterFacts } from './chain.ts';
import { readIptables } from './iptables.ts';
import { readNft } from './nft.ts';
import { every, type Packet, type Truth } from './packet.ts';
import type { Rule, Verdict } from './rule.ts';

/** A way in which a packet may leave a base chain. */
export interface Ending {
  readonly chain: ChainFact;
  readonly verdict: Verdict;
  /** Undefined for the policy. */
  readonly rule: string | undefined;
  readonly certain: boolean;
}

export interface Walked {
  readonly endings: readonly Ending[];
  /** Rules with NOTRACK that may match the packet. */
  readonly untracked: readonly Ending[];
  /** The packet's mark after the chain; undefined if unknown. */
  readonly mark: number | undefined;
  /** The chains that the packet may reach before any rule may drop it. */
  readonly reached: ReadonlySet<string>;
}

const losing = new Set(['drop', 'reject', 'hand-over']);

/** Whether a packet with this verdict is lost. */
export function loses({ verdict }: Ending): boolean {
  return losing.has(verdict.does);
}

/** The verdict for packets that reach the end of a base chain, or return from it. */
function policyOf({ base }: ChainFact): Verdict {
  return { does: base?.policy ?? 'accept' };
}

function keyOf({ tool, family, table }: ChainFact, name: string): string {
  return `${tool} ${family} ${table} ${name}`;
}

/** The packet filters of a host, each rule read once. */
export class Filter {
  readonly chains: readonly ChainFact[];
  private readonly byKey: ReadonlyMap<string, ChainFact>;
  private readonly sets: FilterFacts['sets'];
  private readonly read = new Map<ChainFact, readonly Rule[]>();

  constructor({ chains, sets }: FilterFacts) {
    this.chains = chains;
    this.sets = sets;
    this.byKey = new Map(chains.map((chain) => [keyOf(chain, chain.name), chain]));
  }

  target(from: ChainFact, name: string): ChainFact | undefined {
    return this.byKey.get(keyOf(from, name));
  }

  rules(chain: ChainFact): readonly Rule[] {
    const known = this.read.get(chain);
    if (known !== undefined) return known;
    const isChain = (name: string) => this.target(chain, name) !== undefined;
    const { family, table } = chain;
    const set = (name: string) => this.sets[`${family} ${table} ${name}`];
    const rules = chain.rules.map((text) =>
      text.startsWith('[') ? readNft(text, set) : readIptables(text, isChain),
    );
    this.read.set(chain, rules);
    return rules;
  }

  /** The base chains at a hook, in the order in which packets meet them. */
  at(hook: string, families: readonly string[]): readonly ChainFact[] {
    return this.chains
      .filter(({ base, family }) => base?.hook === hook && families.includes(family))
      .sort((one, other) => (one.base?.priority ?? 0) - (other.base?.priority ?? 0));
  }

  /** @param entered whether the packet certainly reaches this chain. */
  walk(chain: ChainFact, packet: Packet, entered = true): Walked {
    const walker = new Walker(this, { ...packet });
    const { on, whole } = walker.through(chain, entered);
    if (!on) return walker;
    const certain = entered && whole;
    walker.endings.push({ chain, rule: undefined, verdict: policyOf(chain), certain });
    return walker;
  }
}

/** Where packets may continue after a chain or a verdict. */
interface Fate {
  /** Some may continue with the next rule. */
  readonly on: boolean;
  /** Some may return to the calling chain. */
  readonly back: boolean;
  /** None can have left the filter. */
  readonly whole: boolean;
}

const passes: Fate = { on: true, back: false, whole: true };
const returns: Fate = { on: false, back: true, whole: true };
const ends: Fate = { on: false, back: false, whole: false };

/** The most nested jumps that the kernel accepts (NFT_JUMP_STACK_SIZE). */
const deepest = 16;

class Walker implements Walked {
  readonly endings: Ending[] = [];
  readonly untracked: Ending[] = [];
  readonly reached = new Set<string>();
  private readonly filter: Filter;
  private readonly packet: Packet;

  get mark(): number | undefined {
    return this.packet.mark;
  }

  constructor(filter: Filter, packet: Packet) {
    this.filter = filter;
    this.packet = packet;
  }

  /** @param entered whether the packet certainly reaches the chain. @returns whether it may reach the chain's end. */
  through(chain: ChainFact, entered: boolean, depth = 0): Pick<Fate, 'on' | 'whole'> {
    if (!this.endings.some(loses)) this.reached.add(chain.name);
    let back = false;
    let whole = true;
    for (const rule of this.filter.rules(chain)) {
      for (const [applies, verdict] of this.met(rule)) {
        const certain = entered && whole && !back && applies === true;
        const fate = this.carryOut({ chain, rule: rule.text, verdict, certain }, depth);
        back ||= fate.back;
        whole &&= fate.whole;
        if (applies === true && !fate.on) return { on: back, whole };
      }
    }
    return { on: true, whole };
  }

  /** The verdicts of a rule on the packet, each with whether it applies. */
  private *met(rule: Rule): Generator<readonly [Truth, Verdict]> {
    let met: Truth = true;
    for (const part of rule.parts) {
      if ('test' in part) met = every([met, part.test(this.packet)]);
      if (met === false) return;
      if ('verdict' in part) yield [met, part.verdict];
      if (!('cases' in part)) continue;
      for (const [hit, verdict] of part.cases(this.packet)) {
        const applies = every([met, hit]);
        if (applies !== false) yield [applies, verdict];
      }
    }
  }

  private carryOut(met: Ending & { readonly rule: string | undefined }, depth: number): Fate {
    const { chain, verdict, certain } = met;
    switch (verdict.does) {
      case 'continue':
        return passes;
      case 'mark': {
        const { mark } = this.packet;
        const next = mark === undefined ? undefined : verdict.next(mark);
        // If the rule may not match, the mark is unknown.
        this.packet.mark = certain || next === mark ? next : undefined;
        return passes;
      }
      case 'untrack':
        this.untracked.push(met);
        return passes;
      case 'return':
        if (depth > 0) return returns;
        this.endings.push({ ...met, verdict: policyOf(chain) });
        return ends;
      case 'jump':
      case 'goto': {
        const target = this.filter.target(chain, verdict.chain);
        if (target === undefined || depth > deepest) return passes;
        const { on, whole } = this.through(target, certain, depth + 1);
        return verdict.does === 'jump'
          ? { on, whole, back: false }
          : { on: false, whole, back: on };
      }
      default:
        this.endings.push(met);
        return ends;
    }
  }
}
