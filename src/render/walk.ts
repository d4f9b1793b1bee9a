import type { Language, Text } from '../model/text.ts';
import { isError } from '../trace/end.ts';
import type { Decision, Header, Hop, MatchedRule, Walk } from '../trace/walk.ts';
import { columnsOf } from './columns.ts';
import { escapeControls } from './escape-controls.ts';
import { paint } from './paint.ts';
import { endLines, hookOf, whereOf } from './walk-end.ts';
import { decisionText, frameText, walkWords } from './walk-words.ts';
import { wrap } from './wrap.ts';

export interface WalkOptions {
  readonly language: Language;
  readonly columns: number;
  readonly color: boolean;
  /** The step of the run's plan that made a rule. */
  readonly stepOf?: (rule: MatchedRule) => string | undefined;
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

/** What the kernel decided for the packet here: where it is made, and where it is forwarded or should have been. */
function decisionAt(hop: Hop, next: Hop | undefined, { decisions }: Walk): Decision | undefined {
  if (hop.layer !== 'ip' || isError(hop)) return undefined;
  const { destination } = hop.leaves ?? hop.header;
  const here = decisions.filter(({ place, to }) => place === hop.place && to === destination);
  if (hop.hook === 'output') return here.find(({ in: device }) => device === undefined);
  const came = here.find(({ in: device }) => device === hop.in);
  const isLast = next === undefined || next.direction !== hop.direction || isError(next);
  // Where there is no route, the packet ends before the next hook.
  return hop.hook === 'forward' ||
    (hop.hook === 'prerouting' && (isLast || came?.refused !== undefined))
    ? came
    : undefined;
}

/** The frame's MAC addresses, at a device where they are others than before. */
function frameOf({ layer, hook, header }: Hop, frame: string | undefined): string | undefined {
  const { sourceMac, destinationMac } = header;
  if (layer !== 'netdev' || hook !== 'ingress' || sourceMac === undefined) return undefined;
  const now = `${sourceMac} → ${destinationMac}`;
  return now === frame ? undefined : now;
}

/** A hop with what is around it. */
interface Around {
  readonly walk: Walk;
  readonly before: Hop | undefined;
  readonly next: Hop | undefined;
  readonly frame: string | undefined;
}

/** The sentences below a hop. */
function notesOf(
  hop: Hop,
  { walk, before, next, frame }: Around,
  { language, stepOf }: WalkOptions,
): readonly string[] {
  const notes: string[] = [];
  const tell = (text: Text) => notes.push(text[language]);
  if (frame !== undefined) tell(frameText(frame));
  const decision = decisionAt(hop, next, walk);
  const isRouted = hop.bridged !== true || decision?.refused !== undefined;
  if (decision !== undefined && decision.type !== 'local' && isRouted) tell(decisionText(decision));
  if (hop.bridged) tell(walkWords.bridged);
  if (hop.beyond) tell(walkWords.beyond);
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

/** Whether the device by which it left is one of VXLAN. */
function isTunnel({ place, out }: Hop, { decisions }: Walk): boolean {
  return decisions.some((one) => one.place === place && one.tunnel?.device === out);
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

/** One line of the table, as data. */
export interface WalkRow {
  /** What lies between this hop and the one before. */
  readonly after?: 'cable' | 'tunnel' | 'answer' | 'error';
  readonly where: string;
  readonly hook: string;
  readonly addresses: string;
  readonly ttl: string;
  /** Something differs from the hop before. */
  readonly isChanged: boolean;
  readonly isDropped: boolean;
  readonly notes: readonly string[];
}

/** The rows of the table. Pure. */
export function walkRows(walk: Walk, options: WalkOptions): readonly WalkRow[] {
  let frame: string | undefined;
  return walk.hops.map((hop, at, hops) => {
    const earlier = hops[at - 1];
    const isOn =
      earlier !== undefined &&
      earlier.direction === hop.direction &&
      isError(earlier) === isError(hop);
    const before = isOn ? earlier : undefined;
    if (before === undefined) frame = undefined;
    const newFrame = frameOf(hop, frame);
    frame = newFrame ?? frame;
    const previous = before?.leaves ?? before?.header;
    const now = hop.leaves ?? hop.header;
    const isAged = previous !== undefined && previous.ttl !== now.ttl;
    const addresses = addressesOf(now, previous);
    const cable = before !== undefined && before.place !== hop.place;
    const begins = at > 0 && before === undefined;
    const after = begins
      ? isError(hop)
        ? 'error'
        : 'answer'
      : cable
        ? isTunnel(before, walk)
          ? 'tunnel'
          : 'cable'
        : undefined;
    return {
      ...(after === undefined ? {} : { after }),
      where: whereOf(hop),
      hook: hookOf(hop),
      addresses,
      ttl: `${String(now.ttl).padStart(4)}${isAged ? ` ${changed}` : ''}`,
      isChanged: isAged || addresses.includes(changed),
      isDropped: hop.dropped !== undefined,
      notes: notesOf(hop, { walk, before, next: hops[at + 1], frame: newFrame }, options),
    };
  });
}

/** The walk as a table, at most `columns` wide. Pure. */
export function walkLines(walk: Walk, options: WalkOptions): readonly string[] {
  const { language, columns, color } = options;
  const { bold, dim } = paint(color);
  const rows = walkRows(walk, options);
  const width = Math.min(24, Math.max(8, ...rows.map(({ where }) => columnsOf(where))));
  const hookWidth = Math.max(11, ...rows.map(({ hook }) => columnsOf(hook)));
  const room = columns - 3 - 2 - width - 2 - hookWidth - 2 - 2 - 6;
  const line = (cells: readonly string[]) => {
    const [number = '', where = '', hook = '', addresses = '', ttl = ''] = cells;
    const wide = [padded(cut(where, width), width), padded(hook, hookWidth)];
    return [number.padStart(3), ...wide, padded(cut(addresses, room), room), ttl]
      .join('  ')
      .trimEnd();
  };
  const head = ['where', 'hook', 'addresses', 'ttl'] as const;
  const lines = rows.flatMap(({ after, where, hook, addresses, ttl, isChanged, notes }, at) => {
    const between =
      after === undefined
        ? []
        : [
            across(
              walkWords[after][language],
              columns,
              after === 'cable' || after === 'tunnel' ? '═' : '─',
            ),
          ];
    const cells = [String(at + 1), where, hook, addresses, ttl];
    const text = escapeControls(line(cells));
    const below = notes.flatMap((note) => wrap(escapeControls(note), columns - 7));
    return [
      ...between.map(dim),
      isChanged ? bold(text) : text,
      ...below.map((one) => dim(`       ${one}`)),
    ];
  });
  const heads = head.map((one) => walkWords[one][language]);
  return [
    ...(rows.length === 0 ? [] : [dim(line(['#', ...heads.slice(0, 3), ` ${heads[3]}`]))]),
    ...lines,
    ...endLines(walk, options),
  ];
}

/** What another witness says about the walk: `kernel: …`, with the rest of its sentences below. */
export function besideLines(
  witness: Text,
  texts: readonly Text[],
  { language, columns }: Pick<WalkOptions, 'language' | 'columns'>,
): readonly string[] {
  const colon = language === 'zh' ? '：' : ': ';
  return texts.flatMap((text, at) => {
    const line = at === 0 ? `${witness[language]}${colon}${text[language]}` : text[language];
    return wrap(escapeControls(line), columns - 5).map((one, row) =>
      at + row === 0 ? `   ${one}` : `     ${one}`,
    );
  });
}
