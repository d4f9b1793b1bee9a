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
 * How a detached run ended by itself: all that is kept of it, in memory as the state directory
 * is, until its name is used again, taken down or collected (docs/decisions/0014).
 */
export interface EndedRun {
  readonly name: string;
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly exitCodes: ExitCodes;
  /** The process that cleans up after it, which may need a few milliseconds more to end itself. */
  readonly supervisor?: Process | undefined;
}

/** The last that a container wrote. */
export interface KeptLog {
  readonly path: string;
  /** It had written more, which is gone. */
  readonly cut: boolean;
}

const keptMs = 3_600_000;
const keptRuns = 64;
/** Of all logs of a run together: of each container the end of its log, as much as of every other. */
const keptBytes = 1024 * 1024;

// The dot keeps it out of the names a run may have.
const folderOf = (stateDir: string) => `${stateDir}/.ended`;
const runFolder = (stateDir: string, name: string) => `${folderOf(stateDir)}/${name}`;

/** The line of the supervisor's pid and start time (proc_pid_stat(5)), which no container's line can be. */
function parseSupervisor(text: string): Process | undefined {
  const [, pid, start] = /^supervisor (\d+) (\d+)$/m.exec(text) ?? [];
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start };
}

/** The folder of a run is as old as its exit codes, which are written last. */
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

/** Copies the end of a log. */
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

/** @param logOf where a container's log is now. */
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
    // It is a courtesy: a full disk does not stand in the way of taking a run back.
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

/** The runs whose end is kept, the last to end first. */
export function endedRuns(stateDir: string): readonly EndedRun[] {
  return entries(stateDir)
    .filter(isFresh)
    .toSorted((one, other) => other.at - one.at)
    .flatMap((one) => read(stateDir, one));
}

/** The supervisors of runs that have ended, which may still be about to end themselves. */
export function endingSupervisors(stateDir: string): readonly Process[] {
  return endedRuns(stateDir).flatMap(({ supervisor }) => supervisor ?? []);
}

export function endOf(stateDir: string, name: string): EndedRun | undefined {
  return entries(stateDir)
    .filter((one) => one.name === name && isFresh(one))
    .flatMap((one) => read(stateDir, one))[0];
}

/** @returns undefined when the container wrote no log that was kept. */
export function keptLog(stateDir: string, name: string, container: string): KeptLog | undefined {
  const whole = `${runFolder(stateDir, name)}/${container}.log`;
  return [
    { path: whole, cut: false },
    { path: `${whole}.end`, cut: true },
  ].find(({ path }) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** Every folder there is, also of a run whose end was not written whole. */
function folders(stateDir: string): readonly string[] {
  try {
    return readdirSync(folderOf(stateDir));
  } catch {
    return [];
  }
}

/** Of one name, or of all. @returns whether there was anything to forget. */
export function forgetEnd(stateDir: string, name?: string): boolean {
  const found = folders(stateDir).filter((one) => name === undefined || one === name);
  for (const one of found) rmSync(runFolder(stateDir, one), { recursive: true, force: true });
  try {
    rmdirSync(folderOf(stateDir));
  } catch {
    // Others are kept there, or there is none.
  }
  return found.length > 0;
}
