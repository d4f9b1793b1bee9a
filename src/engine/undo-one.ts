import { readFileSync } from 'node:fs';
import { type Argv, fill, fillInput, shellLine } from '../command.ts';
import { messageOf } from '../errors.ts';
import { membersOf } from '../facts/cgroup.ts';
import type { LinkFact } from '../facts/index.ts';
import { links as linksProbe, parseLinks } from '../facts/links.ts';
import type { Command } from '../step.ts';
import { killContainers } from '../take-back.ts';
import { type Undo, type UndoOf, undoArgv } from '../undo.ts';
import type { Undone } from './events.ts';
import { bridgeSpared } from './keep-bridge.ts';
import { killQuietly, type Launcher } from './launcher.ts';
import { catches, isAlive, sleep, waitUntilGone, within } from './processes.ts';
import type { Outcome, Runner } from './runner.ts';
import { spared } from './switches.ts';
import { usersOf } from './users.ts';

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
  /** Called when nothing is waited for any more but what the kernel does with links that are off its list. */
  readonly lookAhead?: (() => void) | undefined;
  /** Every undo in a process of its own, in the exact reverse of the order of the changes. */
  readonly oneByOne: boolean;
}

export interface Hands extends UndoHands {
  /** The links that go together. */
  readonly links: ReadonlySet<string>;
}

/** iptables(8) and ip(8) saying that there is nothing to take away. */
const nothingThere =
  /Cannot find device|does not exist|No such device|does a matching rule exist|No chain\/target\/match by that name|No such file or directory/;

type Step = Pick<Undone, 'result' | 'reason'>;

/** As many more of them as this have twice the time of one. */
const twiceFor = 100;

/**
 * A command of the way back, under the lock that the run is taken back under.
 * @param things how many it takes away at once: the kernel does so one after the other.
 */
export async function runFor(command: Command, hands: Hands, things = 1): Promise<Outcome> {
  return await hands.runner.run(fill(command.argv, new Map()), {
    hold: hands.hold,
    timeoutMs: hands.runner.timeoutMs * (1 + (things - 1) / twiceFor),
    ...(command.input === undefined ? {} : { input: fillInput(command.input, new Map()) }),
  });
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What its end says of the undo. */
export function resultOf({ ok, stderr }: Outcome): Step {
  if (ok) return { result: 'done' };
  const reason = stderr.trim();
  return nothingThere.test(reason) ? { result: 'gone' } : { result: 'failed', reason };
}

/** A link whose undo was cut short may bear the run's mark in place of the shared one. */
export function isOurs(undo: UndoOf<'delete-link'>, link: LinkFact, hands: Hands): boolean {
  return link.group === undo.group || link.group === hands.group;
}

/** All links by name; a string is why they could not be read. */
export async function readLinks({
  runner,
  hold,
}: Hands): Promise<ReadonlyMap<string, LinkFact> | string> {
  const look = await runner.run(linksProbe.argv, { hold });
  if (!look.ok) return look.stderr.trim();
  try {
    return new Map(parseLinks(look.stdout).map((link) => [link.name, link]));
  } catch (error) {
    return messageOf(error);
  }
}

/** What somebody else has built on a link of ours: to remove it would cut them off. */
export function strangersOn(
  undo: UndoOf<'delete-link'>,
  there: ReadonlyMap<string, LinkFact>,
  hands: Hands,
): readonly string[] {
  const goes = ({ name, group }: LinkFact) => group === hands.group || hands.links.has(name);
  return usersOf([...there.values()], undo.link, goes, undo.address);
}

async function undoLink(undo: UndoOf<'delete-link'>, hands: Hands): Promise<Step> {
  const there = await readLinks(hands);
  if (typeof there === 'string') return { result: 'failed', reason: there };
  const link = there.get(undo.link);
  if (link === undefined) return { result: 'gone' };
  if (!isOurs(undo, link, hands)) return { result: 'not-ours' };
  const users = strangersOn(undo, there, hands);
  if (users.length > 0) return { result: 'in-use', reason: users.join(', ') };
  return resultOf(await runFor({ argv: undoArgv(undo) }, hands));
}

async function undoBridge(undo: UndoOf<'restore-bridge'>, hands: Hands): Promise<Step> {
  const there = await readLinks(hands);
  if (typeof there === 'string') return { result: 'failed', reason: there };
  const goes = ({ name, group }: LinkFact) => group === hands.group || hands.links.has(name);
  const spares = bridgeSpared(undo, [...there.values()], goes);
  return spares ?? resultOf(await runFor({ argv: undoArgv(undo) }, hands));
}

async function undoSysctl(undo: UndoOf<'restore-sysctl'>, hands: Hands): Promise<Step> {
  return spared(undo) ?? resultOf(await runFor({ argv: undoArgv(undo) }, hands));
}

async function undoRule(undo: UndoOf<'delete-rule'>, hands: Hands): Promise<Step> {
  return resultOf(await runFor({ argv: undoArgv(undo) }, hands));
}

/** How long a process that has ended may stay in its cgroup: a zombie, or one that frees its memory. */
const emptyingMs = 2000;

export async function emptied({ mount, cgroup }: UndoOf<'remove-cgroup'>): Promise<void> {
  const deadline = performance.now() + emptyingMs;
  while (readQuietly(`${mount}/${cgroup}/cgroup.procs`) !== '' && performance.now() < deadline) {
    await sleep(5);
  }
}

async function undoCgroup(undo: UndoOf<'remove-cgroup'>, hands: Hands): Promise<Step> {
  await emptied(undo);
  const members = membersOf(`${undo.mount}/${undo.cgroup}`);
  if (members !== '') return { result: 'in-use', reason: members };
  const deadline = performance.now() + emptyingMs;
  for (;;) {
    const outcome = await runFor({ argv: undoArgv(undo) }, hands);
    const busy = /Device or resource busy/.test(outcome.stderr);
    if (outcome.ok || !busy || performance.now() > deadline) return resultOf(outcome);
    await sleep(20);
  }
}

const sigterm = 15;

/** Ends containers: SIGTERM where the first process handles it, SIGKILL after that, and waits. */
export async function endContainers(
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
    await runFor(
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
    const outcome = await runFor(killContainers(pids, 'KILL'), hands);
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

export async function undoOne(undo: Undo, hands: Hands): Promise<Step> {
  switch (undo.kind) {
    case 'delete-link':
      return await undoLink(undo, hands);
    case 'restore-bridge':
      return await undoBridge(undo, hands);
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

export function lineOf(undo: Undo, hands: Hands): string {
  const argv: Argv = undoArgv(undo);
  const pids = new Map([...hands.children].map(([name, { pid }]) => [name, pid]));
  const known = argv.every((arg) => typeof arg === 'string' || pids.has(arg.pidOf));
  return shellLine(known ? fill(argv, pids) : argv);
}
