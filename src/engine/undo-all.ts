import { type Argv, fill, fillInput, shellLine } from '../command.ts';
import type { LinkFact } from '../facts/index.ts';
import { links as linksProbe, parseLinks } from '../facts/links.ts';
import { readSysctl } from '../facts/sysctls.ts';
import type { Command } from '../step.ts';
import { deleteLinks, deleteRules, killContainers, restoreValues } from '../take-back.ts';
import { type Undo, undoArgv } from '../undo.ts';
import type { Event, Undone } from './events.ts';
import type { Launcher } from './launcher.ts';
import { catches, isAlive, sleep, waitUntilGone, within } from './processes.ts';
import type { Outcome, Runner } from './runner.ts';
import { sideBySide } from './side-by-side.ts';

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

const attempts = 3;
const settleMs = 20;

/** iptables(8) and ip(8) saying that there is nothing to take away. */
const nothingThere =
  /Cannot find device|does not exist|No such device|does a matching rule exist|No chain\/target\/match by that name|No such file or directory/;

type Step = Pick<Undone, 'result' | 'reason'>;
type Of<Kind extends Undo['kind']> = Extract<Undo, { kind: Kind }>;

async function run(command: Command, hands: UndoHands): Promise<Outcome> {
  return await hands.runner.run(fill(command.argv, new Map()), {
    hold: hands.hold,
    ...(command.input === undefined ? {} : { input: fillInput(command.input, new Map()) }),
    timeoutMs: 8000,
  });
}

/** A link whose undo was cut short may bear the run's mark in place of the shared one. */
function isOurs(undo: Of<'delete-link'>, link: LinkFact, hands: UndoHands): boolean {
  return link.group === undo.group || link.group === hands.group;
}

async function undoLink(undo: Of<'delete-link'>, hands: UndoHands): Promise<Step> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const look = await hands.runner.run(['ip', '-j', '-d', 'addr', 'show', 'dev', undo.link], {
      hold: hands.hold,
    });
    if (!look.ok && nothingThere.test(look.stderr)) {
      return { result: attempt === 0 ? 'gone' : 'done' };
    }
    const link = look.ok ? parseLinks(look.stdout)[0] : undefined;
    if (link !== undefined && !isOurs(undo, link, hands)) return { result: 'not-ours' };
    if (link !== undefined) {
      const outcome = await run({ argv: undoArgv(undo) }, hands);
      if (outcome.ok) return { result: 'done' };
      said = outcome.stderr.trim();
    } else said = look.stderr.trim();
    await sleep(settleMs * attempt);
  }
  return { result: 'failed', reason: said };
}

async function undoSysctl(undo: Of<'restore-sysctl'>, hands: UndoHands): Promise<Step> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const value = readSysctl(undo.key);
    if (value === undefined) return { result: 'gone' };
    if (value === undo.value) return { result: attempt === 0 ? 'gone' : 'done' };
    if (value !== undo.ours) return { result: 'not-ours', reason: value };
    said = (await run({ argv: undoArgv(undo) }, hands)).stderr.trim();
  }
  return readSysctl(undo.key) === undo.value
    ? { result: 'done' }
    : { result: 'failed', reason: said };
}

async function undoRule(undo: Of<'delete-rule'>, hands: UndoHands): Promise<Step> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const outcome = await run({ argv: undoArgv(undo) }, hands);
    if (outcome.ok) return { result: 'done' };
    said = outcome.stderr.trim();
    if (nothingThere.test(said)) return { result: attempt === 0 ? 'gone' : 'done' };
    await sleep(settleMs * attempt);
  }
  return { result: 'failed', reason: said };
}

const sigterm = 15;

