import { readFileSync, readlinkSync } from 'node:fs';
import { allProcesses, commandOf, namespaceOf, parentOf, startTimeOf } from '../exec/processes.ts';
import type { Voice } from '../run/context.ts';

/** The word that marks a sandbox host's first process in its command line. */
export const sandboxMark = 'ctr-sandbox';

/** A sandbox host that `ctr up` made for one run. */
export interface SandboxHost {
  /** The run for which it was made. */
  readonly name: string;
  /** Its first process, with the pid on this machine. */
  readonly pid: number;
  readonly start: string;
  /** Whether it has its own user namespace, since an ordinary user made it. */
  readonly ownUsers: boolean;
}

/** Identifies the sandbox hosts of one state directory: the default one or the user's choice. */
export function stateKey({ stateDir, stateChosen }: Voice): string {
  return stateChosen ? stateDir : '-';
}

/** All user ids of a process, and its pid in each PID namespace from this one inwards (proc_pid_status(5)). */
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

/** Whether a process is the init of a child PID namespace that this user's unshare(1) started. */
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
 * All sandbox hosts of this user. ctr finds them by their processes, not by a file: $XDG_RUNTIME_DIR is removed at
 * logout, and would take the only trace of a run with it.
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
 * The process that plays the internet of a sandbox host, in a network namespace of its own.
 * @param init the host's first process.
 * @returns its pid here, and inside the sandbox host.
 */
export function worldOf(
  init: number,
): { readonly pid: number; readonly inside: number } | undefined {
  const host = namespaceOf(init);
  for (const { pid, argv } of allProcesses()) {
    if (argv.at(-1) !== 'world' || parentOf(pid) !== init) continue;
    const inside = identityOf(pid)?.numbers.at(-1);
    if (inside !== undefined && namespaceOf(pid) !== host) return { pid, inside };
  }
  return undefined;
}

/** Whether this machine is itself a sandbox host: its first process bears the mark. */
export function isInSandboxHost(): boolean {
  for (const { pid, argv } of allProcesses()) if (pid === 1) return argv[3] === sandboxMark;
  return false;
}

/**
 * Maps pids inside a sandbox host to pids on this machine. Orphans inside are children of the first process, so all are
 * found.
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
