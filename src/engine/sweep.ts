import { existsSync, readFileSync } from 'node:fs';
import { fill, shellLine } from '../command.ts';
import { type MarkedCgroup, membersOf } from '../facts/cgroup.ts';
import { type MarkedRule, rulesLike } from '../facts/firewall.ts';
import type { LinkFact } from '../facts/index.ts';
import { groupOf, isOurGroup, sharedGroup } from '../names.ts';
import { isKind, type Undo, type UndoOf, undoArgv } from '../undo.ts';
import type { Event, Undone } from './events.ts';
import { firewallBusy } from './failure.ts';
import { bridgeSpared } from './keep-bridge.ts';
import { type MarkedStart, type Marks, readMarks } from './marks.ts';
import { isAlive, sleep } from './processes.ts';
import type { Outcome, Runner } from './runner.ts';
import type { Run } from './runs.ts';
import { spared } from './switches.ts';
import { usersOf } from './users.ts';

/** Something of ours that should not be there any more, and the command that removes it. */
export interface Leftover {
  readonly what: string;
  readonly argv: readonly string[];
}

function deleteLink({ name }: LinkFact): Leftover {
  return { what: `link ${name}`, argv: ['ip', 'link', 'del', 'dev', name] };
}

function removeCgroup({ path }: MarkedCgroup): Leftover {
  return { what: `cgroup ${path}`, argv: ['rmdir', path] };
}

function deleteRule({ line, argv }: MarkedRule): Leftover {
  return { what: `rule ${line}`, argv };
}

/** Both ends of a cable are on the host: one of them is enough. */
function onceForAPair(links: readonly LinkFact[]): readonly LinkFact[] {
  const names = new Set(links.map(({ name }) => name));
  return links.filter(({ name }) => !(name.endsWith('c') && names.has(name.slice(0, -1))));
}

/**
 * What bears our mark and is in no plan. Of a run that cannot be read, and of a container without
 * a record, nobody can say which shared things it needs: they stay as long as it lives.
 */
function strays(marks: Marks, runs: readonly Run[], starts: readonly MarkedStart[]): Strays {
  const undos = runs.flatMap((run) => run.state?.undos ?? []);
  const known = new Set(undos.flatMap((undo) => (undo.kind === 'delete-link' ? undo.link : [])));
  const bridges = new Set(
    undos.flatMap((undo) => (undo.kind === 'delete-rule' ? undo.rule.bridge : [])),
  );
  const unread = [
    ...runs.filter(({ alive, damage }) => damage === 'newer' || (damage !== undefined && alive)),
    ...starts
      .filter((start) => !runs.some((run) => run.name === start.run))
      .map((start) => ({ name: start.run })),
  ];
  const spared = new Set([
    ...unread.map(({ name }) => groupOf(name)),
    ...(unread.length > 0 ? [sharedGroup] : []),
  ]);
  const links = marks.links.filter(
    ({ name, group }) => isOurGroup(group) && !known.has(name) && !spared.has(group),
  );
  const gone = new Set(links.map(({ name }) => name));
  const paths = new Set(
    undos.flatMap((undo) => (undo.kind === 'remove-cgroup' ? `${undo.mount}/${undo.cgroup}` : [])),
  );
  return {
    cgroups: marks.cgroups.filter(
      ({ path, run }) => !paths.has(path) && !unread.some(({ name }) => name === run),
    ),
    rules: unread.length > 0 ? [] : marks.rules.filter(({ bridge }) => !bridges.has(bridge)),
    links: onceForAPair(links).map((link) => ({
      link,
      users: usersOf(marks.links, link.name, ({ name }) => gone.has(name)),
    })),
  };
}

/** A link of ours in no plan, and what somebody else has built on it. */
interface Stray {
  readonly link: LinkFact;
  readonly users: readonly string[];
}

interface Strays {
  readonly rules: readonly MarkedRule[];
  readonly links: readonly Stray[];
  readonly cgroups: readonly MarkedCgroup[];
}

export function orphans(
  ...host: readonly [Marks, readonly Run[], readonly MarkedStart[]]
): readonly Leftover[] {
  const { rules, links, cgroups } = strays(...host);
  return [
    ...rules.map(deleteRule),
    ...cgroups.flatMap((cgroup) => (membersOf(cgroup.path) === '' ? removeCgroup(cgroup) : [])),
    ...links.flatMap(({ link, users }) => (users.length > 0 ? [] : deleteLink(link))),
  ];
}

/** Those that stay, since somebody else uses them. */
export function orphansInUse(
  ...host: readonly [Marks, readonly Run[], readonly MarkedStart[]]
): readonly Undone[] {
  const { links, cgroups } = strays(...host);
  const used = ({ argv }: Leftover, reason: string): Undone[] =>
    reason === '' ? [] : [{ line: shellLine(argv), result: 'in-use', reason }];
  return [
    ...links.flatMap(({ link, users }) => used(deleteLink(link), users.join(', '))),
    ...cgroups.flatMap((cgroup) => used(removeCgroup(cgroup), membersOf(cgroup.path))),
  ];
}

/** What is to be taken back, and who needs it still. */
export interface Due {
  readonly run: string;
  readonly undos: readonly Undo[];
  readonly keeperOf: (key: string) => string | undefined;
  readonly children: ReadonlyMap<string, { readonly pid: number; readonly start: string }>;
  /** Links in the plans of other runs. */
  readonly known: ReadonlySet<string>;
}

