import type { Runner, RunOptions } from '../exec/runner.ts';
import type { ChainFact } from '../filter/chain.ts';
import { isObject, type Json } from '../filter/json.ts';
import type { Rule } from '../model/resource.ts';
import { ruleSpec } from '../model/rule.ts';
import { type Probe, readAll } from './probe.ts';

/** The match of a rule on an interface or an address: operator and value. */
function matchOf(statements: readonly Json[], key: string): readonly [Json, Json] | undefined {
  for (const statement of statements) {
    const match = isObject(statement) ? statement.match : undefined;
    if (!isObject(match) || !isObject(match.left)) continue;
    const { meta, payload } = match.left;
    const name = isObject(meta) ? meta.key : isObject(payload) ? payload.field : undefined;
    if (name === key) return [match.op, match.right];
  }
  return undefined;
}

function prefixText(value: Json): string {
  const prefix = isObject(value) ? value.prefix : undefined;
  return isObject(prefix) ? `${prefix.addr}/${prefix.len}` : String(value);
}

const extensions = new Set(['comment', 'conntrack', 'MASQUERADE']);

/** ctr's rules have only these statements: matches of interfaces and addresses, a counter, a comment, a target. */
function canBeOurs(statement: Json): boolean {
  if (!isObject(statement)) return false;
  if (isObject(statement.xt)) return extensions.has(String(statement.xt.name));
  return ['match', 'counter', 'comment', 'accept', 'masquerade'].some((key) => key in statement);
}

function ends(statement: Json): boolean {
  if (!isObject(statement)) return false;
  const target = isObject(statement.xt) && statement.xt.name === 'MASQUERADE';
  return target || 'accept' in statement || 'masquerade' in statement;
}

/** ctr's rule with these interfaces and addresses, if there is one. nft(8) does not show the comment. */
function likeOurs({ table, name }: ChainFact, statements: readonly Json[]): Rule | undefined {
  const [incoming, out] = [matchOf(statements, 'iifname'), matchOf(statements, 'oifname')];
  const [outward, bridge] = out ?? [];
  if (typeof bridge !== 'string' || !statements.every(canBeOurs)) return undefined;
  if (!statements.some(ends)) return undefined;
  if (table === 'nat') {
    const source = matchOf(statements, 'saddr')?.[1];
    if (name !== 'POSTROUTING' || outward !== '!=' || source === undefined) return undefined;
    const rule = { rule: 'masquerade', subnet: prefixText(source), bridge } as const;
    const [except, destination] = matchOf(statements, 'daddr') ?? [];
    if (destination === undefined) return rule;
    return except === '!=' ? { ...rule, except: prefixText(destination) } : undefined;
  }
  if (table !== 'filter' || (name !== 'FORWARD' && name !== 'DOCKER-USER')) return undefined;
  if (incoming !== undefined && incoming[1] !== bridge) return undefined;
  if (incoming === undefined) {
    return outward === '==' ? { rule: 'answers', chain: name, bridge } : undefined;
  }
  return { rule: outward === '==' ? 'between' : 'outward', chain: name, bridge };
}

/** A rule as iptables-save(8) prints it. */
function specText(rule: Rule): string {
  return ruleSpec(rule).spec.map(String).join(' ');
}

/**
 * Finds ctr's rules in tables that iptables-save cannot show. nft(8) shows a rule without its comment, so ctr asks
 * `iptables --check` whether a rule with ctr's comment exists.
 * @param closed the names of those tables.
 * @returns the chains with ctr's rules in the syntax of iptables(8), and these rules alone.
 */
export async function ownRules(
  runner: Runner,
  chains: readonly ChainFact[],
  closed: readonly string[],
  program: string,
  options: RunOptions,
): Promise<{ readonly chains: readonly ChainFact[]; readonly ours: readonly string[] }> {
  const seen = chains.map((chain) => {
    const theirs = chain.family === 'ip' && closed.includes(chain.table);
    const rules = chain.rules.map((text) => {
      const statements = theirs ? (JSON.parse(text) as readonly Json[]) : [];
      const rule = likeOurs(chain, statements);
      return { text, rule: rule === undefined ? undefined : specText(rule) };
    });
    return { chain, rules };
  });
  const questions = new Map<string, Probe<boolean>>();
  for (const { chain, rules } of seen) {
    for (const { rule } of rules) {
      if (rule === undefined) continue;
      const { table, name } = chain;
      questions.set(`${table} ${name} ${rule}`, {
        argv: [program, '-w', '5', '-t', table, '-C', name, ...rule.split(' ')],
        parse: () => true,
        absent: false,
      });
    }
  }
  if (questions.size === 0) return { chains, ours: [] };
  const answers = await readAll(runner, Object.fromEntries(questions), options);
  const isOurs = ({ table, name }: ChainFact, rule: string | undefined) =>
    rule !== undefined && answers[`${table} ${name} ${rule}`] === true;
  return {
    chains: seen.map(({ chain, rules }) => ({
      ...chain,
      rules: rules.map(({ text, rule }) => (isOurs(chain, rule) ? (rule ?? text) : text)),
    })),
    // nft shows rules that differ only in their comment alike, so the number of ctr's copies is unknown.
    ours: [...questions.values()].flatMap(({ argv: [, , , , table, , name, ...rule] }) =>
      answers[`${table} ${name} ${rule.join(' ')}`] === true
        ? [`-t ${table} -A ${name} ${rule.join(' ')}`]
        : [],
    ),
  };
}
