import type { Language, Text } from '../model/text.ts';
import type { CausedChange, Diff } from '../snapshot/change.ts';
import { noiseNames } from '../snapshot/noise.ts';
import { tell } from '../snapshot/sentences.ts';
import { columnsOf } from './columns.ts';
import { wrap } from './wrap.ts';

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** A detail that is longer than this pushes the cause aside instead of moving it for all lines. */
const longestDetail = 44;

/** The changes of one place as aligned lines, each surprise followed by its sentence, once. */
function placeLines(
  changes: readonly CausedChange[],
  language: Language,
  columns: number,
  said: Set<string>,
): readonly string[] {
  const told = changes.map(tell);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(columnsOf));
  const what = widest(told.map((one) => one.what[language]));
  const detail = widest(
    told.map((one) => one.detail[language]).filter((text) => columnsOf(text) <= longestDetail),
  );
  return told.flatMap((one) => {
    const head = `${one.sign} ${padded(one.what[language], what)}  `;
    const line = `${head}${padded(one.detail[language], detail)}  ${one.cause[language]}`;
    const [first = '', ...rest] = columnsOf(line) <= columns ? [line] : wrap(line, columns - 6);
    const lines = [first, ...rest.map((text) => `      ${text}`)];
    const why = one.why?.[language];
    if (why === undefined || said.has(why)) return lines;
    said.add(why);
    return [...lines, ...wrap(why, columns - 6).map((text) => `    ${text}`)];
  });
}

/** Places that are no containers. */
const placeNames: Readonly<Record<string, Text>> = {
  host: { en: 'host', zh: '宿主机' },
  world: { en: 'world', zh: '外部世界' },
};

/**
 * A diff for people, by place.
 * @param columns of the terminal.
 */
export function diffLines(diff: Diff, language: Language, columns: number): readonly string[] {
  const places = [...new Set(diff.changes.map(({ place }) => place))];
  const said = new Set<string>();
  const shown = places.flatMap((place) => {
    const own = diff.changes.filter((change) => change.place === place);
    return [
      placeNames[place]?.[language] ?? place,
      ...placeLines(own, language, columns - 2, said).map((line) => `  ${line}`),
    ];
  });
  const hidden = Object.entries(diff.hidden).map(
    ([kind, count]) => `${count} ${noiseNames[kind as keyof typeof noiseNames][language]}`,
  );
  const missing = diff.missing.map((text) => text[language]);
  const words = {
    en: { hidden: 'hidden: ', missing: 'missing: ', comma: ', ' },
    zh: { hidden: '未显示：', missing: '没有出现：', comma: '，' },
  }[language];
  return [
    ...shown,
    ...missing.map((text) => `${words.missing}${text}`),
    ...(hidden.length === 0 ? [] : [`${words.hidden}${hidden.join(words.comma)}`]),
  ];
}
