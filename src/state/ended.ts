import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { ExitCodes } from '../exec/exit-codes.ts';
import { parseExitCodes } from '../exec/exit-codes.ts';
import type { Process } from '../resources/kind.ts';
import { makeDirectories } from './make-directories.ts';

/**
 * How a detached run ended by itself. ctr keeps it beside the state directory's runs (usually in memory) for an hour,
 * or until the name is used again, taken down or collected by gc (docs/decisions/0014).
 */
export interface EndedRun {
  readonly name: string;
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly exitCodes: ExitCodes;
  /** The process that cleans up after the run. It may need a few milliseconds more to exit. */
  readonly supervisor?: Process | undefined;
}

/** The end of a container's log. */
export interface KeptLog {
  readonly path: string;
  /** The log was longer; ctr kept only its end. */
  readonly cut: boolean;
}

const keptMs = 3_600_000;
const keptRuns = 64;
/** Total bytes for the logs of one run. Each container gets an equal share, for the end of its log. */
const keptBytes = 1024 * 1024;

// A run's name cannot start with a dot, so the folder cannot clash with a run.
const folderOf = (stateDir: string) => `${stateDir}/.ended`;
const runFolder = (stateDir: string, name: string) => `${folderOf(stateDir)}/${name}`;

/**
 * Parses the line with the supervisor's pid and start time (proc_pid_stat(5)). A container's line has one number, so it
 * cannot match.
 */
function parseSupervisor(text: string): Process | undefined {
  const [, pid, start] = /^supervisor (\d+) (\d+)$/m.exec(text) ?? [];
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start };
}

/** Kept runs with their time: the mtime of the exit codes, which are written last. */
function entries(stateDir: string): readonly { readonly name: string; readonly at: number }[] {
  const folder = folderOf(stateDir);
  try {
    return readdirSync(folder).flatMap((name) => {
      const stat = statSync(`${folder}/${name}/exits`, { throwIfNoEntry: false });
      return stat === undefined ? [] : { name, at: stat.mtimeMs };
    });
  } catch {
    return [];
  }
}

function isFresh({ at }: { readonly at: number }): boolean {
  return Date.now() - at <= keptMs;
}

/** Copies the last bytes of a log. */
function keepEnd(from: string, to: string, bytes: number): void {
  let descriptor: number;
  try {
    descriptor = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return;
  }
  try {
    const { size } = fstatSync(descriptor);
    const text = Buffer.alloc(Math.min(size, bytes));
    const length = readSync(descriptor, text, 0, text.length, size - text.length);
    const cut = size > text.length;
    writeFileSync(`${to}${cut ? '.end' : ''}`, text.subarray(0, length), { mode: 0o600 });
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Keeps the exit codes and logs of a run that ended.
 * @param logOf where a container's log is now.
 */
export function rememberEnd(
  stateDir: string,
  name: string,
  exitCodes: ExitCodes,
  logOf: (container: string) => string,
  supervisor?: Process,
): void {
  const others = entries(stateDir)
    .filter((one) => one.name !== name)
    .toSorted((one, other) => other.at - one.at);
  const old = others.filter((one, index) => index >= keptRuns - 1 || !isFresh(one));
  const folder = runFolder(stateDir, name);
  try {
    for (const one of [...old, { name }]) {
      rmSync(runFolder(stateDir, one.name), { recursive: true, force: true });
    }
    makeDirectories(folder, 0o700);
    const share = Math.floor(keptBytes / Math.max(1, exitCodes.size));
    for (const container of exitCodes.keys()) {
      keepEnd(logOf(container), `${folder}/${container}.log`, share);
    }
    const lines = [...exitCodes].map(([container, code]) => `${container} ${code}\n`);
    if (supervisor !== undefined) lines.push(`supervisor ${supervisor.pid} ${supervisor.start}\n`);
    writeFileSync(`${folder}/exits.new`, lines.join(''), { mode: 0o600 });
    renameSync(`${folder}/exits.new`, `${folder}/exits`);
  } catch {
    // Best effort: a full disk must not prevent the undo of a run.
  }
}

function read(stateDir: string, one: { readonly name: string; readonly at: number }): EndedRun[] {
  try {
    const text = readFileSync(`${runFolder(stateDir, one.name)}/exits`, 'utf8');
    return [{ ...one, exitCodes: parseExitCodes(text), supervisor: parseSupervisor(text) }];
  } catch {
    return [];
  }
}

/** The kept runs, most recently ended first. */
export function endedRuns(stateDir: string): readonly EndedRun[] {
  return entries(stateDir)
    .filter(isFresh)
    .toSorted((one, other) => other.at - one.at)
    .flatMap((one) => read(stateDir, one));
}

/** Supervisors of ended runs that may not have exited yet. */
export function endingSupervisors(stateDir: string): readonly Process[] {
  return endedRuns(stateDir).flatMap(({ supervisor }) => supervisor ?? []);
}

export function endOf(stateDir: string, name: string): EndedRun | undefined {
  return entries(stateDir)
    .filter((one) => one.name === name && isFresh(one))
    .flatMap((one) => read(stateDir, one))[0];
}

/** @returns undefined when no log of the container was kept. */
export function keptLog(stateDir: string, name: string, container: string): KeptLog | undefined {
  const whole = `${runFolder(stateDir, name)}/${container}.log`;
  return [
    { path: whole, cut: false },
    { path: `${whole}.end`, cut: true },
  ].find(({ path }) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** All folders, including those of runs whose end was not written completely. */
function folders(stateDir: string): readonly string[] {
  try {
    return readdirSync(folderOf(stateDir));
  } catch {
    return [];
  }
}

/** Forgets how one run ended, or all. @returns whether there was anything to forget. */
export function forgetEnd(stateDir: string, name?: string): boolean {
  const found = folders(stateDir).filter((one) => name === undefined || one === name);
  for (const one of found) rmSync(runFolder(stateDir, one), { recursive: true, force: true });
  try {
    rmdirSync(folderOf(stateDir));
  } catch {
    // Other runs are kept there, or the folder does not exist.
  }
  return found.length > 0;
}
