import { named } from '../exec/called.ts';
import type { ShownProblem } from '../json/common.ts';
import type { ShownEvent } from '../json/events.ts';
import type { Results } from '../json/results.ts';
import { CtrError, exitCodes, type Problem } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import type { Voice } from '../run/context.ts';
import { escapeJson } from './escape-controls.ts';

// A test compares the output with docs/json.md. Only types are imported from there, which cost no load time.
const version: typeof import('../json/common.ts').jsonVersion = 1;

/** A result as JSON. The verb only selects the type. */
export function resultText<Verb extends keyof Results>(_verb: Verb, result: Results[Verb]): string {
  return escapeJson({ version, ...result }, 2);
}

/** Prints the result of a verb under --json; nothing else goes to standard output. */
export function printResult<Verb extends keyof Results>(
  voice: Pick<Voice, 'print'>,
  verb: Verb,
  result: Results[Verb],
): void {
  voice.print(resultText(verb, result));
}

/** As `printResult`, in one line: for a verb that prints several results (NDJSON). */
export function printResultLine<Verb extends keyof Results>(
  voice: Pick<Voice, 'print'>,
  _verb: Verb,
  result: Results[Verb],
): void {
  voice.print(escapeJson({ version, ...result }));
}

/** An event as a line of JSON, for --json. */
export function eventLine(event: ShownEvent): string {
  return escapeJson({ version, ...event });
}

/** A command is the same in both languages. */
function inBoth(way: string | Text): Text {
  return typeof way === 'string' ? { en: named(way), zh: named(way) } : namedBoth(way);
}

export function namedBoth({ en, zh }: Text): Text {
  return { en: named(en), zh: named(zh) };
}

export function shownProblem({ code, place, message, fix }: Problem): ShownProblem {
  return {
    code,
    ...(place === undefined ? {} : { place }),
    message: namedBoth(message),
    ...(fix === undefined ? {} : { fix: namedBoth(fix) }),
  };
}

/** An error as an event. */
export function errorLine({ code, exitCode, text, details }: CtrError): string {
  const { problems, means, try: ways, left, ...rest } = details;
  return eventLine({
    event: 'error',
    code,
    exit_code: exitCode,
    message: namedBoth(text),
    ...rest,
    ...(means === undefined ? {} : { means: namedBoth(means) }),
    ...(left === undefined ? {} : { left: left.map((line) => named(line)) }),
    ...(ways === undefined ? {} : { try: ways.map(inBoth) }),
    ...(problems === undefined ? {} : { problems: problems.map(shownProblem) }),
  });
}

/** @throws CtrError under --json, for output that has no JSON form. */
export function refuseJson(voice: Pick<Voice, 'json'>, what: Text): void {
  if (voice.json) throw noJson(what);
}

export function noJson(what: Text): CtrError {
  return new CtrError('no-json', exitCodes.usage, {
    en: `${what.en} has no JSON form: leave --json out`,
    zh: `${what.zh}没有 JSON 形式：请去掉 --json`,
  });
}
