import type { Config } from '../config/schema.ts';
import type { Runner } from '../exec/runner.ts';
import type { Held } from '../facts/read.ts';
import { own } from '../model/own.ts';
import { type Resource, sharedAs } from '../model/resource.ts';
import type { Process } from '../resources/kind.ts';
import { bootId, networkNamespace, type StateDirectory } from './directory.ts';
import { areHeld } from './lock.ts';
import { type Damage, type RunState, recordVersion, UnreadableState } from './record.ts';

/** A folder of the state directory and what is known of the run it stands for. */
export interface Run {
  readonly name: string;
  /** Its lock is held: somebody looks after it. */
  readonly alive: boolean;
  /** Missing when nothing was recorded yet, or what was cannot be read. */
  readonly state?: RunState;
  readonly damage?: Damage;
}

function read(directory: StateDirectory, name: string): Pick<Run, 'state' | 'damage'> {
  try {
    const state = directory.load(name);
    return state === undefined ? {} : { state };
  } catch (error) {
    if (!(error instanceof UnreadableState)) throw error;
    return { damage: error.damage };
  }
}

/**
 * Every run of the state directory; liveness is the run's kernel lock.
 * @param own the run whose lock the caller holds itself.
 */
export async function allRuns(
  runner: Runner,
  directory: StateDirectory,
  own?: string,
): Promise<readonly Run[]> {
  const names = directory.names();
  const others = names.filter((name) => name !== own);
  const held = await areHeld(runner, others.map(directory.lockPath));
  const alive = new Set(others.filter((_, index) => held[index]));
  return names.map((name) => ({
    name,
    alive: name === own || alive.has(name),
    ...read(directory, name),
  }));
}

/**
 * Where a run's changes are: in this network namespace, in another one, or nowhere any more,
 * since the machine has been started again.
 */
export function placeOf(state: RunState): 'here' | 'elsewhere' | 'gone' {
  if (state.bootId !== bootId()) return 'gone';
  return state.netns === networkNamespace() ? 'here' : 'elsewhere';
}

/**
 * What runs hold: names, addresses, and shared resources. One that has died holds
 * them too until it is taken back: the bridge that it made goes with it, unless others name it.
 */
export function heldBy(runs: readonly Run[]): Held {
  const reserved: Record<string, string[]> = {};
  const shared: Record<string, Resource> = {};
  for (const { state } of runs) {
    for (const [bridge, addresses] of Object.entries(state?.reserved ?? {})) {
      reserved[bridge] = [...(own(reserved, bridge) ?? []), ...addresses];
    }
    for (const resource of state?.resources ?? []) {
      const name = sharedAs(resource);
      if (name !== undefined) shared[name] = resource;
    }
  }
  return { runs: runs.map((run) => run.name), reserved, shared };
}

/** @returns the other living run whose plan names the shared thing. */
export function sharer(runs: readonly Run[], self: string): (key: string) => string | undefined {
  return (key) =>
    runs.find(
      (run) =>
        run.alive &&
        run.name !== self &&
        run.state?.resources.some((resource) => sharedAs(resource) === key),
    )?.name;
}

/** How far a run has come, as its notes tell. */
export interface Noted {
  /**
   * Its containers have been let go: until then there is nothing in it to enter or to end. Of one
   * whose notes were removed it is taken for granted.
   */
  readonly ready: boolean;
  /** First processes, by container. */
  readonly children: ReadonlyMap<string, Process>;
  /** The supervisor of a detached run. */
  readonly supervisor: Process | undefined;
}

export function notedOf(directory: StateDirectory, name: string): Noted {
  const children = new Map<string, Process>();
  let ready = !directory.isNoted(name);
  let supervisor: Process | undefined;
  for (const note of directory.notes(name)) {
    if (note.note === 'child') children.set(note.container, { pid: note.pid, start: note.start });
    else if (note.note === 'keeper') supervisor ??= { pid: note.pid, start: note.start };
    else ready = true;
  }
  return { ready, children, supervisor };
}

export function isReady(directory: StateDirectory, name: string): boolean {
  return notedOf(directory, name).ready;
}

export function childrenOf(directory: StateDirectory, name: string): Noted['children'] {
  return notedOf(directory, name).children;
}

/** Its note comes before those of the containers: of a thousand, one is read. */
export function supervisorOf(directory: StateDirectory, name: string): Noted['supervisor'] {
  for (const note of directory.notes(name)) {
    if (note.note === 'keeper') return { pid: note.pid, start: note.start };
  }
  return undefined;
}

export function emptyState(
  config: Config,
  facts: RunState['facts'],
  options: Pick<RunState, 'resources' | 'order' | 'reserved' | 'detached' | 'createdAt'>,
): RunState {
  return {
    version: recordVersion,
    name: config.name,
    bootId: bootId(),
    netns: networkNamespace(),
    config,
    // Whose rules there were decides nothing any more once the run is planned, and they can be many.
    facts: { ...facts, firewall: { ...facts.firewall, chains: [], sets: {} } },
    ...options,
  };
}
