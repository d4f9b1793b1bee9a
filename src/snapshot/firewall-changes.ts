import type { Change } from './change.ts';
import { onlyIn } from './only-in.ts';
import type { FirewallState } from './snapshot.ts';

/** What the change is about: a rule as the arguments of iptables(8), or with its table and chain of nft(8). */
function ofText({ tool, table, chain, text }: FirewallState): string {
  if (tool === 'nft') return `${table} ${chain}: ${text}`;
  const family = tool === 'ip6tables' ? 'ip6tables ' : '';
  return isPolicy(text) ? `${family}-t ${table} ${chain}` : `${family}-t ${table} ${text}`;
}

function isPolicy(text: string): boolean {
  return text.startsWith('policy ');
}

function kindOf({ chain, text }: FirewallState): string {
  if (isPolicy(text)) return 'policy';
  return text === `-N ${chain}` || text === `chain ${chain}` ? 'chain' : 'rule';
}

/** The longest common subsequence: what stayed where rules came, went or changed places. */
function commonTexts(before: readonly string[], after: readonly string[]): readonly string[] {
  const first = before.findIndex((text, index) => text !== after[index]);
  if (first < 0) return before;
  // Long lists differ in few places: what they begin with is no work.
  if (first > 0) {
    return [...before.slice(0, first), ...commonTexts(before.slice(first), after.slice(first))];
  }
  const lengths = Array.from(
    { length: before.length + 1 },
    () => new Uint16Array(after.length + 1),
  );
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      (lengths[row] as Uint16Array)[column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const common: string[] = [];
  for (let row = 0, column = 0; row < before.length && column < after.length; ) {
    if (before[row] === after[column]) {
      common.push(before[row] as string);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return common;
}

function tableOf({ tool, table }: FirewallState): string {
  if (tool === 'nft') return `nft table ${table}`;
  return tool === 'ip6tables' ? `ip6tables -t ${table}` : `-t ${table}`;
}

/** A table that is new or gone; iptables(8) makes it with its built-in chains. */
function tableChanges(
  place: string,
  op: 'added' | 'removed',
  some: readonly FirewallState[],
  others: readonly FirewallState[],
): readonly Change[] {
  const there = new Set(others.map(tableOf));
  return [...new Set(some.map(tableOf))].flatMap((of): readonly Change[] => {
    if (there.has(of)) return [];
    const chains = new Set(some.filter((one) => tableOf(one) === of).map(({ chain }) => chain));
    return [{ place, op, object: 'firewall', of, kind: 'table', to: [...chains].join(', ') }];
  });
}

/** What is told by its table: a chain of a table that is new or gone, with the policy that it has by itself. */
function isTold(one: FirewallState, others: readonly FirewallState[]): boolean {
  if (one.text !== 'policy ACCEPT') return false;
  return !others.some((other) => tableOf(other) === tableOf(one));
}

export function firewallChanges(
  place: string,
  before: readonly FirewallState[],
  after: readonly FirewallState[],
): readonly Change[] {
  const chainOf = ({ tool, table, chain }: FirewallState) => `${tool} ${table} ${chain}`;
  const chains = [...new Set([...before, ...after].map(chainOf))];
  const of = (all: readonly FirewallState[], others: readonly FirewallState[], name: string) =>
    all.filter((one) => chainOf(one) === name && !isTold(one, others));
  const about = (one: FirewallState) =>
    ({ place, object: 'firewall', of: ofText(one), kind: kindOf(one) }) as const;
  return [
    ...tableChanges(place, 'removed', before, after),
    ...tableChanges(place, 'added', after, before),
    ...chains.flatMap((name) => {
      const [was, is] = [of(before, after, name), of(after, before, name)];
      const [old, now] = [was.find(isOfPolicy), is.find(isOfPolicy)];
      if (old === undefined || now === undefined || old.text === now.text) {
        return rulesChanges(was, is, about);
      }
      const [from, to] = [old.text.slice(7), now.text.slice(7)];
      const policy: Change = { ...about(now), op: 'changed', field: 'policy', from, to };
      return [policy, ...rulesChanges(without(old, was), without(now, is), about)];
    }),
  ];
}

function isOfPolicy({ text }: FirewallState): boolean {
  return isPolicy(text);
}

function without(one: FirewallState, all: readonly FirewallState[]): readonly FirewallState[] {
  return all.filter((other) => other !== one);
}

function rulesChanges(
  was: readonly FirewallState[],
  is: readonly FirewallState[],
  about: (one: FirewallState) => Omit<Change, 'op'>,
): readonly Change[] {
  const texts = (all: readonly FirewallState[]) => all.map(({ text }) => text);
  const common = commonTexts(texts(was), texts(is));
  const change = (op: 'added' | 'removed', all: readonly FirewallState[]) =>
    onlyIn(texts(all), common).map((text): Change => {
      const one = all.find((state) => state.text === text) as FirewallState;
      return { ...about(one), op };
    });
  return [...change('removed', was), ...change('added', is)];
}
