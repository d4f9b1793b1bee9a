import { readFileSync, readlinkSync } from 'node:fs';
import { allProcesses, commandOf, parentOf, startTimeOf } from '../exec/processes.ts';
import type { Voice } from '../run/context.ts';

/** The word by which the first process of a sandbox host tells what it is. */
export const sandboxMark = 'ctr-sandbox';

/** A sandbox host that `ctr up` made for one run. */
export interface SandboxHost {
  /** The run it was made for. */
  readonly name: string;
  /** Its first process, as this machine numbers it. */
  readonly pid: number;
  readonly start: string;
  /** It has a user namespace of its own: an ordinary user made it. */
  readonly ownUsers: boolean;
}

/** Which sandbox hosts belong together: those of the default state directory, or of the chosen one. */
export function stateKey({ stateDir, stateChosen }: Voice): string {
  return stateChosen ? stateDir : '-';
}

/** Every user id of a process, and its number in each PID namespace from ours on (proc_pid_status(5)). */
function identityOf(
  pid: number,
): { readonly users: readonly number[]; readonly numbers: readonly number[] } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const listOf = (key: string) =>
      (new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '').split(/\s+/).map(Number);
    return { users: listOf('Uid'), numbers: listOf('NSpid') };
  } catch {
    return undefined;
  }
}

function userNamespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`);
  } catch {
    return undefined;
  }
}

/** Whether a process is the init of a PID namespace directly below ours that unshare(1) started for this user. */
function isOwnInit(pid: number): boolean {
  const identity = identityOf(pid);
  if (identity === undefined) return false;
  const { users, numbers } = identity;
  const parent = parentOf(pid);
  return (
    numbers.length === 2 &&
    numbers[1] === 1 &&
    users.every((user) => user === process.geteuid?.()) &&
    parent !== undefined &&
    commandOf(parent) === 'unshare'
  );
}

/**
 * The sandbox hosts of this user, in the foreground and detached. They are found by their processes and not
 * by a file: a login that ends takes $XDG_RUNTIME_DIR along, and must not take the only trace of a run.
 */
export function sandboxHosts(voice: Voice): readonly SandboxHost[] {
  const key = stateKey(voice);
  return [...allProcesses()].flatMap(({ pid, argv }): SandboxHost[] => {
    const [shell, , , mark, , name = '', chosen] = argv;
    if (shell !== 'sh' || mark !== sandboxMark || name === '' || chosen !== key) return [];
    const start = startTimeOf(pid);
    if (start === undefined || !isOwnInit(pid)) return [];
    return [{ name, pid, start, ownUsers: userNamespaceOf(pid) !== userNamespaceOf('self') }];
  });
}

/**
 * What the processes of a sandbox host are called outside: pid there to pid here. Whoever has lost its parent
 * in there has the first process for one.
 */
export function pidsOf({ pid: init }: SandboxHost): ReadonlyMap<number, number> {
  const children = new Map<number, number[]>();
  for (const { pid } of allProcesses()) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Map<number, number>();
  for (const todo = [init]; todo.length > 0; ) {
    const pid = todo.pop() as number;
    const inside = identityOf(pid)?.numbers[1];
    if (inside !== undefined) found.set(inside, pid);
    todo.push(...(children.get(pid) ?? []));
  }
  return found;
}
