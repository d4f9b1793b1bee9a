import { isAlive } from '../exec/processes.ts';
import { exitCodesOf } from '../exec/supervisor.ts';
import { exitCodes } from '../model/errors.ts';
import { madeBy } from '../model/step.ts';
import { printResult } from '../render/result.ts';
import { table } from '../render/table.ts';
import { settle } from '../resolve/lab.ts';
import type { Finding } from '../run/check/finding.ts';
import { findingsFor, hostFindings } from '../run/check/resources.ts';
import type { Context } from '../run/context.ts';
import { besidesOf, type Marks, readMarks } from '../run/marks.ts';
import { commandsOf } from '../run/repair.ts';
import { stateDirectory } from '../state/directory.ts';
import { endedRuns } from '../state/ended.ts';
import type { RunState } from '../state/record.ts';
import { notedOf, placeOf, type Run } from '../state/runs.ts';

/** One container of a run, as `ctr ps --json` prints it. */
export interface ContainerStatus {
  readonly name: string;
  readonly container: string;
  /** degraded: the container runs, but something of its network is not as planned. */
  readonly state:
    | 'starting'
    | 'running'
    | 'degraded'
    | 'ended'
    | 'dead'
    | 'unreadable'
    /** Of an engine's container (`ctr cni`): the engine knows whether it runs. */
    | 'attached';
  readonly pid: number | null;
  /** The command's exit code, once it has ended. */
  readonly exit_code: number | null;
  readonly addresses: readonly string[];
  readonly bridges: readonly string[];
  readonly created: string | null;
  /** When the run ended by itself. This and `created` are ISO 8601. */
  readonly ended: string | null;
}

export interface PsFlags {
  /** Include runs that have ended by themselves. */
  readonly all?: boolean | undefined;
  /** Print only names. */
  readonly names?: boolean | undefined;
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
    exit_code: null,
    addresses: [],
    bridges: [],
    created: null,
    ended: null,
  };
}

/** What has drifted from a run's plan on the host, judging by links, rules and sysctls. */
function damageOf(state: RunState, marks: Marks): readonly Finding[] {
  const { lab, commands } = commandsOf(state);
  const made = [...commands.flatMap(madeBy), ...state.resources].filter(
    ({ kind }) => kind !== 'process',
  );
  return hostFindings(lab, made, marks).filter((one) => !one.holds);
}

async function statuses(
  context: Context,
  runs: readonly Run[],
): Promise<readonly ContainerStatus[]> {
  const directory = stateDirectory(context.stateDir);
  const isUp = ({ alive, state }: Run) => alive && state !== undefined && placeOf(state) === 'here';
  const besides = besidesOf(runs.flatMap(({ state }) => state?.resources ?? []));
  const marks = runs.some(isUp) ? await readMarks(context.runner, undefined, besides) : undefined;
  return runs.flatMap((run): ContainerStatus[] => {
    const { state } = run;
    if (state === undefined) return run.damage === undefined ? [] : [unreadable(run.name)];
    const { children, ready, stageServer } = notedOf(directory, run.name);
    const { lab } = settle(state.config, state.facts);
    const exits = exitCodesOf(directory.runPath(run.name));
    // What is not there yet at a stage is no damage.
    const whole = ready && stageServer === undefined;
    const damage = marks !== undefined && whole && isUp(run) ? damageOf(state, marks) : [];
    return lab.containers.map((container) => {
      const child = children.get(container.name);
      const running = child !== undefined && isAlive(child.pid, child.start);
      return {
        name: run.name,
        container: state.attachment?.containerId.slice(0, 12) ?? container.name,
        state:
          (running || state.attachment !== undefined) &&
          findingsFor(lab, container.name, damage).length > 0
            ? 'degraded'
            : state.attachment !== undefined && run.alive
              ? 'attached'
              : stateOf(
                  run.alive,
                  ready && (stageServer === undefined || child !== undefined),
                  running,
                ),
        pid: running ? child.pid : null,
        exit_code: exits.get(container.name) ?? null,
        addresses: container.attachments.flatMap(({ address, prefix, ipv6, network }) => [
          `${address}/${prefix}`,
          ...(ipv6 === undefined ? [] : [`${ipv6.address}/${network.ipv6?.prefix}`]),
        ]),
        bridges: container.attachments.map((one) => one.network.bridge),
        created: state.createdAt,
        ended: null,
      };
    });
  });
}

/** What ctr keeps of runs that have ended by themselves. */
function ends(stateDir: string): readonly ContainerStatus[] {
  return endedRuns(stateDir).flatMap(({ name, at, exitCodes: codes }) =>
    [...codes].map(([container, code]) => ({
      ...unreadable(name),
      container,
      state: 'ended' as const,
      exit_code: code,
      ended: new Date(at).toISOString(),
    })),
  );
}

export function age(since: string | null, now: number): string {
  if (since === null) return '-';
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** @param all include how and when each run ended. */
export function renderStatuses(
  statuses: readonly ContainerStatus[],
  now: number,
  all = false,
): string {
  return table(
    [
      ...['NAME', 'CONTAINER', 'STATE', 'PID', 'ADDRESS', 'BRIDGE', 'AGE'],
      ...(all ? ['EXIT', 'ENDED'] : []),
    ],
    statuses.map((one) => [
      one.name,
      one.container,
      one.state,
      one.pid === null ? '-' : String(one.pid),
      one.addresses.join(',') || '-',
      one.bridges.join(',') || '-',
      age(one.created, now),
      ...(all ? [String(one.exit_code ?? '-'), one.ended ?? '-'] : []),
    ]),
  );
}

export async function ps(
  context: Context,
  runs: readonly Run[],
  elsewhere: readonly ContainerStatus[],
  flags: PsFlags,
): Promise<number> {
  const up = [...(await statuses(context, runs)), ...elsewhere];
  // A run that has just ended may still be listed while its undo is in progress.
  const ended = ends(context.stateDir).filter(({ name }) => up.every((one) => one.name !== name));
  const listed = flags.all === true ? [...up, ...ended] : up;
  if (context.json) printResult(context, 'ps', { containers: listed });
  else if (flags.names === true) {
    for (const name of new Set(listed.map((one) => one.name))) context.print(name);
  } else context.print(renderStatuses(listed, Date.now(), flags.all));
  return exitCodes.done;
}
