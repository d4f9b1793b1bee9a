import type { Diagnosis } from '../diagnosis/cause.ts';
import { gather } from '../diagnosis/gather.ts';
import type { Promised } from '../diagnosis/promises.ts';
import { readNamespaces } from '../diagnosis/read.ts';
import type { Results } from '../json/results.ts';
import { exitCodes } from '../model/errors.ts';
import type { Place } from '../model/place.ts';
import type { Text } from '../model/text.ts';
import { diagnosisLines, type Typist } from '../render/diagnosis.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { printResult } from '../render/result.ts';
import { walkLines } from '../render/walk.ts';
import type { Finding } from '../run/check/finding.ts';
import { checkRun } from '../run/check/index.ts';
import { type Context, say } from '../run/context.ts';
import { stateDirectory } from '../state/directory.ts';
import { findRun } from '../state/find-container.ts';
import { endOf } from '../trace/end.ts';
import { entering } from '../trace/namespaces.ts';
import { resolveName } from '../trace/resolve.ts';
import type { Walk } from '../trace/walk.ts';
import { tellFindings } from './check.ts';
import { pidsOf, type RunSubject, type Subject, subjectOf } from './subject.ts';
import { optionsFor, shownFinding } from './why.ts';

/** What became of a promise: true, or why its first packet seems lost. */
type Tried = true | { readonly unresolved?: { readonly name: string; readonly said: string } };

/** Seconds that ping(8) waits for an answer. */
const waitSeconds = 1;
const name = 'downloads.example';

/** Sends the packet of a promise once, without watching it. */
async function tryOnce(
  { runner }: Context,
  { what, question }: Promised,
  pids: ReadonlyMap<Place, number>,
): Promise<Tried> {
  const pid = pids.get(question.from);
  if (pid === undefined) return {};
  if (what === 'names') {
    const resolved = await resolveName(runner, pid, name);
    // A name that nobody knows was answered all the same.
    if ('address' in resolved || ['ENOTFOUND', 'ENODATA'].includes(resolved.failed)) return true;
    return { unresolved: { name, said: resolved.said } };
  }
  const ping = ['ping', '-n', '-c', '1', '-W', String(waitSeconds), question.to];
  return (await runner.run([...entering(pid), ...ping])).ok || {};
}

/** The first promise that really fails, with its way. */
interface Failed {
  readonly promised: Promised;
  readonly walk: Walk | undefined;
  readonly diagnosis: Diagnosis;
}

async function traced(
  context: Context,
  { where, lab }: Subject,
  promised: Promised,
  tried: Tried,
): Promise<Failed | undefined> {
  const { diagnose, isSix, unanswered6 } = await import('../diagnosis/judges.ts');
  if (isSix(promised)) {
    return tried === true ? undefined : { promised, walk: undefined, diagnosis: unanswered6 };
  }
  const unresolved = tried === true ? undefined : tried.unresolved;
  const { question } = promised;
  // The way to the name server comes first: what was said about the name may be no more than that it is not reached.
  const first = await gather(context.runner, where, question, { lab });
  const { walk } = first.evidence;
  const arrived = walk !== undefined && endOf(walk).kind === 'arrived';
  if (arrived && unresolved === undefined) return undefined;
  const { evidence } =
    arrived && unresolved !== undefined
      ? await gather(context.runner, where, { ...question, unresolved }, { lab })
      : first;
  return { promised, walk, diagnosis: diagnose(evidence) };
}

const atOnce = 8;

/** Tries all promises, a few at once. */
async function tryAll(
  context: Context,
  promises: readonly Promised[],
  pids: ReadonlyMap<Place, number>,
): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (let at = 0; at < promises.length; at += atOnce) {
    const some = promises.slice(at, at + atOnce);
    tried.push(...(await Promise.all(some.map((one) => tryOnce(context, one, pids)))));
  }
  return tried;
}