/** A bridge that was made under another name: its MAC is that of nothing else of ours. */
function isRenamed({ group, mac }: LinkFact, made: readonly UndoOf<'delete-link'>[]): boolean {
  return group === sharedGroup && made.some((undo) => undo.mac === mac);
}

/** What of a run's changes the kernel still has, though it should not; renamed links, too. */
export function outstanding(marks: Marks, due: Due): readonly Leftover[] {
  const group = groupOf(due.run);
  const undos = due.undos.filter(
    ({ shared }) => shared === undefined || due.keeperOf(shared) === undefined,
  );
  const made = undos.filter(isKind('delete-link'));
  const own = (link: LinkFact) =>
    made.some((undo) => undo.link === link.name) ||
    (!due.known.has(link.name) && (link.group === group || isRenamed(link, made)));
  const addressOf = (link: LinkFact) => made.find(({ mac }) => mac === link.mac)?.address;
  const links = onceForAPair(marks.links.filter((link) => isOurGroup(link.group) && own(link)));
  const plain = (undo: Undo): Leftover[] => {
    const argv = undoArgv(undo);
    switch (undo.kind) {
      case 'delete-link':
        return [];
      case 'restore-bridge':
        return bridgeSpared(undo, marks.links, own) === undefined
          ? [{ what: `bridge ${undo.link}`, argv: fill(argv, new Map()) }]
          : [];
      case 'restore-sysctl': {
        return spared(undo) === undefined
          ? [{ what: `${undo.key} = ${undo.ours}`, argv: fill(argv, new Map()) }]
          : [];
      }
      case 'delete-rule':
        return rulesLike(marks.rules, argv.map(String)).map(deleteRule);
      case 'remove-cgroup':
        return existsSync(`${undo.mount}/${undo.cgroup}`) &&
          membersOf(`${undo.mount}/${undo.cgroup}`) === ''
          ? [{ what: `cgroup ${undo.cgroup}`, argv: fill(argv, new Map()) }]
          : [];
      case 'end-container': {
        const child = due.children.get(undo.container);
        if (child === undefined || !isAlive(child.pid, child.start)) return [];
        return [
          {
            what: `process ${child.pid}`,
            argv: fill(argv, new Map([[undo.container, child.pid]])),
          },
        ];
      }
    }
  };
  return [
    ...undos.toReversed().flatMap(plain),
    ...links
      .filter((link) => usersOf(marks.links, link.name, own, addressOf(link)).length === 0)
      .map(deleteLink),
  ];
}

const vanishMs = 500;

/** @returns which of these links there still are, once those that go by themselves had time to. */
export async function letVanish(
  names: readonly string[],
  timeoutMs = vanishMs,
): Promise<readonly string[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const text = readFileSync('/proc/self/net/dev', 'utf8');
    const all = new Set([...text.matchAll(/^ *(\S+?):/gm)].map((match) => match[1]));
    const there = names.filter((name) => all.has(name));
    if (there.length === 0 || performance.now() > deadline) return there;
    await sleep(1);
  }
}

function linkIn(line: string): string | undefined {
  return /^ip link del dev (\S+)$/.exec(line)?.[1];
}

/** Of undos that have failed, those that nothing else has made good; for when no tool can tell. */
export async function stillThere(failed: readonly Undone[]): Promise<readonly Undone[]> {
  const there = await letVanish(failed.flatMap(({ line }) => linkIn(line) ?? []));
  return failed.flatMap((one): Undone[] => {
    const name = linkIn(one.line);
    return name === undefined || there.includes(name) ? [{ ...one, unread: true }] : [];
  });
}

/** For when nobody can say what there is. */
export const unread: Undone = {
  line: 'ctr gc',
  result: 'failed',
  unread: true,
};

const passes = 2;

/**
 * Reads the host, removes what is found, and reads it again: only what is not there any more is
 * said to be undone.
 * @param seen what was read a moment ago, when all was said to be undone.
 * @returns what is left; undefined when the host cannot be read.
 */
export async function sweep(
  runner: Runner,
  find: (marks: Marks) => readonly Leftover[],
  view: (event: Event) => void,
  hold?: number,
  seen?: Promise<Marks | undefined>,
): Promise<readonly Undone[] | undefined> {
  const first = (await seen) ?? (await readMarks(runner, hold));
  if (first === undefined) return undefined;
  const all = find(first).map(({ argv }) => argv);
  const said = new Map<string, Outcome>();
  let busy: Outcome | undefined;
  let left = all;
  for (let pass = 0; pass < passes && left.length > 0; pass += 1) {
    for (const argv of left) {
      // What hangs once hangs again, and who holds the firewall's lock is not waited for twice.
      const held = busy !== undefined && argv[0]?.startsWith('iptables') === true;
      if (held || said.get(shellLine(argv))?.timedOut) continue;
      const outcome = await runner.run(argv, { hold });
      said.set(shellLine(argv), outcome);
      if (!outcome.ok && firewallBusy.test(outcome.stderr)) busy = outcome;
    }
    await letVanish(left.flatMap((argv) => linkIn(shellLine(argv)) ?? []));
    const now = await readMarks(runner, hold);
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
