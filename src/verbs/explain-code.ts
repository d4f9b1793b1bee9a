import { named } from '../exec/called.ts';
import type { Results } from '../json/results.ts';
import type { Meaning } from '../model/codes/meaning.ts';
import { exitCodes } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Text } from '../model/text.ts';
import { printResult } from '../render/result.ts';
import { table } from '../render/table.ts';
import { wrap } from '../render/wrap.ts';
import { say, type Voice } from '../run/context.ts';

type ShownCode = Results['explain codes']['codes'][number];

/** Removes the backquotes that docs/errors.md needs around commands. */
function typed({ en, zh }: Text): Text {
  const bare = (text: string) => named(text.replaceAll('`', ''));
  return { en: bare(en), zh: bare(zh) };
}

async function allCodes(): Promise<readonly ShownCode[]> {
  const { errorNames, problemCodes, sorted } = await import('../model/codes/index.ts');
  const shown = (code: string, { means, fix }: Meaning, exits: readonly number[]): ShownCode => ({
    code,
    means: typed(means),
    fix: typed(fix),
    exit_codes: exits,
  });
  return [
    ...sorted(problemCodes).map(([code, one]) => shown(code, one, [])),
    ...sorted(errorNames).map(([name, one]) => shown(name, one, one.exits)),
  ];
}

/** The text up to the first full stop. */
function firstSentence(text: string): string {
  return /^.*?(?:\.(?= |$)|\u3002|$)/s.exec(text)?.[0] ?? text;
}

const exitLabel: Text = { en: 'Exit code: ', zh: '退出码：' };
const fixLabel: Text = { en: 'What to do: ', zh: '怎么办：' };

function block(voice: Voice, { code, means, fix, exit_codes }: ShownCode, columns: number): string {
  const lines = [
    code,
    '',
    ...wrap(say(voice, means), columns),
    '',
    ...wrap(`${say(voice, fixLabel)}${say(voice, fix)}`, columns),
  ];
  if (exit_codes.length === 0) return lines.join('\n');
  return [...lines, '', `${say(voice, exitLabel)}${exit_codes.join(', ')}`].join('\n');
}

/** `ctr explain codes`: every code of an error or a warning, with the first sentence of its meaning. */
export async function explainCodes(voice: Voice): Promise<number> {
  const codes = await allCodes();
  if (voice.json) printResult(voice, 'explain codes', { codes });
  else {
    const rows = codes.map(({ code, means }) => [code, firstSentence(say(voice, means))]);
    voice.print(table(['', ''], rows).replace(/^\n/, ''));
  }
  return exitCodes.done;
}

/**
 * `ctr explain H005`: what a code means and what to do, in any letter case.
 * @returns the exit code; for an unknown code, the most similar known word, if any.
 */
export async function explainCode(
  voice: Voice,
  word: string,
  others: readonly string[],
  columns: number,
): Promise<number | { readonly near: string | undefined }> {
  const codes = await allCodes();
  const wanted = word.toLowerCase();
  const found = codes.find(({ code }) => code.toLowerCase() === wanted);
  if (found === undefined) {
    const known = new Map(
      [...others, ...codes.map(({ code }) => code)].map((one) => [one.toLowerCase(), one]),
    );
    return { near: known.get(nearest(wanted, [...known.keys()]) ?? '') };
  }
  if (voice.json) printResult(voice, 'explain codes', { codes: [found] });
  else voice.print(block(voice, found, columns));
  return exitCodes.done;
}
