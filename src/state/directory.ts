import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { containersOf } from '../config/replicas.ts';
import { CtrError, messageOf, systemCode } from '../model/errors.ts';
import { checksum } from './checksum.ts';
import { makeDirectories } from './make-directories.ts';
import {
  type Note,
  parseNote,
  parseState,
  type RunState,
  readOwn,
  UnreadableState,
  writeDurably,
} from './record.ts';
import { refuseForeign } from './refuse-foreign.ts';
import { cannotRead, cannotWrite } from './state-path.ts';

export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

export function networkNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return '';
  }
}

/** The files of one state directory. */
export interface StateDirectory {
  readonly path: string;
  readonly globalLock: string;
  runPath(name: string): string;
  lockPath(name: string): string;
  logPath(name: string, container: string): string;
  /** Whether the directory is one of ctr's, by its lock file. */
  isThere(): boolean;
  /** Removes the directory if it is empty: a ctr killed right after the start leaves it like that. */
  removeEmpty(): void;
  /** Names of all run folders, whether their runs are alive or not. */
  names(): readonly string[];
  /** Whether the run's folder has a state file or notes, readable or not: then there may be something to undo. */
  isWritten(name: string): boolean;
  /** @returns undefined when there is no state file. @throws UnreadableState when the file is damaged or newer. */
  load(name: string): RunState | undefined;
  /** The notes in the order they were written, read lazily. */
  notes(name: string): Iterable<Note>;
  /** False when there is a state file without notes: somebody has removed the notes. */
  isNoted(name: string): boolean;
  /** Makes the run's folder. */
  open(name: string): void;
  /** Writes the record of a new run, and preallocates its notes. */
  save(state: RunState): void;
  /** Rewrites the record of a run that is up, with added resources; keeps its notes. */
  update(state: RunState): void;
  append(name: string, note: Note): void;
  /** Deletes everything in the run's folder except the lock. */
  clear(name: string): void;
  /** Removes the run's folder, unless a new run of this name has just locked it. */
  remove(name: string): void;
  /** Removes the lock and the directory if no run is left. The caller holds the global lock. */
  tidy(): void;
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** unlink first: rmSync is slower, and only needed for a directory that somebody else put there. */
function removeWhole(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Maximum bytes of a note: a checksum, two names and two numbers. */
const noteRoom = 256;

/** The offset of the next note: after the existing notes, at the start of the preallocated newlines. */
function endOfNotes(text: string): number {
  return Buffer.byteLength(text.replace(/\n+$/, '\n').replace(/^\n$/, ''), 'latin1');
}

function* readNotes(path: string): Generator<Note> {
  let text = '';
  try {
    text = readOwn(path) ?? '';
  } catch {
    // The file is not one that ctr wrote.
  }
  // The preallocated space after the notes consists of newlines.
  for (const line of text.trimEnd().split('\n')) {
    try {
      yield* parseNote(line);
    } catch {
      // The checksum matched by chance.
    }
  }
}

export function stateDirectory(path: string): StateDirectory {
  const runPath = (name: string) => `${path}/${name}`;
  /** The offset of the next note by run. Only this ctr writes notes of its runs. */
  const ends = new Map<string, number>();
  const clear = (name: string) => {
    const last = (entry: string) => Number(entry === 'state');
    for (const entry of readdirSync(runPath(name)).toSorted((a, b) => last(a) - last(b))) {
      if (entry !== 'lock') removeWhole(`${runPath(name)}/${entry}`);
    }
  };
  /** Creates the lock file, which identifies the directory as ctr's even while its other files are incomplete. */
  const mark = () =>
    closeSync(openSync(`${path}/lock`, constants.O_RDWR | constants.O_CREAT, 0o600));
  const ready = () => {
    try {
      makeDirectories(path, 0o700);
      refuseForeign(path);
      mark();
    } catch (error) {
      if (systemCode(error) === 'EEXIST') refuseForeign(path);
      throw error instanceof CtrError || systemCode(error) === 'ENOENT'
        ? error
        : cannotWrite(path, error);
    }
  };
  const record = (state: RunState, then: () => void) => {
    const body = JSON.stringify(state);
    const file = `${runPath(state.name)}/state`;
    try {
      writeDurably(`${file}.new`, `${checksum(body)}\n${body}`);
      renameSync(`${file}.new`, file);
      then();
      syncDirectory(runPath(state.name));
    } catch (error) {
      throw cannotWrite(path, error);
    }
  };
  return {
    path,
    get globalLock() {
      ready();
      return `${path}/lock`;
    },
    isThere: () => existsSync(`${path}/lock`),
    removeEmpty() {
      try {
        rmdirSync(path);
      } catch {
        // The directory does not exist or is not empty.
      }
    },
    runPath,
    lockPath: (name) => `${runPath(name)}/lock`,
    logPath: (name, container) => `${runPath(name)}/${container}.log`,
    names() {
      try {
        refuseForeign(path);
        return readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && /^[a-z][a-z0-9-]{0,30}$/.test(entry.name))
          .map((entry) => entry.name)
          .sort();
      } catch (error) {
        if (error instanceof CtrError) throw error;
        if (systemCode(error) === 'ENOENT') return [];
        throw cannotRead(path, error);
      }
    },
    isWritten: (name) => ['state', 'notes'].some((file) => existsSync(`${runPath(name)}/${file}`)),
    load(name) {
      let text = readOwn(`${runPath(name)}/state`);
      if (text === undefined) {
        // The state file is written before the notes and removed after them.
        if (!existsSync(`${runPath(name)}/notes`)) return undefined;
        // The run may have come up since the first look.
        text = readOwn(`${runPath(name)}/state`);
        if (text === undefined) throw new UnreadableState('damaged', 'removed');
      }
      try {
        return parseState(text);
      } catch (error) {
        if (error instanceof UnreadableState) throw error;
        throw new UnreadableState('damaged', messageOf(error));
      }
    },
    isNoted(name) {
      const has = (file: string) => existsSync(`${runPath(name)}/${file}`);
      return has('notes') || !has('state');
    },
    notes: (name) => readNotes(`${runPath(name)}/notes`),
    open(name) {
      ready();
      try {
        makeDirectories(runPath(name), 0o700);
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    save(state) {
      const notes = 3 + containersOf(state.config).length;
      record(state, () => {
        writeDurably(`${runPath(state.name)}/notes`, '\n'.repeat(notes * noteRoom));
        ends.set(state.name, 0);
      });
    },
    update: (state) => record(state, () => undefined),
    append(name, note) {
      const body = JSON.stringify(note);
      const path = `${runPath(name)}/notes`;
      try {
        const descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
        try {
          const at = ends.get(name) ?? endOfNotes(readFileSync(path, 'latin1'));
          ends.set(name, at + writeSync(descriptor, `${checksum(body)} ${body}\n`, at));
        } finally {
          closeSync(descriptor);
        }
      } catch {
        // The folder was removed meanwhile. This ctr still has the resources in memory.
      }
    },
    clear,
    remove(name) {
      try {
        clear(name);
        removeWhole(`${runPath(name)}/lock`);
        rmdirSync(runPath(name));
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY'].includes(systemCode(error) ?? '')) throw error;
      }
    },
    tidy() {
      const hasRuns = () =>
        readdirSync(path).some((entry) => entry !== 'lock' && !entry.startsWith('.'));
      try {
        if (hasRuns()) return;
        // A process that waits for this lock file notices that it was removed, and opens the new one.
        removeWhole(`${path}/lock`);
        if (hasRuns()) mark();
        else rmdirSync(path);
      } catch {
        // Another ctr has just created a run, or the directory keeps how a run ended.
      }
    },
  };
}
