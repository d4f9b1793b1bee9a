import type { ChainFact, FilterFacts } from '../filter/chain.ts';
import { isObject, type Json } from '../filter/json.ts';
import type { Probe } from './probe.ts';

/** The output of nft(8); null if nft is not installed, undefined if it failed. */
export type Ruleset = FilterFacts | null | undefined;

const families = ['ip', 'inet', 'bridge', 'netdev', 'arp'];

/** Parses libnftables-json(5). @throws an error for anything else. */
export function parseRuleset(stdout: string): FilterFacts {
  const text = stdout.trim();
  // Old releases print nothing for an empty ruleset.
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

function baseOf({ hook, type, prio, policy, dev }: Readonly<Record<string, Json>>) {
  if (hook === undefined) return {};
  const devices = Array.isArray(dev) ? dev.map(String) : [String(dev)];
  return {
    base: {
      hook: String(hook),
      type: String(type),
      priority: Number(prio ?? 0),
      policy: policy === 'drop' ? 'drop' : 'accept',
      ...(dev === undefined ? {} : { devices }),
    } as const,
  };
}

/**
 * Adds the interfaces of ingress and egress chains from what `nft list chains` prints: nft 1.0 leaves them out of its
 * JSON.
 */
export function withDevices(filter: FilterFacts, listed: string): FilterFacts {
  const found = new Map<string, readonly string[]>();
  let [table, chain] = ['', ''];
  for (const line of listed.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\s+chain (\S+) \{/.exec(line)?.[1] ?? chain;
    const [, one, several = ''] =
      /\bhook \S+ (?:device "?([^ "]+)"?|devices = \{ (.*?) \})/.exec(line) ?? [];
    const names = one === undefined ? several.split(', ') : [one];
    const devices = names.map((name) => name.replaceAll('"', '')).filter((name) => name !== '');
    if (devices.length > 0) found.set(`${table} ${chain}`, devices);
  }
  const chains = filter.chains.map((one) => {
    const devices = found.get(`${one.family} ${one.table} ${one.name}`);
    return one.base === undefined || devices === undefined
      ? one
      : { ...one, base: { ...one.base, devices } };
  });
  return { ...filter, chains };
}

/** nft(8) prints all tables of all families at once. */
export const ruleset: Probe<Ruleset> = {
  argv: ['nft', '-j', 'list', 'ruleset'],
  parse: parseRuleset,
  absent: null,
  broken: undefined,
};
