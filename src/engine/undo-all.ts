import { type Argv, fill, shellLine } from '../command.ts';
import { parseLinks } from '../facts/links.ts';
import { readSysctl } from '../facts/sysctls.ts';
import { type Undo, undoArgv } from '../undo.ts';
import type { Event, Undone } from './events.ts';
import type { Launcher } from './launcher.ts';
import { catches, isAlive, sleep, waitUntilGone, within } from './processes.ts';
import type { Runner } from './runner.ts';

export interface UndoHands {
  readonly runner: Runner;
  readonly hold?: number | undefined;
  /** Containers whose first process is known. */
  readonly children: ReadonlyMap<string, { readonly pid: number; readonly start: string }>;
  /** Present when the containers are children of this ctr. */
  readonly launcher?: Launcher;
  /** The run that still needs what this key names. */
  readonly keeperOf: (key: string) => string | undefined;
  /** How long a container may take to end when it handles SIGTERM. */
  readonly stopMs: number;
}

const attempts = 3;
const settleMs = 20;

/** iptables(8) and ip(8) saying that there is nothing to take away. */
const nothingThere =
  /Cannot find device|does not exist|No such device|does a matching rule exist|No chain\/target\/match by that name|No such file or directory/;

type Step = Pick<Undone, 'result' | 'reason'>;

async function undoLink(
  undo: Extract<Undo, { kind: 'delete-link' }>,
  argv: readonly string[],
  hands: UndoHands,
): Promise<Step> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const look = await hands.runner.run(['ip', '-j', '-d', 'addr', 'show', 'dev', undo.link], {
      hold: hands.hold,
    });
    if (!look.ok && nothingThere.test(look.stderr)) {
      return { result: attempt === 0 ? 'gone' : 'done' };
    }
    const link = look.ok ? parseLinks(look.stdout)[0] : undefined;
    if (link !== undefined && link.group !== undo.group) return { result: 'not-ours' };
    if (link !== undefined) {
      const outcome = await hands.runner.run(argv, { hold: hands.hold });
      if (outcome.ok) return { result: 'done' };
      said = outcome.stderr.trim();
    } else said = look.stderr.trim();
    await sleep(settleMs * attempt);
  }
  return { result: 'failed', reason: said };
}

async function undoSysctl(
  undo: Extract<Undo, { kind: 'restore-sysctl' }>,
  argv: readonly string[],
  hands: UndoHands,
): Promise<Step> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const value = readSysctl(undo.key);
    if (value === undefined) return { result: 'gone' };
    if (value === undo.value) return { result: attempt === 0 ? 'gone' : 'done' };
    if (value !== undo.ours) return { result: 'not-ours', reason: value };
    const outcome = await hands.runner.run(argv, { hold: hands.hold });
    said = outcome.stderr.trim();
  }
  return readSysctl(undo.key) === undo.value
    ? { result: 'done' }
    : { result: 'failed', reason: said };
}

async function undoRule(argv: readonly string[], hands: UndoHands): Promise<Step> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const outcome = await hands.runner.run(argv, { hold: hands.hold, timeoutMs: 8000 });
    if (outcome.ok) return { result: 'done' };
    said = outcome.stderr.trim();
    if (nothingThere.test(said)) return { result: attempt === 0 ? 'gone' : 'done' };
    await sleep(settleMs * attempt);
  }
  return { result: 'failed', reason: said };
}

const sigterm = 15;

/** Ends a container: SIGTERM when its first process handles it, SIGKILL after that, and waits. */
async function endContainer(
  container: string,
  argv: readonly string[] | undefined,
  hands: UndoHands,
): Promise<Step> {
  const child = hands.children.get(container);
  const ended = hands.launcher?.ended(container);
  if (child === undefined || !isAlive(child.pid, child.start)) {
    hands.launcher?.abandon(container);
    if (ended !== undefined) await within(ended, 2000);
    return { result: 'gone' };
  }
  if (catches(child.pid, sigterm)) {
    await hands.runner.run(['kill', '-s', 'TERM', String(child.pid)]);
    await waitUntilGone(child.pid, child.start, hands.stopMs);
  }
  let said = '';
  for (let attempt = 0; attempt < attempts && isAlive(child.pid, child.start); attempt += 1) {
    const outcome = await hands.runner.run(argv ?? []);
    said = outcome.stderr.trim();
    await waitUntilGone(child.pid, child.start, outcome.ok ? 2000 : 50);
  }
  if (ended !== undefined) await within(ended, 2000);
  return isAlive(child.pid, child.start) ? { result: 'failed', reason: said } : { result: 'done' };
}

async function undoOne(
  undo: Undo,
  argv: readonly string[] | undefined,
  hands: UndoHands,
): Promise<Step> {
  switch (undo.kind) {
    case 'delete-link':
      return await undoLink(undo, argv ?? [], hands);
    case 'restore-sysctl':
      return await undoSysctl(undo, argv ?? [], hands);
    case 'delete-rule':
      return await undoRule(argv ?? [], hands);
    case 'end-container':
      return await endContainer(undo.container, argv, hands);
  }
}

function filled(argv: Argv, hands: UndoHands): readonly string[] | undefined {
  const pids = new Map([...hands.children].map(([name, { pid }]) => [name, pid]));
  return argv.every((arg) => typeof arg === 'string' || pids.has(arg.pidOf))
    ? fill(argv, pids)
    : undefined;
}

/**
 * Takes back, newest first, each as far as it is ours and still there; goes on past failures.
 * @param undos in the order in which the changes were made.
 * @returns what is left.
 */
export async function* undoAll(
  undos: readonly Undo[],
  hands: UndoHands,
): AsyncGenerator<Event, readonly Undone[]> {
  const left: Undone[] = [];
  for (const undo of undos.toReversed()) {
    const keeper = undo.shared === undefined ? undefined : hands.keeperOf(undo.shared);
    const argv = filled(undoArgv(undo), hands);
    const line = shellLine(argv ?? undoArgv(undo));
    const step: Step =
      keeper === undefined ? await undoOne(undo, argv, hands) : { result: 'kept', reason: keeper };
    const undone: Undone = { line, ...step };
    if (undone.result === 'failed') left.push(undone);
    yield { event: 'undo', ...undone };
  }
  return left;
}
