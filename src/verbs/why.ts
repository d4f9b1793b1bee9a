import type { Finding, Hint } from '../diagnosis/cause.ts';
import type { Promised } from '../diagnosis/promises.ts';
import { readNamespaces } from '../diagnosis/read.ts';
import type { Judged } from '../diagnosis/why.ts';
import type { Results } from '../json/results.ts';
import { exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import { terminalColumns, textColumns } from '../render/command-text.ts';
import {
  type DiagnosisOptions,
  diagnosisLines,
  findingLines,
  type Typist,
  typed,
} from '../render/diagnosis.ts';
import { printResult } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import { hasIpv6 } from '../steps/ipv6.ts';
import { pidsOf, type Subject, subjectOf } from './subject.ts';

/** How a diagnosis is printed for this subject, on this terminal. */
export function optionsFor(
  context: Context,
  { name, where, sandbox, lab, doors }: Subject,
): DiagnosisOptions {
  const { language, color, environment } = context;
  const columns = textColumns(terminalColumns(environment, process.stdout));
  const run = lab === undefined ? {} : { run: name };
  return { language, color, columns, ...run, sandbox, pids: pidsOf(where), doors };
}

type Shown = Results['why']['findings'][number];

function shownHint(hint: Hint, typist: Typist): { place: string; command: string } {
  return { place: hint.place, command: typed(hint, typist) };
}

/** A finding as JSON. */
export function shownFinding(finding: Finding, typist: Typist): Omit<Shown, 'breaks'> {
  const { cause, stage, direction, place, certain, says, evidence, check, fix } = finding;
  return {
    ...{ cause, stage, direction, place, certain, says, evidence },
    check: check.map((hint) => shownHint(hint, typist)),
    fix: fix === undefined ? null : shownHint(fix, typist),
  };
}

function shownPromise({ what, question: { from, to, protocol, port }, title }: Promised) {
  return { what, from, to, protocol, port: port ?? null, title };
}

function printJson(context: Context, { name, lab }: Subject, judged: Judged, typist: Typist): void {
  const { wrong, open, possible } = judged;
  printResult(context, 'why', {
    name,
    holds: wrong.length === 0 && open.length === 0,
    not_judged: lab !== undefined && hasIpv6(lab) ? ['ipv6'] : [],
    findings: [
      ...wrong.map(({ finding, breaks }) => ({
        ...shownFinding(finding, typist),
        breaks: breaks.map(shownPromise),
      })),
      ...possible.map((finding) => ({ ...shownFinding(finding, typist), breaks: [] })),
    ],
    open: open.map(({ promised, diagnosis }) => ({
      promise: shownPromise(promised),
      kind: diagnosis.kind,
      between: diagnosis.kind === 'undecided' ? diagnosis.between.map(({ cause }) => cause) : [],
      after: diagnosis.kind === 'unknown' ? diagnosis.after : null,
      remaining: diagnosis.kind === 'unknown' ? diagnosis.remaining : diagnosis.tell,
    })),
  });
}

/** For a lab with IPv6: that nothing is said about it. */
function unjudged(name: string): Text {
  return {
    en: `IPv6 was not checked; to test it as well: ctr check ${name} --probe`,
    zh: `未检查 IPv6；如需一并检测：ctr check ${name} --probe`,
  };
}

/** Prints what is wrong, worst first. */
function printPeople(
  context: Context,
  { wrong, open, possible }: Judged,
  options: DiagnosisOptions,
): void {
  const blocks = [
    ...wrong.map(({ finding, breaks }) =>
      findingLines(
        finding,
        breaks.map(({ title }) => title),
        options,
      ),
    ),
    ...possible.map((finding) => {
      const breaks = open.filter(
        ({ diagnosis }) =>
          diagnosis.kind === 'undecided' &&
          diagnosis.between.some(
            ({ cause, place }) => cause === finding.cause && place === finding.place,
          ),
      );
      return findingLines(
        finding,
        breaks.map(({ promised }) => promised.title),
        options,
      );
    }),
    ...open.flatMap(({ promised, diagnosis }) =>
      diagnosis.kind === 'unknown'
        ? [[promised.title[options.language], ...diagnosisLines(diagnosis, options)]]
        : [],
    ),
  ];
  context.print(blocks.map((lines) => lines.join('\n')).join('\n\n'));
}

/**
 * Judges by the state alone, without sending anything, and prints what is wrong. Silent where nothing is.
 * @returns 7 when something is wrong or may be.
 */
export async function tellWhy(context: Context, subject: Subject): Promise<number> {
  const { lab, only, where, promisesOf: own } = subject;
  const reading = await readNamespaces(context.runner, where);
  const { promisesOf, whyBroken } = await import('../diagnosis/judges.ts');
  const promises = lab === undefined ? own?.(reading) : promisesOf(lab, reading, only);
  const judged = whyBroken(promises ?? [], reading, lab);
  const options = optionsFor(context, subject);
  const holds = judged.wrong.length === 0 && judged.open.length === 0;
  if (context.json) printJson(context, subject, judged, options);
  else if (!holds) printPeople(context, judged, options);
  if (!context.json && lab !== undefined && hasIpv6(lab)) {
    context.tell(say(context, unjudged(subject.name)));
  }
  return holds ? exitCodes.done : exitCodes.notHeld;
}

/** `ctr why`: what keeps a run's network from working. */
export async function why(context: Context, name: string): Promise<number> {
  return await tellWhy(context, subjectOf(context, 'why', name));
}