/** Sends all packets that a lab promises, and traces the first that fails. */
async function keep(context: Context, subject: RunSubject) {
  const reading = await readNamespaces(context.runner, subject.where);
  const { promisesOf, promises6Of } = await import('../diagnosis/judges.ts');
  const promises = [
    ...promisesOf(subject.lab, reading, subject.only),
    ...promises6Of(subject.lab, reading, subject.only),
  ];
  const pids = pidsOf(subject.where);
  const tried = await tryAll(context, promises, pids);
  const held = new Map<Promised, boolean>();
  for (const [index, promised] of promises.entries()) {
    const result = tried[index] ?? true;
    const failed = result === true ? undefined : await traced(context, subject, promised, result);
    held.set(promised, failed === undefined);
    if (failed === undefined) continue;
    for (const [later, other] of promises.entries()) {
      if (later > index && tried[later] === true) held.set(other, true);
    }
    return { promises, held, failed };
  }
  return { promises, held, failed: undefined };
}

type Kept = Awaited<ReturnType<typeof keep>>;

export function shownDiagnosis(
  diagnosis: Diagnosis,
  typist: Typist,
): NonNullable<Results['check --probe']['diagnosis']> {
  const shown = (all: readonly Parameters<typeof shownFinding>[0][]) =>
    all.map((one) => shownFinding(one, typist));
  const { kind } = diagnosis;
  return {
    kind,
    finding: kind === 'named' ? shownFinding(diagnosis.finding, typist) : null,
    also: kind === 'named' ? shown(diagnosis.also) : [],
    between: kind === 'undecided' ? shown(diagnosis.between) : [],
    tell: kind === 'undecided' ? diagnosis.tell : [],
    after: kind === 'unknown' ? diagnosis.after : null,
    remaining: kind === 'unknown' ? diagnosis.remaining : [],
  };
}

const untold: Text = { en: 'fails too, or was not looked into', zh: '也不通，或没有细查' };

function printPeople(context: Context, subject: Subject, { promises, held, failed }: Kept): void {
  for (const promised of promises) {
    const title = escapeControls(say(context, promised.title));
    const holds = held.get(promised);
    if (holds !== undefined) context.print(`${holds ? '✔' : '✘'} ${title}`);
    else context.print(`✘ ${title}   (${say(context, untold)})`);
  }
  if (failed === undefined) return;
  const options = optionsFor(context, subject);
  const { walk, diagnosis } = failed;
  const way = walk === undefined ? [] : walkLines(walk, options);
  context.print(['', ...way, '', ...diagnosisLines(diagnosis, options)].join('\n'));
}

/**
 * `ctr check --probe`: compares the kernel with the plan, then sends the packets that the lab promises: to itself, its
 * gateway, its neighbours, a name server and the world.
 * @returns 7 when something differs, or a packet does not arrive.
 */
export async function probe(context: Context, name: string): Promise<number> {
  const subject = subjectOf(context, 'check', name);
  const directory = stateDirectory(context.stateDir);
  const state = findRun(directory, subject.name, exitCodes.usage);
  const findings: readonly Finding[] = await checkRun(context.runner, directory, state);
  const kept = await keep(context, subject);
  const { promises, held, failed } = kept;
  const holds = findings.every((one) => one.holds) && failed === undefined;
  if (context.json) {
    printResult(context, 'check --probe', {
      name: subject.name,
      holds,
      findings,
      promises: promises.map((one) => {
        const { from, to, protocol, port } = one.question;
        const { what, title } = one;
        return {
          what,
          from,
          to,
          protocol,
          port: port ?? null,
          title,
          holds: held.get(one) ?? null,
        };
      }),
      diagnosis:
        failed === undefined
          ? null
          : shownDiagnosis(failed.diagnosis, optionsFor(context, subject)),
    });
  } else {
    tellFindings(context, findings);
    printPeople(context, subject, kept);
  }
  return holds ? exitCodes.done : exitCodes.notHeld;
}
