import type { Promised } from '../diagnosis/promises.ts';
import type { Reading } from '../diagnosis/reading.ts';
import { isAlive } from '../exec/processes.ts';
import { exitCodes } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import { containerPlace, nodePlace, type Place } from '../model/place.ts';
import type { Typist } from '../render/diagnosis.ts';
import { settle } from '../resolve/lab.ts';
import type { Context } from '../run/context.ts';
import { isInSandboxHost } from '../sandbox/find.ts';
import { worldPid } from '../snapshot/index.ts';
import type { Where } from '../snapshot/read.ts';
import { stateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { findRun, noSuchContainer } from '../state/find-container.ts';
import { childrenOf } from '../state/runs.ts';

/** Whose network is looked into: the namespaces, and what is known about them. */
export interface Subject {
  readonly name: string;
  readonly where: Where;
  /** Absent for a container that ctr did not make. */
  readonly lab?: Lab;
  readonly doors?: Typist['doors'];
  /** The next hop of its default route, where no lab says it. */
  readonly gateway?: string | undefined;
  /** What it is to reach, where no lab says it. */
  readonly promisesOf?: (reading: Reading) => readonly Promised[];
  /** One container that was asked for; all without it. */
  readonly only?: string;
  /** Whether the run is in a sandbox host. */
  readonly sandbox: boolean;
}

/** A run, whose lab says what is promised. */
export type RunSubject = Subject & { readonly lab: Lab };

/** @param name `NAME`, or `NAME/CONTAINER`. @throws CtrError when there is no such run or container. */
export function subjectOf(
  context: Context,
  verb: 'why' | 'check' | 'trace',
  name: string,
): RunSubject {
  const directory = stateDirectory(context.stateDir);
  const [run = '', only] = name.split('/');
  const state = findRun(directory, run, exitCodes.usage);
  refuseElsewhere(state, verb);
  const { lab } = settle(state.config, state.facts);
  const all = lab.containers.map((one) => one.name);
  if (only !== undefined && !all.includes(only)) {
    throw noSuchContainer(run, only, all, exitCodes.usage);
  }
  const children = childrenOf(directory, run);
  const running = all.flatMap((one): (readonly [string, number])[] => {
    const child = children.get(one);
    return child !== undefined && isAlive(child.pid, child.start) ? [[one, child.pid]] : [];
  });
  return {
    name: run,
    where: { containers: new Map(running), world: worldPid() },
    lab,
    ...(only === undefined ? {} : { only }),
    sandbox: isInSandboxHost(),
  };
}

/** The processes whose network namespaces the places are. */
export function pidsOf({ containers, world, nodes }: Where): ReadonlyMap<Place, number> {
  return new Map<Place, number>([
    ...[...containers].map(([name, pid]) => [containerPlace(name), pid] as const),
    ...(world === undefined ? [] : [['world', world] as const]),
    ...[...(nodes ?? [])].map(([name, pid]) => [nodePlace(name), pid] as const),
  ]);
}
