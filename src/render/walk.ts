import type { Language, Text } from '../model/text.ts';
import { type End, endOf, isError } from '../trace/end.ts';
import type { Header, Hop, MatchedRule, Walk } from '../trace/walk.ts';
import { columnsOf } from './columns.ts';
import { escapeControls } from './escape-controls.ts';
import { paint } from './paint.ts';
import { outcomeText, walkWords } from './walk-words.ts';
import { wrap } from './wrap.ts';

export interface WalkOptions {
  readonly language: Language;
  readonly columns: number;
  readonly color: boolean;
  /** The step of the run's plan that made a rule. */
  readonly stepOf?: (rule: MatchedRule) => string | undefined;
}

/** The place of a hop as a person would say it: `web eth0`, `host br0→wan0`. */
function whereOf({ place, in: from, out: to, layer }: Hop): string {
  const name = place.replace(/^container /, '');
  if (layer === 'netdev' || layer === 'bridge') return `${name} ${from ?? to ?? ''}`.trim();
  if (from !== undefined && to !== undefined) return `${name} ${from}→${to}`;
  return `${name} ${from ?? to ?? ''}`.trim();
}

function hookOf({ layer, hook }: Hop): string {
  return layer === 'bridge' ? `br ${hook}` : hook;
}

/** What marks a value that differs from the hop before. */
const changed = '◂';

function addressesOf(header: Header, before: Header | undefined): string {
  const mark = (now: string, earlier: string | undefined) =>
    earlier === undefined || earlier === now ? now : `${now} ${changed}`;
  if (before?.source === header.source && before.destination === header.destination) return '=';
  return `${mark(header.source, before?.source)} → ${mark(header.destination, before?.destination)}`;
}

/** A rule that decides or changes the packet; others only count it. */
function isTold({ verdict, text }: Hop['rules'][number]): boolean {
  return verdict !== 'continue' || /snat|dnat|masquerade|redirect|\bset\b|reject/.test(text);
}

function ruleText(rule: Hop['rules'][number]): string {
  if (rule.line !== undefined) return rule.line;
  return `${rule.family} ${rule.table} ${rule.chain}: ${rule.text}`;
}

function isTranslated({ header, leaves }: Hop): boolean {
  return (
    leaves !== undefined &&
    (leaves.source !== header.source || leaves.destination !== header.destination)
  );
}

/** The sentences below a hop. */
function notesOf(
  hop: Hop,
  before: Hop | undefined,
  next: Hop | undefined,
  { language, stepOf }: WalkOptions,
): readonly string[] {
  const notes: string[] = [];
  const tell = (text: Text) => notes.push(text[language]);
  if (hop.bridged) tell(walkWords.bridged);
  if (hop.layer === 'bridge' && hop.hook === 'input' && next?.layer === 'netdev')
    tell(walkWords.climbs);
  const previous = before?.leaves ?? before?.header;
  if (hop.layer === 'ip' && hop.hook === 'forward' && previous?.ttl === hop.header.ttl + 1)
    tell(walkWords.routed);
  for (const rule of hop.rules.filter(isTold)) {
    notes.push(ruleText(rule));
    const step = stepOf?.(rule);
    if (step !== undefined) tell({ en: `  made by step ${step}`, zh: `  由步骤 ${step} 添加` });
  }
  if (
    isTranslated(hop) &&
    !hop.rules.some(({ text }) => /snat|dnat|masquerade|redirect/.test(text))
  ) {
    tell(walkWords.restored);
  }
  return notes;
}

