import { readFileSync } from 'node:fs';
import type { Launcher } from '../exec/launcher.ts';
import { sleep } from '../exec/processes.ts';
import type { Outcome, Runner } from '../exec/runner.ts';
import { sideBySide } from '../exec/side-by-side.ts';
import type { LinkFact } from '../facts/index.ts';
import { type Argv, fill, fillInput, shellLine } from '../model/command.ts';
import type { Event, Undone } from '../model/events.ts';
import { type Cgroup, isKind, type Resource, sharedAs } from '../model/resource.ts';
import type { Command, Step } from '../model/step.ts';
import { pathOf } from '../resources/cgroup.ts';
import { judge, looksForItself, readsBefore, removeArgv } from '../resources/index.ts';
import type { Asker, Process, Seen } from '../resources/kind.ts';
import { removeAll, removeOne } from '../teardown.ts';
import { endContainers } from './end-containers.ts';
import { firewallBusy } from './failure.ts';
import { lanesAtOnce, phases } from './lanes.ts';
import { readBefore } from './read-before.ts';
import { letVanish, vanished } from './sweep.ts';

export interface WalkBackHands {
  readonly runner: Runner;
  /** Descriptor of the lock under which the run is undone. */
  readonly hold?: number | undefined;
  /** The link group of the run. */
  readonly group: number;
  /** First processes by container, where known. */
  readonly children: ReadonlyMap<string, Process>;
  /** Present when this ctr is the parent of the containers. */
  readonly launcher?: Launcher | undefined;
  /** The run that still uses the shared resource with this name. */
  readonly stillUsedBy: (shared: string) => string | undefined;
  /** Milliseconds between SIGTERM and SIGKILL for a container that handles SIGTERM. */
  readonly stopMs: number;
  /**
   * Gets the commands whose interfaces are gone, but which have not ended: the kernel lets ip(8) return once it has
   * freed an interface, tens of milliseconds after the interface has left every list. Absent: ctr waits for each.
   */
  readonly unfinished?: Promise<unknown>[];
  /** Replaces `letVanish`, for a host that is not this one. */
  readonly letVanish?: typeof letVanish;
}

interface Hands extends WalkBackHands {
  readonly asker: Asker;
}

type Undoing = AsyncGenerator<Undone, void>;
type Result = Pick<Undone, 'result' | 'reason'>;
type Ended = Pick<Outcome, 'ok' | 'stderr'>;

/** Messages of iptables(8), ip(8) and others when the thing to remove does not exist. */
const nothingThere =
  /Cannot find device| 0 flow entries have been deleted|does not exist|No such device|does a matching rule exist|No chain\/target\/match by that name|No such file or directory/;

/** The timeout of a command doubles for every so many further resources: the kernel removes them one by one. */
const twiceFor = 100;

async function runFor({ argv, input, removes = [] }: Command, hands: Hands): Promise<Outcome> {
  const { runner, hold, children } = hands;
  const pids = new Map([...children].map(([name, { pid }]) => [name, pid]));
  return await runner.run(fill(argv, pids), {
    hold,
    timeoutMs: runner.timeoutMs * (1 + Math.max(0, removes.length - 1) / twiceFor),
    ...(input === undefined ? {} : { input: fillInput(input, pids) }),
  });
}

/** As `runFor`, but for interfaces it may return as soon as they are gone. */
async function remove(command: Command, hands: Hands): Promise<Ended> {
  const running = runFor(command, hands);
  const { removes = [] } = command;
  const links = removes.filter(isKind('link'));
  if (hands.unfinished === undefined || links.length === 0 || links.length < removes.length) {
    return await running;
  }
  let ended = false;
  const end = running.finally(() => {
    ended = true;
  });
  const gone = vanished(links, () => ended);
  if (!(await Promise.race([gone, end.then(() => false)]))) return await running;
  hands.unfinished.push(running);
  return { ok: true, stderr: '' };
}

/** Maps the outcome of a command to the result of an undo. */
function resultOf({ ok, stderr }: Ended): Result {
  if (ok) return { result: 'done' };
  const reason = stderr.trim();
  return nothingThere.test(reason) ? { result: 'gone' } : { result: 'failed', reason };
}

