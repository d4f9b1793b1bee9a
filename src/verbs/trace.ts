import { gather } from '../diagnosis/gather.ts';
import type { Results } from '../json/results.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Resource } from '../model/resource.ts';
import { ruleSpec } from '../model/rule.ts';
import { madeBy } from '../model/step.ts';
import { planFor } from '../plan.ts';
import { diagnosisLines } from '../render/diagnosis.ts';
import { printResult } from '../render/result.ts';
import { besideLines, walkLines } from '../render/walk.ts';
import { resolvedText, unresolvedText } from '../render/walk-words.ts';
import { isSameRule } from '../resources/nft-rule.ts';
import { type Context, say } from '../run/context.ts';
import { sandboxHosts } from '../sandbox/find.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { visit } from '../sandbox/visit.ts';
import { stateDirectory } from '../state/directory.ts';
import { findRun } from '../state/find-container.ts';
import { endOf } from '../trace/end.ts';
import type { MatchedRule, Probe, Walk } from '../trace/walk.ts';
import { findNodes } from '../xray/stranger.ts';
import { shownDiagnosis } from './probe.ts';
import { type Subject, subjectOf } from './subject.ts';
import { questionOf } from './trace-question.ts';
import { optionsFor } from './why.ts';

export interface TraceFlags {
  readonly protocol?: Probe['protocol'];
  readonly from?: string;
  readonly kernel?: boolean;
  readonly size?: number;
  /** `NAME=PID` each: other networks that are watched. */
  readonly node?: readonly string[];
  readonly raw?: boolean;
  readonly mermaid?: boolean;
  readonly html?: boolean;
}

/** `ctr trace`, on this host or inside the run's sandbox host. */
export async function traceAnywhere(
  context: Context,
  name: string,
  target: string,
  flags: TraceFlags,
): Promise<number> {
  const [run] = name.split('/');
  const host = sandboxHosts(context).find((one) => one.name === run);
  if (host === undefined) return await traceHere(context, name, target, flags);
  if (flags.node !== undefined) {
    throw new CtrError(
      'invalid-argument',
      exitCodes.usage,
      {
        en: `${name} is in a sandbox host, which counts processes by itself: trace --node inside it`,
        zh: `${name} 在沙盒主机里，其中的进程号与本机不同：请在里面使用 trace --node`,
      },
      { try: [`ctr exec --host ${name} -- sh`] },
    );
  }
  const words = [
    ...(flags.protocol === undefined ? [] : ['--protocol', flags.protocol]),
    ...(flags.from === undefined ? [] : ['--from', flags.from]),
    ...(flags.size === undefined ? [] : ['--size', String(flags.size)]),
    ...(['kernel', 'raw', 'mermaid', 'html'] as const).flatMap((flag) =>
      flags[flag] === true ? [`--${flag}`] : [],
    ),
  ];
  const all = [...globalWords(context), 'trace', ...words, '--', name, target];
  return await visit(context, host, all, true);
}

/** Whether a matched rule is this resource. */
function isMadeAs(one: Resource, { line, chain, table, text }: MatchedRule): boolean {
  switch (one.kind) {
    case 'firewall-rule':
      return (
        line?.includes(`"ctr:${one.rule.bridge}"`) === true && ruleSpec(one.rule).chain === chain
      );
    case 'nft-rule':
      return one.table === table && isSameRule(one, text);
    default:
      return false;
  }
}

/** The step of the run's plan that makes a rule; by its chain and the comment with ctr's mark. */
function stepFinder(
  context: Context,
  { name }: Subject,
): (rule: MatchedRule) => string | undefined {
  const { config, facts } = findRun(stateDirectory(context.stateDir), name, exitCodes.usage);
  const { steps } = planFor(config, facts, false);
  return (rule) =>
    steps.find(({ commands }) => commands.flatMap(madeBy).some((one) => isMadeAs(one, rule)))?.id;
}

/** Places are words in JSON. */
function shownWalk(walk: Walk): NonNullable<Results['trace']['walk']> {
  const counters = Object.entries(walk.counters).map(([place, one]) => [place, one ?? {}]);
  return { ...walk, counters: Object.fromEntries(counters) };
}

async function traceHere(
  context: Context,
  name: string,
  target: string,
  flags: TraceFlags,
): Promise<number> {
  return await traceSubject(context, subjectOf(context, 'trace', name), target, flags);
}

/** Sends one packet, and prints its way and the verdict. */
export async function traceSubject(
  context: Context,
  subject: Subject,
  target: string,
  flags: TraceFlags,
): Promise<number> {
  const { name, only } = subject;
  const nodes = findNodes(flags.node ?? [], [...subject.where.containers.values()]);
  const where = { ...subject.where, nodes };
  const { question, resolved } = await questionOf(context, subject, target, flags);
  const { lab } = subject;
  const kernel = flags.kernel === true ? await import('../trace/kernel/index.ts') : undefined;
  const listener =
    question.unresolved === undefined ? await kernel?.listen(context.runner) : undefined;
  const { announced } = listener ?? {};
  const size = flags.size === undefined || question.protocol !== 'icmp' ? {} : { size: flags.size };
  const beside = { lab, announced, ...size };
  const { evidence, raw } = await gather(context.runner, where, question, beside);
  const { walk } = evidence;
  const said = walk === undefined ? undefined : await listener?.hear(walk);
  const arrives = walk !== undefined && endOf(walk).kind === 'arrived';
  const code = arrives ? exitCodes.done : exitCodes.notHeld;
  if (flags.raw === true) {
    for (const [place, lines] of Object.entries(raw)) {
      context.print([`# ${place}`, ...(lines ?? [])].join('\n'));
    }
    return code;
  }
  const { diagnose } = await import('../diagnosis/judges.ts');
  const diagnosis = arrives ? ({ kind: 'arrives' } as const) : diagnose(evidence);
  const steps = lab === undefined ? {} : { stepOf: stepFinder(context, subject) };
  const options = { ...optionsFor(context, { ...subject, where }), ...steps };
  const heard = said === undefined ? undefined : kernel?.judged(said, diagnosis);
  if (context.json) {
    printResult(context, 'trace', {
      name: subject.name,
      arrives,
      from: question.from,
      to: question.unresolved === undefined ? question.to : null,
      target,
      walk: walk === undefined ? null : shownWalk(walk),
      diagnosis: shownDiagnosis(diagnosis, options),
      ...(heard === undefined ? {} : { kernel: heard.json }),
    });
    return code;
  }
  const verdict = diagnosisLines(diagnosis, options);
  if (walk !== undefined && flags.mermaid === true) {
    const { walkMermaid } = await import('../render/walk-mermaid.ts');
    context.print(walkMermaid(walk, options));
    return code;
  }
  if (walk !== undefined && flags.html === true) {
    const { walkHtml } = await import('../render/walk-html.ts');
    const plain = diagnosisLines(diagnosis, { ...options, color: false });
    context.print(
      walkHtml(
        walk,
        `ctr trace ${only === undefined ? name : `${name}/${only}`} ${target}`,
        plain,
        options,
      ),
    );
    return code;
  }
  if (resolved !== undefined) {
    context.print(
      say(context, 'address' in resolved ? resolvedText(resolved) : unresolvedText(resolved)),
    );
  }
  const lines = [
    ...(walk === undefined ? [] : walkLines(walk, options)),
    ...(heard === undefined ? [] : besideLines(heard.witness, heard.texts, options)),
    ...(verdict.length === 0 ? [] : ['', ...verdict]),
  ];
  context.print(lines.join('\n'));
  return code;
}
