import type { Runner } from '../../exec/runner.ts';
import type { Text } from '../../model/text.ts';
import type { Walk } from '../walk.ts';
import { agreement } from './drop-word.ts';
import { type KernelEnd, kernelEnd } from './end.ts';
import { type KernelWord, start } from './instance.ts';
import { join, type Placed } from './join.ts';
import { kernelTexts, unasked } from './words.ts';

/** What the kernel says about a probe, beside what nft shows; or why it says nothing. */
export type Testimony =
  | {
      readonly word: KernelWord;
      readonly events: readonly Placed[];
      readonly end: KernelEnd;
      readonly texts: readonly Text[];
    }
  | { readonly missing: Text };

/** Listens while a probe is sent. */
export interface Listener {
  /** The command that sends it, as it must be started to be recognized. */
  announced(argv: readonly string[]): readonly string[];
  hear(walk: Walk): Promise<Testimony>;
}

/** Starts to listen. Where that is not possible, the trace goes on without. */
export async function listen(runner: Runner): Promise<Listener> {
  const started = await start(runner);
  if ('missing' in started) {
    return { announced: (argv) => argv, hear: async () => started };
  }
  const { watch } = started;
  return {
    announced: (argv) => watch.announced(argv),
    async hear(walk) {
      const length = walk.hops.find((hop) => hop.direction === 'there')?.header.length;
      const word = await watch.stop({ destination: walk.probe.to, length });
      const events = join(word.events, walk);
      const end = kernelEnd(events, walk.outcome);
      return { word, events, end, texts: kernelTexts(word, end, walk.outcome) };
    },
  };
}

/** What a verdict names. */
interface Verdict {
  readonly kind: string;
  readonly finding?: { readonly cause: string };
  /** Those that remain, where it names none. */
  readonly between?: readonly { readonly cause: string }[];
}

const witness: Text = { en: 'kernel', zh: '内核' };

/** Whether the kernel's word fits a cause: `silent` where it fits any. */
function fitOf(end: KernelEnd, cause: string): Fit {
  if (end.kind === 'dropped') return agreement(end.word, cause);
  if (end.kind === 'no-route') return agreement({ location: '', lookup: end.lookup.error }, cause);
  if (end.kind === 'nothing') return 'silent';
  return agreement({ location: '', reason: 'NEIGH_FAILED' }, cause);
}
type Fit = ReturnType<typeof agreement>;

const contradicts: Text = {
  en: 'this does not fit the verdict below',
  zh: '这与下面的结论不符',
};

function narrowed(causes: readonly string[]): Text {
  const list = causes.join(', ');
  return {
    en: `of the causes below, this fits: ${list}`,
    zh: `下面各原因中，与此相符的是：${list}`,
  };
}

/** A testimony beside a verdict, for people and as JSON. */
export function judged(said: Testimony, verdict: Verdict) {
  if ('missing' in said) {
    const texts = [unasked(said.missing)];
    return { witness, texts, json: { asked: false, says: texts } };
  }
  const { word, events, end } = said;
  const fits = verdict.finding === undefined ? 'silent' : fitOf(end, verdict.finding.cause);
  const remaining = [...new Set((verdict.between ?? []).map(({ cause }) => cause))];
  const left = remaining.filter((cause) => fitOf(end, cause) !== 'disagrees');
  const narrows = left.length > 0 && left.length < remaining.length;
  const texts = [
    ...said.texts,
    ...(fits === 'disagrees' ? [contradicts] : []),
    ...(narrows ? [narrowed(left)] : []),
  ];
  const drop = end.kind === 'dropped' ? end : undefined;
  const lookup = end.kind === 'no-route' ? end.lookup.error : drop?.word.lookup;
  return {
    witness,
    texts,
    json: {
      asked: true,
      says: texts,
      end: end.kind,
      verdict: fits,
      fits: narrows ? left : [],
      reason: drop?.word.reason ?? null,
      location: drop?.word.location ?? null,
      errno: lookup ?? null,
      place: drop?.drop.place ?? null,
      packet: drop?.drop.role ?? null,
      sure: drop?.drop.sure ?? true,
      found: word.found,
      missed: word.missed,
      lacks: word.lacks,
      events: events.map((one) => ({ ...one })),
    },
  };
}
