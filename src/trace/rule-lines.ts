import type { Runner } from '../exec/runner.ts';
import { isRecord, numberOf, textOf } from '../facts/json.ts';
import type { Place } from '../model/place.ts';
import { askEach, mark, type Namespaces } from './namespaces.ts';
import type { Hop, MatchedRule } from './walk.ts';

/** Tables in which iptables-nft(8) keeps its rules. */
const ofIptables = ['filter', 'nat', 'mangle', 'raw', 'security'];

function isOfIptables({ family, table }: MatchedRule): boolean {
  return family === 'ip' && ofIptables.includes(table);
}

const script = `nft -j --handle list ruleset ip; printf '${mark}'
iptables-nft-save 2>/dev/null || iptables-save`;

/** The handles of each chain's rules, in their order, by `table chain`. */
function handlesIn(text: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  const said: unknown = text === '' ? {} : JSON.parse(text);
  const entries = isRecord(said) && Array.isArray(said.nftables) ? said.nftables : [];
  for (const entry of entries) {
    const rule: unknown = isRecord(entry) ? entry.rule : undefined;
    if (!isRecord(rule)) continue;
    const key = `${textOf(rule.table)} ${textOf(rule.chain)}`;
    found.set(key, [...(found.get(key) ?? []), numberOf(rule.handle) ?? 0]);
  }
  return found;
}

/** The lines of each chain's rules in their order, by `table chain`. */
function linesIn(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const chain = /^-A (\S+)/.exec(line)?.[1];
    if (chain === undefined) continue;
    const key = `${table} ${chain}`;
    found.set(key, [...(found.get(key) ?? []), line.trim()]);
  }
  return found;
}

/**
 * Gives the rules of iptables their own text: nft does not print their comments. Both programs print the rules of a
 * chain in the same order, by which they are joined.
 */
export async function withLines(
  runner: Runner,
  namespaces: Namespaces,
  hops: readonly Hop[],
): Promise<readonly Hop[]> {
  const places = [
    ...new Set(hops.filter(({ rules }) => rules.some(isOfIptables)).map(({ place }) => place)),
  ];
  if (places.length === 0) return hops;
  const answers = await askEach(
    runner,
    namespaces,
    places.map((place): readonly [Place, string] => [place, script]),
  );
  const known = new Map(
    [...answers].map(([place, [nft = '', saved = '']]) => [
      place,
      { handles: handlesIn(nft), lines: linesIn(saved) },
    ]),
  );
  const withLine = (place: Place, rule: MatchedRule): MatchedRule => {
    if (rule.handle === undefined || !isOfIptables(rule)) return rule;
    const key = `${rule.table} ${rule.chain}`;
    const handles = known.get(place)?.handles.get(key) ?? [];
    const lines = known.get(place)?.lines.get(key) ?? [];
    const line = handles.length === lines.length ? lines[handles.indexOf(rule.handle)] : undefined;
    return line === undefined ? rule : { ...rule, line };
  };
  return hops.map((hop) => ({
    ...hop,
    rules: hop.rules.map((rule) => withLine(hop.place, rule)),
    ...(hop.dropped === undefined ? {} : { dropped: withLine(hop.place, hop.dropped) }),
  }));
}
