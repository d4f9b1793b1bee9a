import type { Language, Text } from '../model/text.ts';
import type { CausedChange, Diff } from '../snapshot/change.ts';
import { noiseNames } from '../snapshot/noise.ts';
import { tell } from '../snapshot/sentences.ts';

/** What the place of a change is called; a container has its own name. */
export function placeName(place: string, language: Language): string {
  if (place === 'host') return { en: 'host', zh: '宿主机' }[language];
  if (place === 'world') return { en: 'world', zh: '外部网络 (world)' }[language];
  return place;
}

/** A change in one line, with its sign: `~ veth-web master – → br0`. */
export function changeText(change: CausedChange, language: Language): string {
  const { sign, what, detail } = tell(change);
  return `${sign} ${what[language]} ${detail[language]}`.trimEnd();
}

/** Changes with the same cause; after those that share a sentence, that sentence. */
export interface ChangeGroup {
  readonly changes: readonly CausedChange[];
  readonly why?: Text;
}

export interface PlaceChanges {
  readonly place: string;
  readonly groups: readonly ChangeGroup[];
}

/** Changes by place. What was asked for comes first; side effects with the same explanation stand together. */
export function byPlace({ changes }: Pick<Diff, 'changes'>): readonly PlaceChanges[] {
  const places = [...new Set(changes.map(({ place }) => place))];
  return places.map((place) => {
    const own = changes.filter((one) => one.place === place);
    const asked = own.filter(({ cause }) => cause === 'asked');
    const surprises = own.filter(({ cause }) => cause === 'surprise');
    const sentences = [...new Set(surprises.map(({ why }) => why?.en))];
    const groups = sentences.map((sentence): ChangeGroup => {
      const same = surprises.filter(({ why }) => why?.en === sentence);
      const why = same[0]?.why;
      return { changes: same, ...(why === undefined ? {} : { why }) };
    });
    return { place, groups: [...(asked.length === 0 ? [] : [{ changes: asked }]), ...groups] };
  });
}

/** What is counted and not shown: `4 IPv6, 2 timers`. A later ctr may hide other things. */
export function hiddenText(
  hidden: Readonly<Record<string, number | undefined>>,
  language: Language,
): string | undefined {
  const names: Readonly<Record<string, Text>> = noiseNames;
  const list = Object.entries(hidden).flatMap(([kind, count = 0]) =>
    count > 0 ? `${count} ${names[kind]?.[language] ?? kind}` : [],
  );
  return list.length === 0 ? undefined : list.join({ en: ', ', zh: '，' }[language]);
}
