import { ctr } from '../../rig/ctr.ts';
import { containerPlace, type Place } from '../../src/model/place.ts';
import type { Fault, Question } from './fault.ts';
import { type Lab, web } from './lab.ts';
import type { Answer, Named } from './verdict.ts';

interface Hop {
  readonly place: Place;
  readonly direction: 'there' | 'back';
  readonly layer: string;
  readonly hook: string;
  readonly in?: string;
  readonly out?: string;
  readonly dropped?: { readonly text: string; readonly verdict: string };
}

/** The kernel's own word about the probe, and whether it fits the verdict. */
export interface KernelWord {
  readonly verdict: 'agrees' | 'disagrees' | 'silent';
  /** Where and why it dropped the packet, as it says it. */
  readonly word: string;
}

interface Traced {
  readonly kernel?: {
    readonly asked: boolean;
    readonly verdict?: KernelWord['verdict'];
    readonly end?: string;
    readonly reason?: string | null;
    readonly location?: string | null;
    readonly place?: string | null;
  };
  readonly walk?: {
    readonly outcome: Readonly<Record<string, unknown>>;
    readonly hops: readonly Hop[];
  };
  readonly diagnosis: {
    readonly kind: string;
    readonly finding?: Named;
    readonly between?: readonly Named[];
  };
}

/** An answer, what the walk looked like, and how long it took. */
export interface Asked {
  readonly answer: Answer;
  /** The walk without what differs from packet to packet. */
  readonly seen: string;
  readonly ms: number;
  readonly kernel?: KernelWord;
}

async function json(
  args: readonly string[],
): Promise<{ readonly value?: unknown; readonly said: string; readonly ms: number }> {
  const began = performance.now();
  const { code, out, err } = await ctr(args);
  const ms = Math.round(performance.now() - began);
  const said = `${args.join(' ')}: exit ${code}: ${err}${out.slice(0, 300)}`;
  if (code !== 0 && code !== 7) return { said, ms };
  try {
    return { value: JSON.parse(out) as unknown, said, ms };
  } catch {
    return { said, ms };
  }
}

/** The name of the sender for the command line. */
function sender(
  from: Place,
  lab: Lab,
): { readonly name: string; readonly flags: readonly string[] } {
  const member = lab.members.find(({ name }) => containerPlace(name) === from);
  return member === undefined
    ? { name: 'lab', flags: ['--from', from] }
    : { name: `lab/${member.name}`, flags: [] };
}

/** Asks `ctr trace`, by which a packet is sent. */
export async function askTrace(
  { from, to, protocol, port, size }: Question,
  lab: Lab,
  more: readonly string[] = [],
): Promise<Asked> {
  const { name, flags } = sender(from, lab);
  const given = [
    ...['trace', ...flags, '--protocol', protocol],
    ...(size === undefined ? [] : ['--size', String(size)]),
    ...more,
  ];
  const target = port === undefined ? to : `${to}:${port}`;
  const { value, said, ms } = await json([...given, '--json', name, target]);
  if (value === undefined) return { answer: { kind: 'failed', said }, seen: '', ms };
  const { walk, diagnosis, kernel } = value as Traced;
  const seen = JSON.stringify([
    { ...walk?.outcome, milliseconds: undefined, said: undefined },
    walk?.hops.map((hop) =>
      [hop.place, hop.direction, hop.layer, hop.hook, hop.in, hop.out, hop.dropped?.text].join(' '),
    ),
  ]);
  // An ICMP error or a reset is no answer: then only the way there tells where it ended.
  const told = ['unreachable', 'refused'].includes(String(walk?.outcome.kind));
  const last = walk?.hops.findLast(({ direction }) => !told || direction === 'there');
  const { verdict, end, reason, location, place } = kernel ?? {};
  const word = [end, reason, location, place === undefined || place === null ? '' : `in ${place}`];
  const heard = verdict === undefined ? {} : { kernel: { verdict, word: words(word) } };
  return { answer: answerOf(diagnosis, from, last), seen, ms, ...heard };
}

function words(some: readonly (string | null | undefined)[]): string {
  return some.filter((one) => one !== undefined && one !== null && one !== '').join(' ');
}

function answerOf(
  { kind, finding, between }: Traced['diagnosis'],
  from: Place,
  last?: Hop,
): Answer {
  if (kind === 'arrives') return { kind };
  if (kind === 'named' && finding !== undefined) return { kind, findings: [finding] };
  if (kind === 'undecided' && between !== undefined) return { kind, findings: between };
  return { kind: 'unknown', place: last?.place ?? from, direction: last?.direction ?? 'there' };
}

interface Why {
  readonly holds: boolean;
  readonly findings: readonly Named[];
  readonly open: readonly unknown[];
}

/** Asks `ctr why`, which sends nothing. */
export async function askWhy(): Promise<Asked> {
  const { value, said, ms } = await json(['why', 'lab', '--json']);
  if (value === undefined) return { answer: { kind: 'failed', said }, seen: '', ms };
  const { holds, findings } = value as Why;
  if (holds) return { answer: { kind: 'silent' }, seen: '', ms };
  if (findings.length === 0) return { answer: { kind: 'unknown' }, seen: '', ms };
  const sure = findings.filter(({ certain }) => certain);
  const maybe = findings.filter(({ certain }) => !certain);
  return { answer: { kind: 'list', sure, maybe }, seen: '', ms };
}

/** Whether `ctr why` asks this question of its own accord: a lab promises pings and names. */
export function isPromised({ question, harmless }: Fault, { members, networks }: Lab): boolean {
  const { from, protocol, size, to } = question;
  if (harmless === true) return true;
  const sender = members.find(({ place }) => place === from);
  if (sender === undefined || protocol !== 'icmp' || size !== undefined) return false;
  const ports = [sender, ...sender.more];
  const beside = members
    .flatMap((one) => (one === sender ? [] : [one, ...one.more]))
    .filter(({ network }) => ports.some((port) => port.network === network))
    .map(({ address }) => address);
  const gateways = networks
    .filter((one) => ports.some(({ network }) => network === one))
    .map(({ gateway }) => gateway);
  return ['127.0.0.1', web, 'downloads.example', ...gateways, ...beside].includes(to);
}
