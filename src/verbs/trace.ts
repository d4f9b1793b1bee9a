import { isIPv4 } from 'node:net';
import type { Question } from '../diagnosis/evidence.ts';
import { gather } from '../diagnosis/gather.ts';
import type { Results } from '../json/results.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { isAddress6 } from '../model/ipv6.ts';
import type { LabContainer } from '../model/lab.ts';
import { containerPlace, type Place } from '../model/place.ts';
import type { Resource } from '../model/resource.ts';
import { ruleSpec } from '../model/rule.ts';
import { madeBy } from '../model/step.ts';
import { worldNames } from '../model/world-addresses.ts';
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
import { type Resolved, resolveName } from '../trace/resolve.ts';
import type { MatchedRule, Probe, Walk } from '../trace/walk.ts';
import { findNodes } from '../xray/stranger.ts';
import { shownDiagnosis } from './probe.ts';
import { pidsOf, type Subject, subjectOf } from './subject.ts';
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

function noTarget(target: string, { name, lab }: Subject): CtrError {
  const six = target.replace(/^\[(.*)\](?::\d+)?$/, '$1');
  if (isAddress6(six)) {
    const inside = lab?.containers[0]?.name;
    const ping =
      inside === undefined ? `ping -6 ${six}` : `ctr exec ${name}/${inside} -- ping -6 ${six}`;
    return new CtrError(
      'no-such-target',
      exitCodes.usage,
      {
        en: `${six} is an IPv6 address: ctr trace and ctr why follow IPv4 packets only`,
        zh: `${six} 是 IPv6 地址：ctr trace 和 ctr why 只跟踪 IPv4 数据包`,
      },
      { try: lab === undefined ? [ping] : [ping, `ctr check ${name}`] },
    );
  }
  return new CtrError(
    'no-such-target',
    exitCodes.usage,
    {
      en: `${target} is no IPv4 address, name, container of ${name}, gateway or world`,
      zh: `${target} 不是 IPv4 地址、域名、${name} 的容器、gateway 或 world`,
    },
    { try: lab === undefined ? ['ctr trace --help'] : [`ctr inspect ${name}`] },
  );
}

function noPort(protocol: string, host: string): CtrError {
  return new CtrError(
    'no-such-target',
    exitCodes.usage,
    { en: `${protocol} needs a port: ${host}:PORT`, zh: `${protocol} 需要端口：${host}:端口` },
    { try: [`${host}:80`] },
  );
}

/** The words that stand for addresses of the lab. */
function addressIn(
  { lab, gateway }: Subject,
  from: LabContainer | undefined,
  target: string,
): string | undefined {
  if (isIPv4(target)) return target;
  if (target === 'world') return worldNames['downloads.example'];
  const [own] = from?.attachments ?? [];
  if (target === 'gateway') return own?.gateway ?? lab?.networks[0]?.gateway ?? gateway;
  const other = lab?.containers.find((one) => one.name === target);
  const near = other?.attachments.find((one) => one.network.name === own?.network.name);
  return (near ?? other?.attachments[0])?.address;
}

/** The target and its port, as in `10.0.0.3:80`. */
function splitTarget(
  target: string,
  subject: Subject,
): { readonly host: string; readonly port?: number } {
  const [, host = '', port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(target) ?? [];
  const number = Number(port ?? 1);
  if (host === '' || number > 65_535 || number < 1) throw noTarget(target, subject);
  return { host, ...(port === undefined ? {} : { port: number }) };
}

/** Who sends: the place, and a process whose network namespace it is. */
function senderOf(
  { name, lab, only, where }: Subject,
  wanted: string | undefined,
): { readonly from: Place; readonly pid: number | 'self' } {
  const container = wanted ?? only ?? lab?.containers[0]?.name ?? name;
  const from: Place = wanted === 'host' || wanted === 'world' ? wanted : containerPlace(container);
  const pid = from === 'host' ? 'self' : pidsOf(where).get(from);
  if (pid !== undefined) return { from, pid };
  throw new CtrError(
    'no-such-container',
    exitCodes.usage,
    from === 'world'
      ? {
          en: `${name} is in no sandbox host, which would have a world`,
          zh: `${name} 不在沙盒主机里，没有 world`,
        }
      : {
          en: `run ${name} has no running container ${container}`,
          zh: `运行实例 ${name} 没有正在运行的容器 ${container}`,
        },
    { try: lab?.containers.map((one) => `${name}/${one.name}`) ?? ['ctr trace --help'] },
  );
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

/** What is asked: the words of the command line, with the name resolved as the sender would. */
async function questionOf(
  context: Context,
  subject: Subject,
  target: string,
  flags: TraceFlags,
): Promise<{
  readonly question: Question;
  readonly resolved?: Resolved & { readonly name: string };
}> {
  const { lab } = subject;
  const { host, port } = splitTarget(target, subject);
  const { from, pid } = senderOf(subject, flags.from);
  const protocol = flags.protocol ?? (port === undefined ? 'icmp' : 'tcp');
  if (protocol !== 'icmp' && port === undefined) throw noPort(protocol, host);
  const sender = lab?.containers.find((one) => containerPlace(one.name) === from);
  const known = addressIn(subject, sender, host);
  const asked = {
    ...{ protocol, from },
    ...(port === undefined || protocol === 'icmp' ? {} : { port }),
  };
  if (known !== undefined) return { question: { ...asked, to: known } };
  const resolved = { ...(await resolveName(context.runner, pid, host)), name: host };
  if ('address' in resolved) {
    return { question: { ...asked, to: resolved.address, name: host }, resolved };
  }
  const { server, said } = resolved;
  const question = { ...asked, to: server ?? '', unresolved: { name: host, said } };
  return { question, resolved };
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