/** Why a resource is not removed. @returns undefined when ctr is to try. */
function leftOut(resource: Resource, seen: Seen, { asker }: Hands): Result | undefined {
  const judgement = looksForItself(resource) ? undefined : judge(resource, seen, asker);
  const reason = judgement?.found === undefined ? {} : { reason: judgement.found };
  switch (judgement?.state) {
    case 'absent':
    case 'restored':
      return { result: 'gone' };
    case 'in-use':
      return { result: 'in-use', ...reason };
    case 'changed':
      return { result: 'not-ours', ...reason };
    case 'foreign':
      return { result: 'not-ours' };
    case 'ours':
      return undefined;
    case undefined:
      // Nothing is removed of which it is not known whose it is.
      return looksForItself(resource) ? undefined : { result: 'failed', reason: 'cannot be read' };
  }
}

function lineOf(resource: Resource, { children }: Hands): string {
  const argv: Argv = removeArgv(resource);
  const pids = new Map([...children].map(([name, { pid }]) => [name, pid]));
  const known = argv.every((arg) => typeof arg === 'string' || pids.has(arg.pidOf));
  return shellLine(known ? fill(argv, pids) : argv);
}

/** Milliseconds for an ended process to leave its cgroup: as a zombie or while it frees memory it is still in it. */
const emptyingMs = 2000;

async function emptied(cgroup: Cgroup): Promise<void> {
  const deadline = performance.now() + emptyingMs;
  const members = () => {
    try {
      return readFileSync(`${pathOf(cgroup)}/cgroup.procs`, 'utf8');
    } catch {
      return '';
    }
  };
  while (members() !== '' && performance.now() < deadline) await sleep(5);
}

async function undoOne(resource: Resource, hands: Hands): Promise<Result> {
  const seen = await readBefore(readsBefore([resource]), hands);
  if (typeof seen === 'string') return { result: 'failed', reason: seen };
  const spared = leftOut(resource, seen, hands);
  if (spared !== undefined) return spared;
  const deadline = performance.now() + emptyingMs;
  for (;;) {
    const outcome = await remove(removeOne(resource), hands);
    const busy = resource.kind === 'cgroup' && /Device or resource busy/.test(outcome.stderr);
    if (outcome.ok || !busy || performance.now() > deadline) return resultOf(outcome);
    await sleep(20);
  }
}

async function* eachByItself(resources: readonly Resource[], hands: Hands): Undoing {
  for (const resource of resources) {
    yield { line: lineOf(resource, hands), ...(await undoOne(resource, hands)) };
  }
}

/** Milliseconds for the kernel to remove a veth pair after the network namespace of one end is gone. */
const followMs = 30;

/**
 * Waits for what the kernel removes by itself.
 * @returns whether nothing is left to remove.
 */
async function haveGone(resources: readonly Resource[], hands: Hands): Promise<boolean> {
  await Promise.all(resources.filter(isKind('cgroup')).map(emptied));
  const links = resources.filter(isKind('link'));
  if (links.length < resources.length) return false;
  const bridges = links.some(({ shared }) => shared !== undefined);
  const names = links.map(({ name }) => name);
  return (await (hands.letVanish ?? letVanish)(names, bridges ? 0 : followMs)).length === 0;
}

/** Whether `ip link del group` would delete only these interfaces. */
function haveOwnGroup(going: readonly Resource[], seen: Seen, group: number): boolean {
  const names = new Set(going.filter(isKind('link')).map(({ name }) => name));
  return (seen.links ?? []).every((link) => link.group !== group || names.has(link.name));
}

