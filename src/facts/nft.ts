import type { ChainFact, FilterFacts } from '../filter/chain.ts';
import { isObject, type Json } from '../filter/json.ts';
import type { Probe } from './probe.ts';

/** What nft(8) tells; null when it is not installed, undefined when it does not work. */
export type Ruleset = FilterFacts | null | undefined;

const families = ['ip', 'inet', 'bridge', 'netdev', 'arp'];

/** libnftables-json(5). @throws an error when it is not that. */
export function parseRuleset(stdout: string): FilterFacts {
  const text = stdout.trim();
  // Where there is nothing, old releases print nothing.
  const { nftables } = (text === '' ? { nftables: [] } : JSON.parse(text)) as { nftables: Json[] };
  const chains = new Map<string, ChainFact & { readonly rules: string[] }>();
  const sets: Record<string, string> = {};
  for (const entry of nftables) {
    if (!isObject(entry)) continue;
    const [kind, object] = Object.entries(entry)[0] ?? [];
    if (!isObject(object) || !families.includes(String(object.family))) continue;
    const { family, table, name } = object;
    if (kind === 'chain') {
      chains.set(`${family} ${table} ${name}`, {
        tool: 'nft',
        family: family as ChainFact['family'],
        table: String(table),
        name: String(name),
        ...baseOf(object),
        rules: [],
      });
    } else if (kind === 'rule') {
      const { chain, expr, comment } = object;
      const said = comment === undefined ? [] : [{ comment }];
      const statements = Array.isArray(expr) ? [...said, ...expr] : said;
      chains.get(`${family} ${table} ${chain}`)?.rules.push(JSON.stringify(statements));
    } else if (kind === 'set' || kind === 'map') {
      sets[`${family} ${table} ${name}`] = JSON.stringify(object.elem ?? []);
    }
  }
  return { chains: [...chains.values()], sets };
}

function baseOf({ hook, type, prio, policy }: Readonly<Record<string, Json>>) {
  if (hook === undefined) return {};
  return {
    base: {
      hook: String(hook),
      type: String(type),
      priority: Number(prio ?? 0),
      policy: policy === 'drop' ? 'drop' : 'accept',
    } as const,
  };
}

/** nft(8): every table of every family in one read. */
export const ruleset: Probe<Ruleset> = {
  argv: ['nft', '-j', 'list', 'ruleset'],
  parse: parseRuleset,
  absent: null,
  broken: undefined,
};
