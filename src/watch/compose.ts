import type { Connection } from '../facts/connections.ts';
import type { Language, Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import type { Reading, WatchedLink, WatchedRule } from './reading.ts';

/** How a line differs from the reading before. The mark says it where there are no colours. */
export type Change = 'new' | 'changed' | 'gone' | 'same';

export interface Line {
  readonly text: string;
  readonly change: Change;
  /** Lines of a lower number are folded last. */
  readonly rank: number;
}

export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Something that is looked for in both readings. */
interface Item {
  /** What stays the same while its values change. */
  readonly key: string;
  readonly text: string;
  readonly rank: number;
  /** Packets so far, for something that is counted. */
  readonly count?: number;
}

const ranks = { ours: 1, others: 2, gone: 3 } as const;

function counts(items: readonly Item[]): readonly Item[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const turn = seen.get(item.key) ?? 0;
    seen.set(item.key, turn + 1);
    return { ...item, key: `${item.key}#${turn}` };
  });
}

/** The lines of a section. Without a reading before, nothing is new. */
function compared(now: readonly Item[], before: readonly Item[] | undefined): readonly Line[] {
  const old = new Map(counts(before ?? []).map((item) => [item.key, item]));
  const lines = counts(now).map(({ key, text, rank, count }): Line => {
    const was = old.get(key);
    old.delete(key);
    if (before === undefined) return { text, rank, change: 'same' };
    if (was === undefined) return { text, rank: 0, change: 'new' };
    if (count !== undefined && was.count !== undefined && count !== was.count) {
      const more = count - was.count;
      return {
        text: text.replace('\0', `(${more > 0 ? '+' : ''}${more})`),
        rank: 0,
        change: 'changed',
      };
    }
    return was.text === text
      ? { text, rank, change: 'same' }
      : { text, rank: 0, change: 'changed' };
  });
  const gone = [...old.values()].map(({ text }): Line => ({ text, rank: 0, change: 'gone' }));
  return [...lines, ...gone].map((line) => ({ ...line, text: tidy(line.text) }));
}

function tidy(text: string): string {
  return escapeControls(text.replaceAll('\0', '').trimEnd());
}

function linkItem(
  { name, state, master, addresses }: WatchedLink,
  width: number,
  own: ReadonlySet<string>,
  language: Language,
): Item {
  const port = { en: `port of ${master}`, zh: `${master} 的端口` }[language];
  const facts = [...(master === null ? [] : [port]), ...addresses].join('  ');
  return {
    key: name,
    text: `${name.padEnd(width)}  ${state.padEnd(7)}  ${facts}`,
    rank: own.has(name) ? ranks.ours : name === 'lo' ? ranks.gone : ranks.others,
  };
}

function linkItems(
  links: readonly WatchedLink[] | null,
  own: ReadonlySet<string>,
  language: Language,
): readonly Item[] | null {
  if (links === null) return null;
  const width = Math.max(...links.map(({ name }) => name.length), 0);
  return links.map((link) => linkItem(link, width, own, language));
}

function ruleItem({ table, chain, rule, ours, packets }: WatchedRule): Item {
  return {
    key: `${table} ${chain} ${rule}`,
    // The increase goes where the mark stands.
    text: `${String(packets ?? '-').padStart(5)} \0 ${table} ${chain} ${rule}`,
    rank: ours ? ranks.ours : ranks.others,
    ...(packets === null ? {} : { count: packets }),
  };
}

function connectionItem(one: Connection, language: Language): Item {
  const { protocol, state, source, destination, replies_to: replies, unreplied, id } = one;
  const notes = [
    ...(state === null ? [] : [state]),
    ...(replies === source
      ? []
      : [{ en: `leaves as ${replies}`, zh: `以 ${replies} 发出` }[language]]),
    ...(unreplied ? [{ en: 'no reply yet', zh: '尚无回复' }[language]] : []),
  ];
  return {
    key: `${protocol} ${source} ${destination} ${id}`,
    text: `${protocol}  ${source} → ${destination}  ${notes.join(', ')}`,
    // Multicast and broadcast of the host itself are seldom what one looks for.
    rank: /^(?:22[4-9]|23\d|255)\./.test(destination) ? ranks.gone : ranks.ours,
  };
}

const titles = {
  links: { en: 'host: interfaces', zh: '主机：网络接口' },
  rules: {
    en: 'host: firewall rules with packets; nat counts connections',
    zh: '主机：防火墙规则和包数（nat 表只计每个连接的首包）',
  },
  uncounted: {
    en: 'host: firewall rules with packets, - if not counted; nat counts connections',
    zh: '主机：防火墙规则和包数（- 表示不计数；nat 表只计每个连接的首包）',
  },
  connections: { en: 'host: tracked connections', zh: '主机：连接跟踪' },
} satisfies Record<string, Text>;

const unread = {
  links: { en: 'ip cannot read them', zh: 'ip 无法读取' },
  rules: { en: 'iptables-save or nft cannot read them', zh: 'iptables-save 或 nft 无法读取' },
  connections: {
    en: 'neither /proc/net/nf_conntrack nor conntrack(8) can be read',
    zh: '/proc/net/nf_conntrack 和 conntrack(8) 都无法读取',
  },
  ended: { en: 'has ended', zh: '已经结束' },
} satisfies Record<string, Text>;

function section(
  title: string,
  now: readonly Item[] | null,
  before: readonly Item[] | null | undefined,
  instead: string,
): Section {
  if (now === null) return { title, lines: [{ text: instead, change: 'same', rank: 0 }] };
  return { title, lines: compared(now, before ?? undefined) };
}

/** A reading as lines, compared with the one before. */
export function compose(
  now: Reading,
  before: Reading | undefined,
  own: ReadonlySet<string>,
  language: Language,
): readonly Section[] {
  const say = (text: Text) => text[language];
  const links = (of: readonly WatchedLink[] | null) => linkItems(of, own, language);
  const rules = (of: Reading['host']['rules']) => of?.map(ruleItem) ?? null;
  const tracked = (of: Reading['host']['connections']) =>
    of?.map((one) => connectionItem(one, language)) ?? null;
  const was = before?.host;
  const isCounted = now.host.rules?.every(({ packets }) => packets !== null) !== false;
  const rulesTitle = isCounted ? titles.rules : titles.uncounted;
  return [
    section(say(titles.links), links(now.host.links), was && links(was.links), say(unread.links)),
    section(say(rulesTitle), rules(now.host.rules), was && rules(was.rules), say(unread.rules)),
    section(
      say(titles.connections),
      tracked(now.host.connections),
      was && tracked(was.connections),
      say(unread.connections),
    ),
    ...now.containers.map((one) => {
      const earlier = before?.containers.find(({ name }) => name === one.name);
      return section(
        escapeControls(one.name),
        links(one.links),
        earlier && links(earlier.links),
        say(unread.ended),
      );
    }),
  ];
}
