import type { Config } from '../config/schema.ts';
import type { Runner } from '../exec/runner.ts';
import type { Held } from '../facts/read.ts';
import { own } from '../model/own.ts';
import { type Resource, sharedAs } from '../model/resource.ts';
import { firewallOf } from '../resolve/firewall.ts';
import type { Process } from '../resources/kind.ts';
import { bootId, networkNamespace, type StateDirectory } from './directory.ts';
import { areHeld } from './lock.ts';
import { type Damage, type RunState, recordVersion, UnreadableState } from './record.ts';
import { recordedFacts } from './recorded-facts.ts';

/** A run folder of the state directory, and what is known about its run. */
export interface Run {
  readonly name: string;
  /** Whether its lock is held, by a foreground ctr or a supervisor; or it is an engine's attachment that is whole. */
  readonly alive: boolean;
  /** Missing when there is no record yet or it is unreadable. */
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

const nameOf = ({ name }: Pick<Run, 'name'>) => name;

/**
 * All runs of the state directory. A run is alive while its kernel lock is held.
 * @param own the run whose lock the caller holds.
 */
export async function allRuns(
  runner: Runner,
  directory: StateDirectory,
  own?: string,
): Promise<readonly Run[]> {
  const names = directory.names();
  const found = names.map((name) => ({ name, ...read(directory, name) }));
  const sure = new Set(
    found.filter(({ name, state }) => name === own || isAttached(directory, state)).map(nameOf),
  );
  const others = names.filter((name) => !sure.has(name));
  const held = await areHeld(runner, others.map(directory.lockPath));
  const alive = new Set([...sure, ...others.filter((_, index) => held[index])]);
  return found.map((one) => ({ ...one, alive: alive.has(one.name) }));
}

/**
 * Whether this is an engine's attachment that was made whole: its engine ends it, not ctr (src/cni/). One that is not
 * ready and whose lock is free is an ADD that died.
 */
export function isAttached(directory: StateDirectory, state: RunState | undefined): boolean {
  if (state?.attachment === undefined || placeOf(state) === 'gone') return false;
  return isReady(directory, state.name);
}

/** Where a run's changes are: in this network namespace, in another one, or gone because the machine has rebooted. */
export function placeOf(state: RunState): 'here' | 'elsewhere' | 'gone' {
  if (state.bootId !== bootId()) return 'gone';
  return state.netns === networkNamespace() ? 'here' : 'elsewhere';
}

/**
 * What runs hold: names, addresses and shared resources. A dead run holds them until it is undone: its undo removes a
 * bridge that it made, unless other runs name the bridge.
 */
export function heldBy(runs: readonly Run[]): Held {
  const reserved: Record<string, string[]> = {};
  const shared: Record<string, Resource> = {};
  const reservedInterfaces: string[] = [];
  for (const { state } of runs) {
    for (const [bridge, addresses] of Object.entries(state?.reserved ?? {})) {
      reserved[bridge] = [...(own(reserved, bridge) ?? []), ...addresses];
    }
    for (const resource of state?.resources ?? []) {
      const name = sharedAs(resource);
      if (name !== undefined) shared[name] = resource;
      else if (resource.kind === 'link') reservedInterfaces.push(resource.name);
    }
  }
  return { runs: runs.map((run) => run.name), reserved, reservedInterfaces, shared };
}

/** @returns a function that finds another living run that records a shared resource. */
export function sharer(runs: readonly Run[], self: string): (key: string) => string | undefined {
  return (key) =>
    runs.find(
      (run) =>
        run.alive &&
        run.name !== self &&
        run.state?.resources.some((resource) => sharedAs(resource) === key),
    )?.name;
}

/** The progress of a run, from its notes. */
export interface Noted {
  /**
   * Whether the gates of its containers were opened: before that there is nothing to enter or to end. True when
   * somebody has removed the notes.
   */
  readonly ready: boolean;
  /** First processes by container. */
  readonly children: ReadonlyMap<string, Process>;
  /** The supervisor of a detached run. */
  readonly supervisor: Process | undefined;
  /** The ctr that keeps the run at a stage. */
  readonly stageServer: Process | undefined;
}

export function notedOf(directory: StateDirectory, name: string): Noted {
  const children = new Map<string, Process>();
  let ready = !directory.isNoted(name);
  let supervisor: Process | undefined;
  let stageServer: Process | undefined;
  for (const note of directory.notes(name)) {
    if (note.note === 'child') children.set(note.container, { pid: note.pid, start: note.start });
    else if (note.note === 'supervisor') supervisor ??= { pid: note.pid, start: note.start };
    else if (note.note === 'stepper') stageServer = { pid: note.pid, start: note.start };
    else ready = true;
  }
  return { ready, children, supervisor, stageServer };
}

export function isReady(directory: StateDirectory, name: string): boolean {
  return notedOf(directory, name).ready;
}

export function childrenOf(directory: StateDirectory, name: string): Noted['children'] {
  return notedOf(directory, name).children;
}

/** Stops at the supervisor's note, which comes before those of the containers: there may be a thousand. */
export function supervisorOf(directory: StateDirectory, name: string): Noted['supervisor'] {
  for (const note of directory.notes(name)) {
    if (note.note === 'supervisor') return { pid: note.pid, start: note.start };
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
    // `auto` is decided by the host's own rules, which the recorded facts leave out.
    config:
      config.firewall === 'auto' ? { ...config, firewall: firewallOf('auto', facts) } : config,
    facts: recordedFacts(facts),
    ...options,
  };
}