/** A line across, with a word in it. */
function across(word: string, columns: number, char: string): string {
  const label = ` ${word} `;
  return `  ${char.repeat(3)}${label}${char.repeat(Math.max(0, columns - 6 - columnsOf(label)))}`;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

function cut(text: string, width: number): string {
  return columnsOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}

function whereEnded(end: End): Text {
  switch (end.kind) {
    case 'arrived':
      return { en: 'it arrived', zh: '已经到达' };
    case 'nowhere':
      return walkWords.never;
    case 'dropped': {
      const at = `${whereOf(end.hop)} ${hookOf(end.hop)}`;
      return { en: `dropped at ${at}`, zh: `在 ${at} 被丢弃` };
    }
    case 'in-hook': {
      const at = `${whereOf(end.hop)} ${hookOf(end.hop)}`;
      return {
        en: `lost inside ${at}, by no rule that nft shows`,
        zh: `在 ${at} 里丢失，但 nft 能看到的规则都没有丢弃它`,
      };
    }
    case 'after': {
      const at = `${whereOf(end.hop)} ${hookOf(end.hop)}`;
      return { en: `lost after ${at}`, zh: `在 ${at} 之后丢失` };
    }
    case 'unanswered': {
      const at = whereOf(end.hop);
      return { en: `${at} took it in; no answer was sent`, zh: `${at} 已经收下；没有发出应答` };
    }
  }
}

/** The walk as a table, at most `columns` wide. Pure. */
export function walkLines(walk: Walk, options: WalkOptions): readonly string[] {
  const { language, columns, color } = options;
  const { bold, dim } = paint(color);
  const { hops } = walk;
  const lines: string[] = [];
  const width = Math.min(24, Math.max(8, ...hops.map((hop) => columnsOf(whereOf(hop)))));
  const hookWidth = Math.max(11, ...hops.map((hop) => columnsOf(hookOf(hop))));
  const addressWidth = columns - 3 - 2 - width - 2 - hookWidth - 2 - 2 - 5;
  const row = (number: string, where: string, hook: string, addresses: string, ttl: string) =>
    `${number.padStart(3)}  ${padded(cut(where, width), width)}  ${padded(hook, hookWidth)}  ${padded(cut(addresses, addressWidth), addressWidth)}  ${ttl}`.trimEnd();
  if (hops.length > 0) {
    const { where, hook, addresses, ttl } = walkWords;
    lines.push(
      dim(row('#', where[language], hook[language], addresses[language], ` ${ttl[language]}`)),
    );
  }
  for (const [at, hop] of hops.entries()) {
    const before = hops[at - 1];
    const same =
      before !== undefined &&
      before.direction === hop.direction &&
      isError(before) === isError(hop);
    if (!same && at > 0) {
      lines.push(
        across((isError(hop) ? walkWords.error : walkWords.answer)[language], columns, '─'),
      );
    } else if (same && before.place !== hop.place) {
      lines.push(dim(across(walkWords.cable[language], columns, '═')));
    }
    const previous = same ? (before.leaves ?? before.header) : undefined;
    const now = hop.leaves ?? hop.header;
    const addresses = addressesOf(now, previous);
    const ttl = `${String(now.ttl).padStart(4)}${previous !== undefined && previous.ttl !== now.ttl ? ` ${changed}` : ''}`;
    const text = escapeControls(row(String(at + 1), whereOf(hop), hookOf(hop), addresses, ttl));
    lines.push(text.includes(changed) ? bold(text) : text);
    const notes = notesOf(hop, same ? before : undefined, hops[at + 1], options);
    lines.push(
      ...notes.flatMap((note) =>
        wrap(escapeControls(note), columns - 7).map((one) => dim(`       ${one}`)),
      ),
    );
  }
  const end = endOf(walk);
  const arrived = end.kind === 'arrived';
  const said = outcomeText(walk.outcome)[language];
  const isTarget = end.kind === 'unanswered' && walk.outcome.kind === 'refused';
  const colon = language === 'zh' ? '：' : ': ';
  const told = arrived || isTarget ? said : `${said}${colon}${whereEnded(end)[language]}`;
  const [first = '', ...rest] = wrap(escapeControls(told), columns - 4);
  lines.push(`${arrived ? ' ✔' : ' ✘'} ${bold(first)}`, ...rest.map((one) => `   ${bold(one)}`));
  for (const { place, why } of walk.blind) {
    const text: Text = {
      en: `not watched: ${place.replace(/^container /, '')} (${why})`,
      zh: `没有观察 ${place.replace(/^container /, '')}（${why}）`,
    };
    lines.push(...wrap(escapeControls(text[language]), columns - 3).map((one) => `   ${one}`));
  }
  return lines;
}
