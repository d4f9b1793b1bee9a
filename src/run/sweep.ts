import { readFileSync } from 'node:fs';
import { sleep } from '../exec/processes.ts';
import type { Outcome, Runner } from '../exec/runner.ts';
import type { LinkFact } from '../facts/index.ts';
import { shellLine } from '../model/command.ts';
import type { Event, Undone } from '../model/events.ts';
import { groupOf } from '../model/names.ts';
import { isKind, type Resource, sharedAs } from '../model/resource.ts';
import { isRemovable, leftovers, strays } from '../resources/index.ts';
import type { Leftover, Process } from '../resources/kind.ts';
import { remainingLinks } from '../resources/link.ts';
import type { MarkedStart } from '../state/marked-processes.ts';
import type { Run } from '../state/runs.ts';
import { firewallBusy } from './failure.ts';
import { type Besides, type Marks, readMarks } from './marks.ts';

/**
 * What carries ctr's mark and is in no record. Shared resources stay while a run with an unreadable record, or a
 * container without a record, is alive: nobody knows which of them it needs.
 */
function straysOf(
  marks: Marks,
  runs: readonly Run[],
  starts: readonly MarkedStart[],
): readonly Leftover[] {
  const recorded = runs.flatMap((run) => run.state?.resources ?? []);
  const unreadable = new Set([
    ...runs
      .filter(({ alive, damage }) => damage === 'newer' || (damage !== undefined && alive))
      .map(({ name }) => name),
    ...starts
      .filter((start) => !runs.some((run) => run.name === start.run))
      .map((start) => start.run),
  ]);
  return strays(marks, recorded, unreadable);
}

export function orphans(
  ...host: readonly [Marks, readonly Run[], readonly MarkedStart[]]
): readonly Leftover[] {
  return straysOf(...host).filter(({ users }) => users === undefined);
}

/** Orphans that stay because something else uses them. */
export function orphansInUse(
  ...host: readonly [Marks, readonly Run[], readonly MarkedStart[]]
): readonly Undone[] {
  return straysOf(...host).flatMap(({ argv, users }): Undone[] =>
    users === undefined ? [] : [{ line: shellLine(argv), result: 'in-use', reason: users }],
  );
}

/** The resources of one run to remove, and who still uses shared ones. */
export interface Due {
  readonly run: string;
  readonly resources: readonly Resource[];
  readonly stillUsedBy: (shared: string) => string | undefined;
  readonly children: ReadonlyMap<string, Process>;
  /** Names of the interfaces of other runs. */
  readonly known: ReadonlySet<string>;
}

/** The resources of a run that the kernel still has and should not have, including renamed interfaces. */
export function outstanding(marks: Marks, due: Due): readonly Leftover[] {
  const resources = due.resources.filter((one) => {
    const shared = sharedAs(one);
    return isRemovable(one) && (shared === undefined || due.stillUsedBy(shared) === undefined);
  });
  const made = resources.filter(isKind('link'));
  const names = new Set(made.map(({ name }) => name));
  const group = groupOf(due.run);
  const goes = ({ name, group: mark }: LinkFact) => mark === group || names.has(name);
  const seen = { ...marks, processes: due.children };
  const pids = new Map([...due.children].map(([name, { pid }]) => [name, pid]));
  return [
    ...resources
      .toReversed()
      .filter(({ kind }) => kind !== 'link')
      .flatMap((one) => leftovers(one, seen, { group, goes }, pids)),
    // Links are matched by group as well, since they may have been renamed.
    ...remainingLinks(made, marks.links, group, due.known),
  ];
}

const vanishMs = 500;

/** @returns those of these interfaces that the kernel still lists. */
function listed(names: readonly string[]): readonly string[] {
  const text = readFileSync('/proc/self/net/dev', 'utf8');
  const all = new Set([...text.matchAll(/^ *(\S+?):/gm)].map((match) => match[1]));
  return names.filter((name) => all.has(name));
}

/**
 * Waits until the kernel lists none of these interfaces any more, or there is no need to wait.
 * @returns whether none is listed.
 */
export async function vanished(
  links: readonly { readonly name: string }[],
  enough: () => boolean,
): Promise<boolean> {
  const names = links.map(({ name }) => name);
  for (;;) {
    if (listed(names).length === 0) return true;
    if (enough()) return false;
    await sleep(1);
  }
}

/** @returns those of these links that remain after the time that the kernel's asynchronous link teardown may take. */
export async function letVanish(
  names: readonly string[],
  timeoutMs = vanishMs,
): Promise<readonly string[]> {
  const deadline = performance.now() + timeoutMs;
  await vanished(
    names.map((name) => ({ name })),
    () => performance.now() > deadline,
  );
  return listed(names);
}

function linkIn(line: string): string | undefined {
  return /^ip link del dev (\S+)$/.exec(line)?.[1];
}

/**
 * Filters failed undos down to those whose link still exists, or that cannot be checked. For when ctr cannot read the
 * host.
 */
export async function stillThere(failed: readonly Undone[]): Promise<readonly Undone[]> {
  const there = await letVanish(failed.flatMap(({ line }) => linkIn(line) ?? []));
  return failed.flatMap((one): Undone[] => {
    const name = linkIn(one.line);
    return name === undefined || there.includes(name) ? [{ ...one, unread: true }] : [];
  });
}

/** Result for when the host cannot be read at all. */
export const unread: Undone = {
  line: 'ctr gc',
  result: 'failed',
  unread: true,
};

const passes = 2;

/**
 * Reads the host, removes what `find` returns, and reads the host again. Reports as undone only what the second reading
 * no longer shows.
 * @returns what is left; undefined when the host cannot be read.
 */
export async function sweep(
  runner: Runner,
  find: (marks: Marks) => readonly Leftover[],
  view: (event: Event) => void,
  hold?: number,
  besides?: Besides,
): Promise<readonly Undone[] | undefined> {
  const first = await readMarks(runner, hold, besides);
  if (first === undefined) return undefined;
  const all = find(first).map(({ argv }) => argv);
  const said = new Map<string, Outcome>();
  let busy: Outcome | undefined;
  let left = all;
  for (let pass = 0; pass < passes && left.length > 0; pass += 1) {
    for (const argv of left) {
      // Skip a command that timed out, and do not wait twice for the xtables lock.
      const held = busy !== undefined && argv[0]?.startsWith('iptables') === true;
      if (held || said.get(shellLine(argv))?.timedOut) continue;
      const outcome = await runner.run(argv, { hold });
      said.set(shellLine(argv), outcome);
      if (!outcome.ok && firewallBusy.test(outcome.stderr)) busy = outcome;
    }
    await letVanish(left.flatMap((argv) => linkIn(shellLine(argv)) ?? []));
    const now = await readMarks(runner, hold, besides);
    if (now === undefined) break;
    left = find(now).map(({ argv }) => argv);
  }
  const still = new Set(left.map(shellLine));
  return all.flatMap((argv): Undone[] => {
    const line = shellLine(argv);
    const reason = (said.get(line) ?? busy)?.stderr.trim() ?? '';
    const undone: Undone = still.has(line)
      ? { line, result: 'failed', reason }
      : { line, result: 'done' };
    view({ event: 'undo', ...undone });
    return undone.result === 'failed' ? [undone] : [];
  });
}
