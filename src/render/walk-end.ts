import { shortPlace } from '../model/place.ts';
import type { Language, Text } from '../model/text.ts';
import { type End, endOf } from '../trace/end.ts';
import type { Hop, Walk } from '../trace/walk.ts';
import { escapeControls } from './escape-controls.ts';
import { paint } from './paint.ts';
import { outcomeText, walkWords } from './walk-words.ts';
import { wrap } from './wrap.ts';

/** The place of a hop as a person would say it: `web eth0`, `host br0→wan0`. */
export function whereOf({ place, in: from, out: to, layer }: Hop): string {
  const name = shortPlace(place);
  if (layer === 'netdev' || layer === 'bridge') return `${name} ${from ?? to ?? ''}`.trim();
  if (from !== undefined && to !== undefined) return `${name} ${from}→${to}`;
  return `${name} ${from ?? to ?? ''}`.trim();
}

/** The hook, told apart from the one of the same name in a bridge. */
export function hookOf({ layer, hook }: Hop): string {
  return layer === 'bridge' ? `br ${hook}` : hook;
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

/** Counters of drops and errors, of nstat(8), interfaces and queues. */
const telling =
  /Discard|Drop|Error|Errs|NoRoute|AddrErr|Unreach|Filter|Prohibit|Fail|Overflow|Truncat|Martian|_(?:drops|dropped|errors|carrier_errors|collisions|nohandler|overlimits)$/;
/** What a namespace did with packets: all that is known where nobody watched. */
const passing =
  /^(?:IpInReceives|IpForwDatagrams|IpInDelivers|IpOutRequests|IcmpInEchos|IcmpOutEchoReps)$|\/[rt]x_packets$/;

/** The counters that moved and tell something, a line for each namespace. */
function counterLines({ counters, blind }: Walk, arrived: boolean): readonly string[] {
  return Object.entries(counters).flatMap(([place, moved = {}]) => {
    const isBlind = blind.some((one) => one.place === place);
    const told = Object.entries(moved).filter(
      ([key]) => (!arrived && telling.test(key)) || (isBlind && passing.test(key)),
    );
    if (told.length === 0) return [];
    const name = shortPlace(place);
    return [`${name}: ${told.map(([key, by]) => `${key} +${by}`).join(', ')}`];
  });
}

const phrases = {
  blind: {
    en: 'Without a trace there, only counters show the packet; packets of others count too:',
    zh: '无法在这里追踪，只能从计数器看到数据包；别的流量也计在内：',
  },
  moved: { en: 'counters that grew meanwhile:', zh: '期间增长的计数器：' },
} satisfies Record<string, Text>;

function copiesText(copies: Walk['copies']): Text {
  const to = copies.map((one) => `${shortPlace(one.place)} ${one.in}`).join(', ');
  return {
    en: `the bridge did not know the port for this MAC address and flooded; copies went to ${to}`,
    zh: `网桥不知道这个 MAC 地址在哪个端口，向所有端口泛洪；副本到达了 ${to}`,
  };
}

function blindText({ place, why }: Walk['blind'][number]): Text {
  const name = shortPlace(place);
  return { en: `not watched: ${name} (${why})`, zh: `没有观察 ${name}（${why}）` };
}

/** How it ended: what the sender learnt, where the packet was lost, and what only counters show. */
export function endLines(
  walk: Walk,
  {
    language,
    columns,
    color,
  }: { readonly language: Language; readonly columns: number; readonly color: boolean },
): readonly string[] {
  const { bold } = paint(color);
  const end = endOf(walk);
  const arrived = end.kind === 'arrived';
  const said = outcomeText(walk.outcome)[language];
  const isTarget = end.kind === 'unanswered' && walk.outcome.kind === 'refused';
  const isUnknown = end.kind === 'nowhere' && walk.watched.length === 0;
  const colon = language === 'zh' ? '：' : ': ';
  const told =
    arrived || isTarget || isUnknown ? said : `${said}${colon}${whereEnded(end)[language]}`;
  const below = (text: string) => wrap(escapeControls(text), columns - 3).map((one) => `   ${one}`);
  const [first = '', ...rest] = wrap(escapeControls(told), columns - 4);
  const counters = counterLines(walk, arrived);
  const heading = walk.blind.length > 0 ? phrases.blind : phrases.moved;
  return [
    `${arrived ? ' ✔' : ' ✘'} ${bold(first)}`,
    ...rest.map((one) => `   ${bold(one)}`),
    ...(walk.copies.length === 0 ? [] : below(copiesText(walk.copies)[language])),
    ...walk.blind.flatMap((one) => below(blindText(one)[language])),
    ...(counters.length === 0
      ? []
      : [
          ...below(heading[language]),
          ...counters.flatMap((one) =>
            wrap(escapeControls(one), columns - 5).map((part) => `     ${part}`),
          ),
        ]),
  ];
}
