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
  /** Whether there is anything at all. */
  isThere(): boolean;
  /** Removes the directory when nothing is in it: a ctr that was killed as it began leaves one. */
  removeEmpty(): void;
  /** Names of the run folders that are there, alive or not. */
  names(): readonly string[];
  /** Whether a run was recorded, well or badly: then there may be something to take back. */
  isWritten(name: string): boolean;
  /** @returns undefined when there is no state file; throws when it cannot be trusted. */
  load(name: string): RunState | undefined;
  /** As they were written, each read when it is asked for. */
  notes(name: string): Iterable<Note>;
  /** False when the record is there without its notes: somebody has removed them. */
  isNoted(name: string): boolean;
  /** Makes the run's folder. */
  open(name: string): void;
  /** Records a run that begins, and makes room for its notes. */
  save(state: RunState): void;
  /** Records what has been added to a run that is up; its notes stay. */
  update(state: RunState): void;
  append(name: string, note: Note): void;
  /** Empties the run's folder but for the lock. */
  clear(name: string): void;
  /** Removes the run's folder, unless the next run of this name has just locked it. */
  remove(name: string): void;
  /** Removes the lock and the directory when no run is left. The caller holds the lock. */
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

/** rmSync takes longer, and is needed only for what somebody else has put there. */
function removeWhole(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Bytes of a note at most: a checksum, two names and two numbers. */
const noteRoom = 256;

/** Where the next note goes: behind those that are there, over the room that was made for it. */
function endOfNotes(text: string): number {
  return Buffer.byteLength(text.replace(/\n+$/, '\n').replace(/^\n$/, ''), 'latin1');
}

function* readNotes(path: string): Generator<Note> {
  let text = '';
  try {
    text = readOwn(path) ?? '';
  } catch {
    // Not a file of ours.
  }
  // Behind them is the room for more: as many empty lines as it has bytes.
  for (const line of text.trimEnd().split('\n')) {
    try {
      yield* parseNote(line);
    } catch {
      // The checksum was right by chance.
    }
  }
}

export function stateDirectory(path: string): StateDirectory {
  const runPath = (name: string) => `${path}/${name}`;
  /** Where the next note of a run goes: this ctr alone writes them. */
  const ends = new Map<string, number>();
  const clear = (name: string) => {
    const last = (entry: string) => Number(entry === 'state');
    for (const entry of readdirSync(runPath(name)).toSorted((a, b) => last(a) - last(b))) {
      if (entry !== 'lock') removeWhole(`${runPath(name)}/${entry}`);
    }
  };
  /** By this file a directory is known as one of ctr's, also when what else is in it has just been begun. */
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
        // There is none, or there is something in it.
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
      const text = readOwn(`${runPath(name)}/state`);
      if (text === undefined) {
        // The state file comes before the notes and goes after them.
        if (!existsSync(`${runPath(name)}/notes`)) return undefined;
        throw new UnreadableState('damaged', 'removed');
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
        // The folder was removed meanwhile: the undos are still in this ctr's plan.
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
        // Whoever waits for this file finds it gone, and asks for the one that is there then.
        removeWhole(`${path}/lock`);
        if (hasRuns()) mark();
        else rmdirSync(path);
      } catch {
        // Somebody else has just come, or how a run ended is kept there.
      }
    },
  };
}
