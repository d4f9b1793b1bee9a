import type { Context } from '../context.ts';
import { isAlive } from '../engine/processes.ts';
import { notedOf, type Run } from '../engine/runs.ts';
import { stateDirectory } from '../engine/state.ts';
import { exitCodes } from '../errors.ts';
import { settle } from '../lab.ts';
import { table } from '../render/table.ts';
import { visibleJson } from '../render/visible.ts';

/** One container of a run, as `ctr ps --json` prints it. */
export interface ContainerStatus {
  readonly name: string;
  readonly container: string;
  readonly state: 'starting' | 'running' | 'ended' | 'dead' | 'unreadable';
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

function unreadable(name: string): ContainerStatus {
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

function statuses(context: Context, runs: readonly Run[]): readonly ContainerStatus[] {
  const directory = stateDirectory(context.stateDir);
  return runs.flatMap((run): ContainerStatus[] => {
    const { state } = run;
    if (state === undefined) return run.damage === undefined ? [] : [unreadable(run.name)];
    const { children, ready } = notedOf(directory, run.name);
    return settle(state.config, state.facts).lab.containers.map((container) => {
      const child = children.get(container.name);
      const running = child !== undefined && isAlive(child.pid, child.start);
      return {
        name: run.name,
        container: container.name,
        state: stateOf(run.alive, ready, running),
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
  const all = [...statuses(context, runs), ...elsewhere];
  context.print(context.json ? visibleJson(all, 2) : renderStatuses(all, Date.now()));
  return exitCodes.done;
}
