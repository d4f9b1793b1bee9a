import { membersOf } from '../facts/cgroup.ts';
import { readSysctl } from '../facts/sysctls.ts';
import { deleteLinks, deleteRules, removeCgroups, restoreValues } from '../take-back.ts';
import { isKind, type Undo, type UndoOf } from '../undo.ts';
import type { Event, Undone } from './events.ts';
import { firewallBusy } from './failure.ts';
import { sideBySide } from './side-by-side.ts';
import { letVanish } from './sweep.ts';
import { spared } from './switches.ts';
import {
  emptied,
  endContainers,
  type Hands,
  isOurs,
  lineOf,
  readLinks,
  resultOf,
  runFor,
  strangersOn,
  type UndoHands,
  undoOne,
} from './undo-one.ts';

type Undoing = AsyncGenerator<Undone, void>;

async function* eachByItself(undos: readonly Undo[], hands: Hands): Undoing {
  for (const undo of undos) yield { line: lineOf(undo, hands), ...(await undoOne(undo, hands)) };
}

/** Rules in one process; when it fails, for one that is gone already, each by itself. */
async function* rulesTogether(undos: readonly UndoOf<'delete-rule'>[], hands: Hands): Undoing {
  if (undos.length < 2) return yield* eachByItself(undos, hands);
  const outcome = await runFor(deleteRules(undos), hands);
  // Each by itself would wait as long for the lock again.
  if (!outcome.ok && !firewallBusy.test(outcome.stderr)) return yield* eachByItself(undos, hands);
  for (const undo of undos) yield { line: lineOf(undo, hands), ...resultOf(outcome) };
}

async function* cgroupsTogether(undos: readonly UndoOf<'remove-cgroup'>[], hands: Hands): Undoing {
  await Promise.all(undos.map(emptied));
  const free = undos.every((undo) => membersOf(`${undo.mount}/${undo.cgroup}`) === '');
  if (free && undos.length > 1 && (await runFor(removeCgroups(undos), hands, undos.length)).ok) {
    for (const undo of undos) yield { line: lineOf(undo, hands), result: 'done' };
  } else yield* eachByItself(undos, hands);
}

async function* valuesTogether(undos: readonly UndoOf<'restore-sysctl'>[], hands: Hands): Undoing {
  const due = undos.filter((undo) => spared(undo) === undefined);
  if (due.length > 1) await runFor(restoreValues(due), hands);
  for (const undo of undos) {
    const restored = due.length > 1 && due.includes(undo) && readSysctl(undo.key) === undo.value;
    if (restored) yield { line: lineOf(undo, hands), result: 'done' };
    else yield* eachByItself([undo], hands);
  }
}

/** How long a cable may take to go with the network namespace that its other end was in. */
const followMs = 30;

/** Two lanes of the way back, and what they tell each other. */
interface Lanes {
  /** The links are being looked at. */
  readonly begun: () => void;
  /** From here on they wait for the kernel. */
  readonly leaving: () => void;
  /** Resolves when everything but the links is undone. */
  readonly others: Promise<void>;
}

async function* linksTogether(
  undos: readonly UndoOf<'delete-link'>[],
  hands: Hands,
  { begun, leaving, others }: Lanes,
): Undoing {
  const names = undos.map(({ link }) => link);
  const bridges = undos.some(({ shared }) => shared !== undefined);
  if (!bridges) {
    hands.launcher?.letGo();
    begun();
    leaving();
  }
  // To delete what is on its way out would cost a wait of its own.
  const left = await letVanish(names, bridges ? 0 : followMs);
  if (left.length === 0) {
    for (const undo of undos) yield { line: lineOf(undo, hands), result: 'gone' };
    return;
  }
  const reading = readLinks(hands);
  begun();
  const there = await reading;
  if (typeof there === 'string') {
    leaving();
    return yield* eachByItself(undos, hands);
  }
  const due = undos.filter((undo) => {
    const link = there.get(undo.link);
    if (link === undefined || !isOurs(undo, link, hands)) return false;
    return strangersOn(undo, there, hands).length === 0;
  });
  const going = new Set(due.map(({ link }) => link));
  const strangers = [...there.values()].some(
    ({ group, name }) => group === hands.group && !going.has(name),
  );
  const together = due.length > 0 && !strangers;
  const removal = together ? runFor(deleteLinks(due, hands.group), hands, due.length) : undefined;
  leaving();
  // They are off the list at once; to take them apart takes the kernel ten times as long.
  let over = removal === undefined || going.size < undos.length;
  if (!over) void lookWhenGone([...going], others, () => over, hands);
  const done = (await removal)?.ok === true;
  over = true;
  for (const undo of undos) {
    if (done && going.has(undo.link)) yield { line: lineOf(undo, hands), result: 'done' };
    else if (!there.has(undo.link)) yield { line: lineOf(undo, hands), result: 'gone' };
    else yield* eachByItself([undo], hands);
  }
}

async function lookWhenGone(
  names: readonly string[],
  others: Promise<void>,
  isOver: () => boolean,
  { lookAhead }: Hands,
): Promise<void> {
  const left = await letVanish(names);
  await others;
  if (left.length === 0 && !isOver()) lookAhead?.();
}

function signal(): { readonly give: () => void; readonly given: Promise<void> } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { give, given };
}

/** The packet filter is cleaned while the containers end and their links go. */
export function together(undos: readonly Undo[], hands: Hands): Undoing {
  const begun = signal();
  const leaving = signal();
  const filtered = signal();
  async function* filter(): Undoing {
    // The links first: a bridge takes longest. A value is set before they are taken apart, which would hold it
    // up; and rules that are taken away first would hold up the links.
    await begun.given;
    yield* valuesTogether(undos.filter(isKind('restore-sysctl')), hands);
    await leaving.given;
    yield* rulesTogether(undos.filter(isKind('delete-rule')), hands);
    filtered.give();
  }
  async function* machines(): Undoing {
    const lanes = { begun: begun.give, leaving: leaving.give, others: filtered.given };
    try {
      const containers = undos.filter(isKind('end-container'));
      const steps = await endContainers(containers, hands);
      for (const undo of containers) {
        yield { line: lineOf(undo, hands), ...(steps.get(undo) ?? { result: 'gone' }) };
      }
      yield* cgroupsTogether(undos.filter(isKind('remove-cgroup')), hands);
      yield* linksTogether(undos.filter(isKind('delete-link')), hands, lanes);
      // A bridge that was there before is what it is once our ports have left it.
      yield* eachByItself(undos.filter(isKind('restore-bridge')), hands);
    } finally {
      begun.give();
      leaving.give();
      hands.launcher?.letGo();
    }
  }
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
  const bridges = undos.some(isKind('restore-bridge'));
  const lookAhead = bridges ? undefined : given.lookAhead;
  const hands: Hands = { ...given, lookAhead, links: new Set(links) };
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
