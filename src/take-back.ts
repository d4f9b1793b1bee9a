import { joined } from './batch.ts';
import { cmd } from './command.ts';
import type { Command } from './step.ts';
import { isKind, type Undo, type UndoOf, undoArgv } from './undo.ts';

/** Undos of one kind, the newest first, as one command. */
function together(undos: readonly Undo[]): Command {
  const commands = undos.map((undo) => ({ argv: undoArgv(undo) }));
  const [only] = commands;
  return commands.length === 1 && only !== undefined ? only : joined(commands);
}

export function deleteRules(undos: readonly UndoOf<'delete-rule'>[]): Command {
  return together(undos);
}

export function restoreValues(undos: readonly UndoOf<'restore-sysctl'>[]): Command {
  return together(undos);
}

export function removeCgroups(undos: readonly UndoOf<'remove-cgroup'>[]): Command {
  return together(undos);
}

/**
 * Deleting a link waits until every processor has let go of it (RCU, twice for a bridge); deleting
 * a group waits once for all of them. So what is shared joins the run's group first.
 * @param group the mark of the run; no link of anybody else may bear it.
 */
export function deleteLinks(undos: readonly UndoOf<'delete-link'>[], group: number): Command {
  const [only] = undos;
  if (undos.length === 1 && only !== undefined) return { argv: undoArgv(only) };
  const shared = undos.filter((undo) => undo.group !== group);
  return joined([
    ...shared.map(({ link }) => ({ argv: cmd`ip link set dev ${link} group ${group}` })),
    { argv: cmd`ip link del group ${group}` },
  ]);
}

/** The commands that take everything back, when nobody else needs any of it. @param undos oldest first. */
export function takeBack(undos: readonly Undo[], group: number): readonly Command[] {
  const newestFirst = undos.toReversed();
  const values = newestFirst.filter(isKind('restore-sysctl'));
  const rules = newestFirst.filter(isKind('delete-rule'));
  const cgroups = newestFirst.filter(isKind('remove-cgroup'));
  const links = newestFirst.filter(isKind('delete-link'));
  const bridges = newestFirst.filter(isKind('restore-bridge'));
  return [
    ...(values.length > 0 ? [restoreValues(values)] : []),
    ...(rules.length > 0 ? [deleteRules(rules)] : []),
    ...(cgroups.length > 0 ? [removeCgroups(cgroups)] : []),
    ...(links.length > 0 ? [deleteLinks(links, group)] : []),
    ...bridges.map((undo) => ({ argv: undoArgv(undo) })),
  ];
}

export function killContainers(pids: readonly number[], signal: 'TERM' | 'KILL'): Command {
  return { argv: cmd`kill -s ${signal} ${pids.map(String)}` };
}