/** Removes several resources with one command, except those that are gone or not ctr's. */
async function* together(command: Command, resources: readonly Resource[], hands: Hands): Undoing {
  const line = (resource: Resource) => lineOf(resource, hands);
  if (await haveGone(resources, hands)) {
    for (const resource of resources) yield { line: line(resource), result: 'gone' };
    return;
  }
  const seen = await readBefore(readsBefore(resources), hands);
  if (typeof seen === 'string') return yield* eachByItself(resources, hands);
  const judged = resources.map((resource) => ({
    resource,
    spared: leftOut(resource, seen, hands),
  }));
  const going = judged.flatMap(({ resource, spared }) => (spared === undefined ? resource : []));
  const alone =
    going.length < 2 || (seen.links !== undefined && !haveOwnGroup(going, seen, hands.group));
  const whole = going.length === command.removes?.length;
  const outcome = alone
    ? undefined
    : await remove(whole ? command : removeAll(going, hands.group), hands);
  // With the xtables lock held by another process, each rule's own command would wait just as long again.
  const settled = outcome?.ok === true || firewallBusy.test(outcome?.stderr ?? '');
  for (const { resource, spared } of judged) {
    const asSet = spared === undefined && settled && isAsSaid(resource, outcome);
    if (spared !== undefined) yield { line: line(resource), ...spared };
    else if (asSet && outcome !== undefined) yield { line: line(resource), ...resultOf(outcome) };
    else yield* eachByItself([resource], hands);
  }
}

/** sysctl(8) exits 0 even if it could not write a value, so ctr reads the value back. */
function isAsSaid(resource: Resource, outcome: Ended | undefined): boolean {
  if (outcome?.ok !== true || resource.kind !== 'sysctl') return true;
  return judge(resource, {}, { group: 0, goes: () => false })?.state !== 'ours';
}

/** Runs one command of the way back, and yields the result for each of its resources. */
async function* undo(command: Command, hands: Hands): Undoing {
  const due: Resource[] = [];
  for (const resource of command.removes ?? []) {
    const shared = sharedAs(resource);
    const user = shared === undefined ? undefined : hands.stillUsedBy(shared);
    if (user === undefined) due.push(resource);
    else yield { line: lineOf(resource, hands), result: 'kept', reason: user };
  }
  const containers = due.filter(isKind('process'));
  if (containers.length > 0) {
    const run = async (argv: readonly string[]) => await runFor({ argv, makes: [] }, hands);
    const results = await endContainers(containers, { ...hands, run });
    for (const one of containers) {
      yield { line: lineOf(one, hands), ...(results.get(one) ?? { result: 'gone' }) };
    }
    return;
  }
  const several = (command.removes?.length ?? 0) > 1;
  yield* several ? together(command, due, hands) : eachByItself(due, hands);
}

async function* walk(steps: readonly (readonly [number, Step])[], hands: Hands): Undoing {
  for (const [, step] of steps) {
    for (const command of step.commands) {
      // While ctr deletes bridges, the launcher holds the containers' network namespaces open: the kernel takes down
      // bridges and namespaces one after the other, and a namespace that goes first delays the bridge.
      const links = command.removes?.some(isKind('link')) === true;
      const bridges = command.removes?.some((one) => sharedAs(one) !== undefined) === true;
      if (links && !bridges) hands.launcher?.releaseNetworks();
      yield* undo(command, hands);
      if (links) hands.launcher?.releaseNetworks();
    }
  }
}

/**
 * Walks the way back: removes each resource that exists, is ctr's and is used by nobody else; continues after failures.
 * `sweep` verifies afterwards that the kernel no longer has them.
 * @param steps the steps from `teardown`.
 * @returns what is left.
 */
export async function* walkBack(
  steps: readonly Step[],
  given: WalkBackHands,
): AsyncGenerator<Event, readonly Undone[]> {
  const removed = steps.flatMap(({ commands }) => commands.flatMap(({ removes = [] }) => removes));
  const names = new Set(removed.filter(isKind('link')).map(({ name }) => name));
  const goes = ({ name, group }: LinkFact) => group === given.group || names.has(name);
  const hands: Hands = { ...given, asker: { group: given.group, goes } };
  const left: Undone[] = [];
  try {
    for (const lanes of phases(steps, false)) {
      const walks = [...lanes.values()].map((own) => walk(own, hands));
      for await (const undone of sideBySide(walks, lanesAtOnce)) {
        if (undone.result === 'failed') left.push(undone);
        yield { event: 'undo', ...undone };
      }
    }
  } finally {
    hands.launcher?.releaseNetworks();
  }
  return left;
}