/** Ends containers: SIGTERM where the first process handles it, SIGKILL after that, and waits. */
async function endContainers(
  undos: readonly Of<'end-container'>[],
  hands: UndoHands,
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
  for (let attempt = 0; attempt < attempts && alive().length > 0; attempt += 1) {
    const outcome = await run(
      killContainers(
        alive().map(({ pid }) => pid),
        'KILL',
      ),
      hands,
    );
    said = outcome.stderr.trim();
    await gone(outcome.ok ? 2000 : 50);
  }
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

async function undoOne(undo: Undo, hands: UndoHands): Promise<Step> {
  switch (undo.kind) {
    case 'delete-link':
      return await undoLink(undo, hands);
    case 'restore-sysctl':
      return await undoSysctl(undo, hands);
    case 'delete-rule':
      return await undoRule(undo, hands);
    case 'end-container':
      return (await endContainers([undo], hands)).get(undo) ?? { result: 'gone' };
  }
}

function lineOf(undo: Undo, hands: UndoHands): string {
  const argv: Argv = undoArgv(undo);
  const pids = new Map([...hands.children].map(([name, { pid }]) => [name, pid]));
  const known = argv.every((arg) => typeof arg === 'string' || pids.has(arg.pidOf));
  return shellLine(known ? fill(argv, pids) : argv);
}

type Undoing = AsyncGenerator<Undone, void>;

async function* eachByItself(undos: readonly Undo[], hands: UndoHands): Undoing {
  for (const undo of undos) yield { line: lineOf(undo, hands), ...(await undoOne(undo, hands)) };
}

/** Rules in one process; when it fails, for one that is gone already, each by itself. */
async function* rulesTogether(undos: readonly Of<'delete-rule'>[], hands: UndoHands): Undoing {
  if (undos.length > 1 && (await run(deleteRules(undos), hands)).ok) {
    for (const undo of undos) yield { line: lineOf(undo, hands), result: 'done' };
  } else yield* eachByItself(undos, hands);
}

async function* valuesTogether(undos: readonly Of<'restore-sysctl'>[], hands: UndoHands): Undoing {
  const due = undos.filter((undo) => readSysctl(undo.key) === undo.ours);
  if (due.length > 1) await run(restoreValues(due), hands);
  for (const undo of undos) {
    const restored = due.length > 1 && due.includes(undo) && readSysctl(undo.key) === undo.value;
    if (restored) yield { line: lineOf(undo, hands), result: 'done' };
    else yield* eachByItself([undo], hands);
  }
}

async function* linksTogether(undos: readonly Of<'delete-link'>[], hands: UndoHands): Undoing {
  const look = await hands.runner.run(linksProbe.argv, { hold: hands.hold });
  const there = new Map((look.ok ? parseLinks(look.stdout) : []).map((link) => [link.name, link]));
  const due = undos.filter((undo) => {
    const link = there.get(undo.link);
    return link !== undefined && isOurs(undo, link, hands);
  });
  const names = new Set(due.map(({ link }) => link));
  const strangers = [...there.values()].some(
    ({ group, name }) => group === hands.group && !names.has(name),
  );
  const together = look.ok && due.length > 0 && !strangers;
  const done = together && (await run(deleteLinks(due, hands.group), hands)).ok;
  for (const undo of undos) {
    if (done && names.has(undo.link)) yield { line: lineOf(undo, hands), result: 'done' };
    else if (look.ok && !there.has(undo.link)) yield { line: lineOf(undo, hands), result: 'gone' };
    else yield* eachByItself([undo], hands);
  }
}

function isKind<Kind extends Undo['kind']>(kind: Kind) {
  return (undo: Undo): undo is Of<Kind> => undo.kind === kind;
}

/** The packet filter is cleaned while the containers end and their links go. */
function together(undos: readonly Undo[], hands: UndoHands): Undoing {
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
    yield* linksTogether(undos.filter(isKind('delete-link')), hands);
  }
  return sideBySide([filter(), machines()], 2);
}

/**
 * Takes back, each as far as it is ours and still there; goes on past failures.
 * @param undos in the order in which the changes were made.
 * @returns what is left.
 */
export async function* undoAll(
  undos: readonly Undo[],
  hands: UndoHands,
): AsyncGenerator<Event, readonly Undone[]> {
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
