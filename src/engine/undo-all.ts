import { readFileSync } from 'node:fs';
import { type Argv, fill, fillInput, shellLine } from '../command.ts';
import { messageOf } from '../errors.ts';
import type { LinkFact } from '../facts/index.ts';
import { links as linksProbe, parseLinks } from '../facts/links.ts';
import { readSysctl } from '../facts/sysctls.ts';
import type { Command } from '../step.ts';
import {
  deleteLinks,
  deleteRules,
  killContainers,
  removeCgroups,
  restoreValues,
} from '../take-back.ts';
import { isKind, type Undo, type UndoOf, undoArgv } from '../undo.ts';
import type { Event, Undone } from './events.ts';
import { firewallBusy } from './failure.ts';
import { killQuietly, type Launcher } from './launcher.ts';
import { catches, isAlive, sleep, waitUntilGone, within } from './processes.ts';
import type { Outcome, Runner } from './runner.ts';
import { sideBySide } from './side-by-side.ts';
import { letVanish, otherPorts } from './sweep.ts';

export interface UndoHands {
  readonly runner: Runner;
  readonly hold?: number | undefined;
  /** The mark of the run's own links. */
  readonly group: number;
  /** Containers whose first process is known. */
  readonly children: ReadonlyMap<string, { readonly pid: number; readonly start: string }>;
  /** Present when the containers are children of this ctr. */
  readonly launcher?: Launcher;
  /** The run that still needs what this key names. */
  readonly keeperOf: (key: string) => string | undefined;
  /** How long a container may take to end when it handles SIGTERM. */
  readonly stopMs: number;
  /** Every undo in a process of its own, in the exact reverse of the order of the changes. */
  readonly oneByOne: boolean;
}

interface Hands extends UndoHands {
  /** The links that go together. */
  readonly links: ReadonlySet<string>;
}

/** iptables(8) and ip(8) saying that there is nothing to take away. */
const nothingThere =
  /Cannot find device|does not exist|No such device|does a matching rule exist|No chain\/target\/match by that name|No such file or directory/;

