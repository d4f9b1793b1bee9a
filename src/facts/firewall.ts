import { builtIn, type ChainFact } from '../filter/chain.ts';
import { words } from '../filter/words.ts';
import { markedBridge, markedRun } from '../model/names.ts';
import type { Probe } from './probe.ts';

/** The output of iptables-save(8). */
export interface Saved {
  /** False if the command failed. */
  readonly readable: boolean;
  /** The command is not installed. */
  readonly missing?: true;
  readonly version: string;
  readonly chains: readonly ChainFact[];
  /** Rules with ctr's mark, with their table. */
  readonly ours: readonly string[];
  /** Tables that iptables-save omits, since they contain rules that only nft(8) can show. */
  readonly incompatible: readonly string[];
}

export const nothing: Saved = {
  readable: true,
  version: '',
  chains: [],
  ours: [],
  incompatible: [],
};

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

/** Whether a chain can affect packets: it has rules or drops by policy. The facts omit all other chains. */
export function hasSay({ base, rules }: ChainFact): boolean {
  return rules.length > 0 || base?.policy === 'drop';
}

/** iptables-save(8) prints all tables at once. */
export const firewall: Probe<Saved> = {
  argv: ['iptables-save'],
  parse: (stdout) => parseSaved(stdout),
  absent: { ...nothing, readable: false, missing: true },
  broken: { ...nothing, readable: false },
};

/** ip6tables-save(8): the rules of IPv6. A host without the program has none of ctr's. */
export const firewall6: Probe<Saved> = {
  argv: ['ip6tables-save'],
  parse: (stdout) => ({ ...parseSaved(stdout), chains: [] }),
  absent: nothing,
  broken: { ...nothing, readable: false },
};

/**
 * The variant of iptables(8) that `iptables` is not. ctr runs iptables-legacy-save if the kernel has legacy tables;
 * nft(8) shows the rules of iptables-nft.
 */
export function besides(tool: 'iptables-legacy' | 'iptables-nft'): Probe<Saved> {
  return {
    argv: [`${tool}-save`],
    parse: (stdout) => parseSaved(stdout, tool),
    absent: { ...nothing, readable: tool === 'iptables-nft' },
    broken: { ...nothing, readable: false },
  };
}

/** A firewall rule with ctr's mark. */
export interface MarkedRule {
  readonly bridge: string;
  /** The run that it belongs to; absent if runs share it. */
  readonly run?: string;
  /** As iptables-save(8) prints it, with its table. */
  readonly line: string;
  /** The command that removes it. */
  readonly argv: readonly string[];
}

/**
 * @param ours lines of `parseSaved`.
 * @param program the variant of iptables(8) that printed them.
 */
export function markedRules(ours: readonly string[], program = 'iptables'): readonly MarkedRule[] {
  return ours.flatMap((line) => {
    const [, table = '', , chain = '', ...spec] = words(line);
    const comment = spec[spec.indexOf('--comment') + 1] ?? '';
    const [bridge, run] = [markedBridge(comment), markedRun(comment)];
    if (bridge === undefined) return [];
    return [
      {
        bridge,
        ...(run === undefined ? {} : { run }),
        line,
        argv: [program, '-w', '5', '-t', table, '-D', chain, ...spec],
      },
    ];
  });
}

/** A key for a rule: its family, table, chain and sorted words. It is the same for every command about the rule. */
function essence(argv: readonly string[]): string {
  const [program = '', , , , table, , chain, ...spec] = argv;
  const family = program.startsWith('ip6') ? 'ipv6' : 'ipv4';
  return [family, table, chain, ...[...spec].sort()].join(' ');
}

/** The rules that an iptables(8) command would add or remove. */
export function rulesLike(
  rules: readonly MarkedRule[],
  argv: readonly string[],
): readonly MarkedRule[] {
  const wanted = essence(argv);
  return rules.filter((rule) => essence(rule.argv) === wanted);
}
