import type { FirewallState } from './snapshot.ts';

/** The tables that iptables(8) and ip6tables(8) make in nf_tables, and show themselves. */
const iptablesTable = /^table ip6? (?:filter|nat|mangle|raw|security) \{$/;

/** Counters as iptables-save(8) prints them. */
const counters = /\s*\[\d+:\d+\]/g;

/** iptables-save(8): policies of the built-in chains, other chains, rules in order. */
export function parseIptables(
  stdout: string,
  tool: 'iptables' | 'ip6tables' = 'iptables',
): readonly FirewallState[] {
  let table = '';
  return stdout.split('\n').flatMap((line): readonly FirewallState[] => {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const [, made, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (made !== undefined) {
      const text = policy === '-' ? `-N ${made}` : `policy ${policy}`;
      return [{ tool, table, chain: made, text }];
    }
    const [, chain] = /^(?:\[\d+:\d+\] )?-A (\S+)/.exec(line) ?? [];
    if (chain === undefined) return [];
    return [{ tool, table, chain, text: line.replaceAll(counters, '').trim() }];
  });
}

/** Where a line of `nft list ruleset` stands: in a table, and there in a chain, a set, a map… */
interface Nested {
  readonly table?: string;
  readonly chain?: string;
  /** Braces that are open inside it. */
  readonly deeper: number;
}

/** `nft -s list ruleset` (nft(8)): what stands in each chain, set and map, without the tables that iptables shows. */
export function parseNft(stdout: string): readonly FirewallState[] {
  const found: FirewallState[] = [];
  let at: Nested = { deeper: 0 };
  let passedOver = false;
  for (const raw of stdout.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const { table, chain, deeper } = at;
    if (table === undefined) {
      passedOver = iptablesTable.test(line);
      at = { table: line.replace(/^table (.*?) \{$/, '$1'), deeper: 0 };
    } else if (chain === undefined) {
      if (line === '}') at = { deeper: 0 };
      else if (line.endsWith('{')) {
        const name = line.replace(/ \{$/, '').replace(/^chain /, '');
        if (!passedOver) found.push({ tool: 'nft', table, chain: name, text: line.slice(0, -2) });
        at = { table, chain: name, deeper: 0 };
      }
    } else if (line === '}' && deeper === 0) at = { table, deeper: 0 };
    else {
      const opened = line.split('{').length - line.split('}').length;
      if (!passedOver) found.push({ tool: 'nft', table, chain, text: line });
      at = { table, chain, deeper: deeper + opened };
    }
  }
  return found;
}
