import { joined } from './batch.ts';
import { cmd } from './command.ts';
import type { Command } from './step.ts';
import { type Undo, undoArgv } from './undo.ts';

type Of<Kind extends Undo['kind']> = Extract<Undo, { kind: Kind }>;

/** Undos of one kind, the newest first, as one command. */
function together(undos: readonly Undo[]): Command {
  const commands = undos.map((undo) => ({ argv: undoArgv(undo) }));
  const [only] = commands;
  return commands.length === 1 && only !== undefined ? only : joined(commands);
}

export function deleteRules(undos: readonly Of<'delete-rule'>[]): Command {
  return together(undos);
}

export function restoreValues(undos: readonly Of<'restore-sysctl'>[]): Command {
  return together(undos);
}

/**
 * Deleting a link waits until every processor has let go of it (RCU, twice for a bridge); deleting
 * a group waits once for all of them. So what is shared joins the run's group first.
 * @param group the mark of the run; no link of anybody else may bear it.
 */
export function deleteLinks(undos: readonly Of<'delete-link'>[], group: number): Command {
  const [only] = undos;
  if (undos.length === 1 && only !== undefined) return { argv: undoArgv(only) };
  const shared = undos.filter((undo) => undo.group !== group);
  return joined([
    ...shared.map(({ link }) => ({ argv: cmd`ip link set dev ${link} group ${group}` })),
    { argv: cmd`ip link del group ${group}` },
  ]);
}

export function killContainers(pids: readonly number[], signal: 'TERM' | 'KILL'): Command {
  return { argv: cmd`kill -s ${signal} ${pids.map(String)}` };
}
