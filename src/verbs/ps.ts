import { type Outside, outsideOf } from '../check/index.ts';
import type { Context } from '../context.ts';
import { readMarks } from '../engine/marks.ts';
import { isAlive } from '../engine/processes.ts';
import { notedOf, placeOf, type Run } from '../engine/runs.ts';
import { stateDirectory } from '../engine/state.ts';
import { exitCodes } from '../errors.ts';
import { settle } from '../lab.ts';
import { table } from '../render/table.ts';
import { visibleJson } from '../render/visible.ts';

/** One container of a run, as `ctr ps --json` prints it. */
export interface ContainerStatus {
  readonly name: string;
  readonly container: string;
  /** degraded: it runs, and something of its network is not as the plan made it. */
  readonly state: 'starting' | 'running' | 'degraded' | 'ended' | 'dead' | 'unreadable';
  readonly pid: number | null;
  readonly addresses: readonly string[];
  readonly bridges: readonly string[];
  readonly created: string;
}

function stateOf(alive: boolean, ready: boolean, running: boolean): ContainerStatus['state'] {
  if (!alive) return 'dead';
  if (!ready) return 'starting';
  return running ? 'running' : 'ended';
}

export function unreadable(name: string): ContainerStatus {
  return {
    name,
    container: '-',
    state: 'unreadable',
    pid: null,
    addresses: [],
    bridges: [],
    created: '',
  };
}

/** Whether a container's surroundings are as the plan made them, as far as the host shows. */
function isWhole({ bridges, shared, cables }: Outside, container: string): boolean {
  return [...bridges, ...shared, ...(cables.get(container) ?? [])].every((one) => one.holds);
}

async function statuses(
  context: Context,
  runs: readonly Run[],
): Promise<readonly ContainerStatus[]> {
  const directory = stateDirectory(context.stateDir);
  const isUp = ({ alive, state }: Run) => alive && state !== undefined && placeOf(state) === 'here';
  const marks = runs.some(isUp) ? await readMarks(context.runner) : undefined;
  return runs.flatMap((run): ContainerStatus[] => {
    const { state } = run;
    if (state === undefined) return run.damage === undefined ? [] : [unreadable(run.name)];
    const { children, ready } = notedOf(directory, run.name);
    const { lab } = settle(state.config, state.facts);
    const outside =
      marks !== undefined && ready && isUp(run) ? outsideOf(lab, state.undos, marks) : undefined;
    return lab.containers.map((container) => {
      const child = children.get(container.name);
      const running = child !== undefined && isAlive(child.pid, child.start);
      return {
        name: run.name,
        container: container.name,
        state:
          running && outside !== undefined && !isWhole(outside, container.name)
            ? 'degraded'
            : stateOf(run.alive, ready, running),
        pid: running ? child.pid : null,
        addresses: container.attachments.map((one) => `${one.address}/${one.prefix}`),
        bridges: container.attachments.map((one) => one.network.bridge),
        created: state.createdAt,
      };
    });
  });
}

export function age(since: string, now: number): string {
  if (since === '') return '-';
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

export function renderStatuses(all: readonly ContainerStatus[], now: number): string {
  return table(
    ['NAME', 'CONTAINER', 'STATE', 'PID', 'ADDRESS', 'BRIDGE', 'AGE'],
    all.map((one) => [
      one.name,
      one.container,
      one.state,
      one.pid === null ? '-' : String(one.pid),
      one.addresses.join(','),
      one.bridges.join(','),
      age(one.created, now),
    ]),
  );
}

/** `ctr ps`. */
export async function ps(
  context: Context,
  runs: readonly Run[],
  elsewhere: readonly ContainerStatus[],
): Promise<number> {
  const all = [...(await statuses(context, runs)), ...elsewhere];
  context.print(context.json ? visibleJson(all, 2) : renderStatuses(all, Date.now()));
  return exitCodes.done;
}
