import { builtIn, type ChainFact } from '../filter/chain.ts';
import { words } from '../filter/words.ts';
import { markedBridge } from '../model/names.ts';
import type { Probe } from './probe.ts';

/** What iptables-save(8) tells. */
export interface Saved {
  /** False when it did not work. */
  readonly readable: boolean;
  readonly version: string;
  readonly chains: readonly ChainFact[];
  /** Rules that carry our mark, with their table. */
  readonly ours: readonly string[];
  /** Tables with rules that only nft(8) can show: of these it shows nothing. */
  readonly incompatible: readonly string[];
}

const nothing: Saved = { readable: true, version: '', chains: [], ours: [], incompatible: [] };

type Program = 'iptables' | 'iptables-legacy' | 'iptables-nft';

export function parseSaved(stdout: string, tool: Program = 'iptables'): Saved {
  let table = '';
  const chains = new Map<string, ChainFact & { readonly rules: string[] }>();
  const ours: string[] = [];
  const incompatible: string[] = [];
  for (const line of stdout.split('\n')) {
    const closed = /^# Table [`'"](\w+)' is incompatible/.exec(line)?.[1];
    if (closed !== undefined) incompatible.push(closed);
    if (line.startsWith('*')) table = line.slice(1).trim();
    const [, made, policy = ''] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (made !== undefined) {
      const base = builtIn(table, made, policy);
      chains.set(`${table} ${made}`, {
        tool,
        family: 'ip',
        table,
        name: made,
        ...(base === undefined ? {} : { base }),
        rules: [],
      });
    }
    const [, name = '', spec = ''] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (name === '') continue;
    chains.get(`${table} ${name}`)?.rules.push(spec);
    if (/--comment "?ctr:/.test(line)) ours.push(`-t ${table} ${line}`);
  }
  const version = /iptables-save (v\S+(?: \([a-z_]+\))?)/.exec(stdout)?.[1] ?? '';
  return { readable: true, version, chains: [...chains.values()], ours, incompatible };
}

/** Chains that let everything through are not told of. */
export function hasSay({ base, rules }: ChainFact): boolean {
  return rules.length > 0 || base?.policy === 'drop';
}

/** iptables-save(8): all tables in one read. */
export const firewall: Probe<Saved> = {
  argv: ['iptables-save'],
  parse: (stdout) => parseSaved(stdout),
  absent: { ...nothing, readable: false },
};

/**
 * The flavour of iptables(8) that `iptables` is not, by its own name. That of legacy is asked where the
 * kernel has tables of it; nft(8) shows what the other one would.
 */
export function besides(tool: Exclude<Program, 'iptables'>): Probe<Saved> {
  return {
    argv: [`${tool}-save`],
    parse: (stdout) => parseSaved(stdout, tool),
    absent: { ...nothing, readable: tool === 'iptables-nft' },
    broken: { ...nothing, readable: false },
  };
}

/** A firewall rule that bears our mark. */
export interface MarkedRule {
  readonly bridge: string;
  /** As iptables-save(8) prints it, with its table. */
  readonly line: string;
  /** What removes it. */
  readonly argv: readonly string[];
}

/**
 * @param ours lines of `parseSaved`.
 * @param program the iptables(8) that they were read with.
 */
export function markedRules(ours: readonly string[], program = 'iptables'): readonly MarkedRule[] {
  return ours.flatMap((line) => {
    const [, table = '', , chain = '', ...spec] = words(line);
    const bridge = markedBridge(spec[spec.indexOf('--comment') + 1] ?? '');
    if (bridge === undefined) return [];
    return [{ bridge, line, argv: [program, '-w', '5', '-t', table, '-D', chain, ...spec] }];
  });
}

/** Where a rule is and what it says, whatever the command does with it and in which order it speaks. */
function essence(argv: readonly string[]): string {
  const [, , , , table, , chain, ...spec] = argv;
  return [table, chain, ...[...spec].sort()].join(' ');
}

/** The rules that a command of iptables(8) would add or remove. */
export function rulesLike(
  rules: readonly MarkedRule[],
  argv: readonly string[],
): readonly MarkedRule[] {
  const wanted = essence(argv);
  return rules.filter((rule) => essence(rule.argv) === wanted);
}
