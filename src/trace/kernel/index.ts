import type { Runner } from '../../exec/runner.ts';
import type { Language, Text } from '../../model/text.ts';
import type { Walk } from '../walk.ts';
import { type KernelEnd, kernelEnd } from './end.ts';
import { type KernelWord, start } from './instance.ts';
import { join, type Placed } from './join.ts';
import { sentenceOf } from './reasons.ts';
import { kernelTexts, unasked } from './words.ts';

export { agreement } from './reasons.ts';

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

/** The sentences of a testimony. */
export function testimonyTexts(said: Testimony): readonly Text[] {
  return 'missing' in said ? [unasked(said.missing)] : said.texts;
}

/** A testimony as JSON. */
export function testimonyJson(said: Testimony, language: Language): object {
  if ('missing' in said) return { asked: false, why: said.missing[language] };
  const { word, events, end, texts } = said;
  const drop = end.kind === 'dropped' ? end : undefined;
  const place = drop?.drop.place;
  return {
    asked: true,
    end: end.kind,
    ...(drop === undefined ? {} : { ...drop.word, ...(place === undefined ? {} : { place }) }),
    ...(drop === undefined ? {} : { sure: drop.drop.sure, role: drop.drop.role }),
    ...(drop === undefined ? {} : { means: sentenceOf(drop.word)?.[language] ?? null }),
    says: texts.map((text) => text[language]),
    found: word.found,
    missed: word.missed,
    lacks: word.lacks,
    events,
  };
}