type Step = Pick<Undone, 'result' | 'reason'>;
async function run(command: Command, hands: Hands): Promise<Outcome> {
  return await hands.runner.run(fill(command.argv, new Map()), {
    hold: hands.hold,
    ...(command.input === undefined ? {} : { input: fillInput(command.input, new Map()) }),
  });
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function result({ ok, stderr }: Outcome): Step {
  if (ok) return { result: 'done' };
  const reason = stderr.trim();
  return nothingThere.test(reason) ? { result: 'gone' } : { result: 'failed', reason };
}

/** A link whose undo was cut short may bear the run's mark in place of the shared one. */
function isOurs(undo: UndoOf<'delete-link'>, link: LinkFact, hands: Hands): boolean {
  return link.group === undo.group || link.group === hands.group;
}

/** All links by name; a string is why they could not be read. */
async function readLinks({ runner, hold }: Hands): Promise<ReadonlyMap<string, LinkFact> | string> {
  const look = await runner.run(linksProbe.argv, { hold });
  if (!look.ok) return look.stderr.trim();
  try {
    return new Map(parseLinks(look.stdout).map((link) => [link.name, link]));
  } catch (error) {
    return messageOf(error);
  }
}

/** What somebody else has plugged into a bridge of ours: to remove it would cut them off. */
function strangersIn(
  undo: UndoOf<'delete-link'>,
  there: ReadonlyMap<string, LinkFact>,
  hands: Hands,
): readonly string[] {
  const goes = ({ name, group }: LinkFact) => group === hands.group || hands.links.has(name);
  return otherPorts([...there.values()], undo.link, goes);
}

async function undoLink(undo: UndoOf<'delete-link'>, hands: Hands): Promise<Step> {
  const there = await readLinks(hands);
  if (typeof there === 'string') return { result: 'failed', reason: there };
  const link = there.get(undo.link);
  if (link === undefined) return { result: 'gone' };
  if (!isOurs(undo, link, hands)) return { result: 'not-ours' };
  const ports = strangersIn(undo, there, hands);
  if (ports.length > 0) return { result: 'in-use', reason: `port ${ports.join(' ')}` };
  return result(await run({ argv: undoArgv(undo) }, hands));
}

async function undoSysctl(undo: UndoOf<'restore-sysctl'>, hands: Hands): Promise<Step> {
  const value = readSysctl(undo.key);
  if (value === undefined || value === undo.value) return { result: 'gone' };
  if (value !== undo.ours) return { result: 'not-ours', reason: value };
  return result(await run({ argv: undoArgv(undo) }, hands));
}

async function undoRule(undo: UndoOf<'delete-rule'>, hands: Hands): Promise<Step> {
  return result(await run({ argv: undoArgv(undo) }, hands));
}

/** How long a process that has ended may stay in its cgroup: a zombie, or one that frees its memory. */
const emptyingMs = 2000;

async function emptied({ mount, cgroup }: UndoOf<'remove-cgroup'>): Promise<void> {
  const deadline = performance.now() + emptyingMs;
  while (readQuietly(`${mount}/${cgroup}/cgroup.procs`) !== '' && performance.now() < deadline) {
    await sleep(5);
  }
}

async function undoCgroup(undo: UndoOf<'remove-cgroup'>, hands: Hands): Promise<Step> {
  await emptied(undo);
  const deadline = performance.now() + emptyingMs;
  for (;;) {
    const outcome = await run({ argv: undoArgv(undo) }, hands);
    const busy = /Device or resource busy/.test(outcome.stderr);
    if (outcome.ok || !busy || performance.now() > deadline) return result(outcome);
    await sleep(20);
  }
}

const sigterm = 15;

/** Ends containers: SIGTERM where the first process handles it, SIGKILL after that, and waits. */
async function endContainers(
  undos: readonly UndoOf<'end-container'>[],
  hands: Hands,
): Promise<ReadonlyMap<Undo, Step>> {
  const steps = new Map<Undo, Step>();
  const due = undos.flatMap((undo) => {
    const child = hands.children.get(undo.container);
    if (child !== undefined && isAlive(child.pid, child.start)) return [{ undo, ...child }];
    hands.launcher?.abandon(undo.container);
    steps.set(undo, { result: 'gone' });
    return [];
  });
  const alive = () => due.filter(({ pid, start }) => isAlive(pid, start));
  const gone = async (timeoutMs: number, those = due) => {
    await Promise.all(those.map(({ pid, start }) => waitUntilGone(pid, start, timeoutMs)));
  };
  const willing = due.filter(({ pid }) => catches(pid, sigterm));
  if (willing.length > 0) {
    await run(
      killContainers(
        willing.map(({ pid }) => pid),
        'TERM',
      ),
      hands,
    );
    await gone(hands.stopMs, willing);
  }
  let said = '';
  if (alive().length > 0) {
    const pids = alive().map(({ pid }) => pid);
    const outcome = await run(killContainers(pids, 'KILL'), hands);
    said = outcome.stderr.trim();
    await gone(outcome.ok ? 2000 : 50);
  }
  // Without kill(1) it is still this ctr's to end: nothing may run on after us.
  for (const { pid } of alive()) killQuietly(pid);
  await gone(2000);
  await Promise.all(
    undos.map(async ({ container }) => {
      const ended = hands.launcher?.ended(container);
      if (ended !== undefined) await within(ended, 2000);
    }),
  );
  for (const { undo, pid, start } of due) {
    steps.set(undo, isAlive(pid, start) ? { result: 'failed', reason: said } : { result: 'done' });
  }
  return steps;
}

async function undoOne(undo: Undo, hands: Hands): Promise<Step> {
  switch (undo.kind) {
    case 'delete-link':
      return await undoLink(undo, hands);
    case 'restore-sysctl':
      return await undoSysctl(undo, hands);
    case 'delete-rule':
      return await undoRule(undo, hands);
    case 'end-container':
      return (await endContainers([undo], hands)).get(undo) ?? { result: 'gone' };
    case 'remove-cgroup':
      return await undoCgroup(undo, hands);
  }
}

function lineOf(undo: Undo, hands: Hands): string {
  const argv: Argv = undoArgv(undo);
  const pids = new Map([...hands.children].map(([name, { pid }]) => [name, pid]));
  const known = argv.every((arg) => typeof arg === 'string' || pids.has(arg.pidOf));
  return shellLine(known ? fill(argv, pids) : argv);
}

type Undoing = AsyncGenerator<Undone, void>;

async function* eachByItself(undos: readonly Undo[], hands: Hands): Undoing {
  for (const undo of undos) yield { line: lineOf(undo, hands), ...(await undoOne(undo, hands)) };
}

/** Rules in one process; when it fails, for one that is gone already, each by itself. */
async function* rulesTogether(undos: readonly UndoOf<'delete-rule'>[], hands: Hands): Undoing {
  if (undos.length < 2) return yield* eachByItself(undos, hands);
  const outcome = await run(deleteRules(undos), hands);
  // Each by itself would wait as long for the lock again.
  if (!outcome.ok && !firewallBusy.test(outcome.stderr)) return yield* eachByItself(undos, hands);
  for (const undo of undos) yield { line: lineOf(undo, hands), ...result(outcome) };
}

async function* cgroupsTogether(undos: readonly UndoOf<'remove-cgroup'>[], hands: Hands): Undoing {
  await Promise.all(undos.map(emptied));
  if (undos.length > 1 && (await run(removeCgroups(undos), hands)).ok) {
    for (const undo of undos) yield { line: lineOf(undo, hands), result: 'done' };
  } else yield* eachByItself(undos, hands);
}

async function* valuesTogether(undos: readonly UndoOf<'restore-sysctl'>[], hands: Hands): Undoing {
  const due = undos.filter((undo) => readSysctl(undo.key) === undo.ours);
  if (due.length > 1) await run(restoreValues(due), hands);
  for (const undo of undos) {
    const restored = due.length > 1 && due.includes(undo) && readSysctl(undo.key) === undo.value;
    if (restored) yield { line: lineOf(undo, hands), result: 'done' };
    else yield* eachByItself([undo], hands);
  }
}

/** How long a cable may take to go with the network namespace that its other end was in. */
const followMs = 30;

async function* linksTogether(undos: readonly UndoOf<'delete-link'>[], hands: Hands): Undoing {
  // To delete what is on its way out would cost a wait of its own.
  const names = undos.map(({ link }) => link);
  const left = await letVanish(
    names,
    undos.some(({ shared }) => shared !== undefined) ? 0 : followMs,
  );
  if (left.length === 0) {
    for (const undo of undos) yield { line: lineOf(undo, hands), result: 'gone' };
    return;
  }
  const there = await readLinks(hands);
  if (typeof there === 'string') return yield* eachByItself(undos, hands);
  const due = undos.filter((undo) => {
    const link = there.get(undo.link);
    if (link === undefined || !isOurs(undo, link, hands)) return false;
    return strangersIn(undo, there, hands).length === 0;
  });
  const going = new Set(due.map(({ link }) => link));
  const strangers = [...there.values()].some(
    ({ group, name }) => group === hands.group && !going.has(name),
  );
  const together = due.length > 0 && !strangers;
  const done = together && (await run(deleteLinks(due, hands.group), hands)).ok;
  for (const undo of undos) {
    if (done && going.has(undo.link)) yield { line: lineOf(undo, hands), result: 'done' };
    else if (!there.has(undo.link)) yield { line: lineOf(undo, hands), result: 'gone' };
    else yield* eachByItself([undo], hands);
  }
}

/** The packet filter is cleaned while the containers end and their links go. */
function together(undos: readonly Undo[], hands: Hands): Undoing {
  async function* filter(): Undoing {
    // Values first: those of a link go with it.
    yield* valuesTogether(undos.filter(isKind('restore-sysctl')), hands);
    yield* rulesTogether(undos.filter(isKind('delete-rule')), hands);
  }
  async function* machines(): Undoing {
    const containers = undos.filter(isKind('end-container'));
    const steps = await endContainers(containers, hands);
    for (const undo of containers) {
      yield { line: lineOf(undo, hands), ...(steps.get(undo) ?? { result: 'gone' }) };
    }
    yield* cgroupsTogether(undos.filter(isKind('remove-cgroup')), hands);
    yield* linksTogether(undos.filter(isKind('delete-link')), hands);
  }
  // The links first: a bridge takes longest.
  return sideBySide([machines(), filter()], 2);
}

/**
 * Takes back, each as far as it is ours and still there, once; goes on past failures. Whether it
 * is gone is for the kernel to say (`sweep`).
 * @param undos in the order in which the changes were made.
 * @returns what is left.
 */
export async function* undoAll(
  undos: readonly Undo[],
  given: UndoHands,
): AsyncGenerator<Event, readonly Undone[]> {
  const links = undos.flatMap((undo) => (undo.kind === 'delete-link' ? undo.link : []));
  const hands: Hands = { ...given, links: new Set(links) };
  const left: Undone[] = [];
  const newestFirst = undos.toReversed().map((undo) => ({
    undo,
    keeper: undo.shared === undefined ? undefined : hands.keeperOf(undo.shared),
  }));
  const due = newestFirst.filter(({ keeper }) => keeper === undefined).map(({ undo }) => undo);
  const results = hands.oneByOne ? eachByItself(due, hands) : together(due, hands);
  for (const { undo, keeper } of newestFirst) {
    if (keeper === undefined && !hands.oneByOne) continue;
    const kept = { line: lineOf(undo, hands), result: 'kept', reason: keeper ?? '' } as const;
    const undone = keeper === undefined ? (await results.next()).value : kept;
    if (undone === undefined) break;
    if (undone.result === 'failed') left.push(undone);
    yield { event: 'undo', ...undone };
  }
  for await (const undone of results) {
    if (undone.result === 'failed') left.push(undone);
    yield { event: 'undo', ...undone };
  }
  return left;
}
