import type { Config } from '../config/schema.ts';
import { type Foreground, foreground } from '../exec/foreground.ts';
import { type Interrupt, interruptedExit } from '../exec/interrupt.ts';
import { startTimeOf } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import { type Supervisor, supervisor } from '../exec/supervisor.ts';
import type { Facts } from '../facts/index.ts';
import { type Answers, readHost } from '../facts/read.ts';
import { CtrError, exitCodes, type Problem } from '../model/errors.ts';
import { type Event, follow, type PacedView, type Undone, type View } from '../model/events.ts';
import { isOurGroup } from '../model/names.ts';
import type { Plan } from '../model/plan.ts';
import { orderOf, plannedResources } from '../plan.ts';
import { byMarksAlone, recoveredRun } from '../state/damage.ts';
import type { StateDirectory } from '../state/directory.ts';
import { type Between, releaseSoon } from '../state/global-lock.ts';
import { holderOf, type Lock } from '../state/lock.ts';
import type { RunState } from '../state/record.ts';
import { allRuns, emptyState, heldBy, isReady, type Run } from '../state/runs.ts';
import { type Applied, apply } from './apply.ts';
import { claim, releaseName } from './claim.ts';
import type { Context } from './context.ts';
import { leftDetails, stepFailed } from './failure.ts';
import type { HeadStart } from './head-start.ts';
import { makesBridge, prepare, reservedBy } from './prepare.ts';
import { undoRun } from './undo-run.ts';

export interface UpOptions {
  readonly detached: boolean;
  readonly fast: boolean;
  /** Run every command in its own process. */
  readonly oneByOne: boolean;
  /** Run no two commands at the same time. */
  readonly inOrder: boolean;
  /** TERM, when the foreground command gets the terminal. */
  readonly terminal: string | null;
  /** The command line that the supervisor of a detached run executes when the containers have ended. */
  readonly successor: (name: string) => readonly string[];
  /** Checks the plan before it runs; throws to refuse it. */
  readonly approve: (plan: Plan, facts: Facts) => void;
  readonly warn: (warnings: readonly Problem[]) => void;
  /** Called once the plan is known; returns the view that shows the run. */
  readonly show: (plan: Plan, facts: Facts, signal: AbortSignal) => Promise<RunView>;
}

/** What is shown of a run, or recorded. */
export interface RunView {
  readonly see: PacedView;
  /** Waited for after each event, before the next command runs. Steps then run one after the other, without lanes. */
  readonly after?: (event: Event) => Promise<void>;
  readonly close: () => Promise<unknown>;
}

/** A run that is up: all gates are open. */
export interface Session {
  readonly plan: Plan;
  /** The record as on disk, or as it was before somebody removed it. */
  readonly state: RunState;
  /** Absent when the run is detached. */
  readonly launcher?: Foreground;
  readonly lock: Lock;
  /** The runner for the teardown. */
  readonly runner: Runner;
  /** The global lock for the teardown. */
  readonly global?: Between;
  /** The other runs at the time this run came up. */
  readonly others: readonly Run[];
  readonly oneByOne: boolean;
}

/** @throws CtrError that names the holder of the run's name. */
async function refuseTaken(
  context: Context,
  directory: StateDirectory,
  config: Config,
  options: Pick<UpOptions, 'fast' | 'terminal'>,
): Promise<never> {
  const { runner } = context;
  const { name } = config;
  const pid = holderOf(directory.lockPath(name));
  if (isReady(directory, name)) {
    const held = heldBy(await allRuns(runner, directory));
    const { terminal, fast } = options;
    await prepare(config, fast, { ...(await readHost(runner, config, terminal)), ...held });
  }
  throw new CtrError('lock-held', exitCodes.busy, {
    en: `run ${name} is locked by process ${pid}`,
    zh: `运行实例 ${name} 正被进程 ${pid} 锁定`,
  });
}

/** If a bridge of the config has ports that are not ctr's, probes the machines behind it for taken addresses. */
async function withAnswers(
  runner: Runner,
  config: Config,
  facts: Facts,
  hold: number,
): Promise<Facts> {
  const bridges = Object.values(config.networks).map(({ bridge }) => bridge.name);
  const foreign = facts.links.some(
    ({ master, group }) => master !== undefined && bridges.includes(master) && !isOurGroup(group),
  );
  if (!foreign || facts.missingCapabilities.includes('CAP_NET_ADMIN')) return facts;
  const { askAround } = await import('./ask-around.ts');
  return await askAround(runner, config, facts, hold);
}

/** Both locks are held, the host is read and the plan is made. Nothing is changed yet. */
export interface Prepared {
  readonly plan: Plan;
  readonly facts: Facts;
  readonly global: Lock;
  readonly runLock: Lock;
  readonly others: readonly Run[];
}

/**
 * Acquires the locks, reads the host and makes the plan.
 * @throws CtrError: not ready (4), stale (8), busy (9). No lock is held then.
 */
export async function getReady(
  context: Context,
  start: HeadStart,
  config: Config,
  options: Pick<UpOptions, 'fast' | 'terminal' | 'approve' | 'warn'>,
): Promise<Prepared> {
  const { runner, directory } = start;
  const read = (asked?: Promise<Answers>) => readHost(runner, config, options.terminal, asked);
  const locks = await claim(start, config.name, read);
  if (locks === null) return await refuseTaken(context, directory, config, options);
  const { runLock, global, others } = locks;
  try {
    const found = { ...(await locks.read), ...heldBy(others) };
    const facts = await withAnswers(runner, config, found, global.descriptor);
    const { plan, warnings } = await prepare(config, options.fast, facts);
    options.approve(plan, facts);
    const repaired = [...locks.damaged.map(byMarksAlone), ...locks.undone.map(recoveredRun)];
    options.warn([...repaired, ...warnings]);
    return { plan, facts, global, runLock, others };
  } catch (error) {
    await releaseName(directory, config.name, runLock);
    await global.release();
    throw error;
  }
}

/** Writes the record of a run, before its first change. */
export function recordRun(
  directory: StateDirectory,
  config: Config,
  { plan, facts }: Pick<Prepared, 'plan' | 'facts'>,
  { oneByOne, detached }: Pick<UpOptions, 'oneByOne' | 'detached'>,
): RunState {
  const state = emptyState(config, facts, {
    resources: plannedResources(plan),
    order: orderOf(oneByOne ? { oneByOne: true } : {}),
    reserved: reservedBy(plan),
    detached,
    createdAt: new Date().toISOString(),
  });
  try {
    directory.save(state);
  } catch (error) {
    directory.remove(config.name);
    throw error;
  }
  return state;
}

/**
 * Brings a run up, or leaves the host as it was.
 * @throws CtrError: not ready (4), undone (5), something left (6), stale (8), busy (9).
 */
export async function bringUp(
  context: Context,
  start: HeadStart,
  config: Config,
  options: UpOptions,
): Promise<Session> {
  const { runner, directory, interrupt } = start;
  const prepared = await getReady(context, start, config, options);
  const { runLock, global } = prepared;
  let stays = false;
  try {
    const session = await carryOut(runner, directory, config, options, interrupt, prepared);
    stays = session.launcher !== undefined && !options.oneByOne;
    return stays ? { ...session, global: releaseSoon(runner, directory, global) } : session;
  } catch (error) {
    await releaseName(directory, config.name, runLock);
    throw error;
  } finally {
    if (!stays) await global.release();
  }
}

async function carryOut(
  runner: Runner,
  directory: StateDirectory,
  config: Config,
  options: UpOptions,
  interrupt: Interrupt,
  { plan, facts, global, runLock, others }: Prepared,
): Promise<Session> {
  const { name } = config;
  const state = recordRun(directory, config, { plan, facts }, options);
  const logPath = (container: string) => directory.logPath(name, container);
  const launcher: Foreground | Supervisor = options.detached
    ? await supervisor(runner, {
        containers: plan.lab.containers.map((one) => one.name),
        runPath: directory.runPath(name),
        logPath,
        lock: runLock.descriptor,
        successor: options.successor(name),
      })
    : foreground(runner, {
        attached: plan.lab.containers[0]?.name ?? '',
        terminal: options.terminal !== null,
        logPath,
        holdNetworks: !options.oneByOne && makesBridge(plan),
      });
  if ('dismiss' in launcher && launcher.pid !== undefined) {
    const start = startTimeOf(launcher.pid) ?? '';
    directory.append(name, { note: 'supervisor', pid: launcher.pid, start });
  }
  const view = await options.show(plan, facts, interrupt.signal);
  let bug: unknown;
  const applied = await follow(
    apply(
      plan,
      {
        runner,
        launcher,
        hold: global.descriptor,
        note: (note) => directory.append(name, note),
        oneByOne: options.oneByOne,
        inOrder: options.inOrder || view.after !== undefined,
      },
      interrupt.signal,
    ),
    view.see,
    view.after,
  ).catch((error: unknown): Applied => {
    bug = error;
    return { result: 'interrupted', begun: state.resources };
  });
  if (applied.result === 'applied') {
    directory.append(name, { note: 'ready' });
    await view.see({ event: 'ready', name });
    await view.close();
    const session = { plan, state, lock: runLock, runner, others, oneByOne: options.oneByOne };
    if (!('leave' in launcher)) return { ...session, launcher };
    launcher.leave();
    return session;
  }
  if (applied.result === 'interrupted' && bug === undefined) {
    await view.see({ event: 'interrupted', signal: interrupt.by() ?? 'SIGINT' });
  }
  await view.close();
  const undone: Undone[] = [];
  const begun = { ...state, resources: applied.begun };
  const self = { name, alive: true, state: begun };
  const see: View = (event) => {
    if (event.event === 'undo') undone.push(event);
    view.see(event);
  };
  const left = await undoRun(runner, directory, self, others, global.descriptor, see, launcher);
  if ('dismiss' in launcher) await launcher.dismiss();
  if (bug !== undefined && left.length === 0) throw bug;
  throw rolledBack(plan, applied, undone, left, interrupt);
}

function rolledBack(
  plan: Plan,
  applied: Exclude<Applied, { result: 'applied' }>,
  undone: readonly Undone[],
  left: readonly Undone[],
  interrupt: Interrupt,
): CtrError {
  const by = interrupt.by();
  const stays = [...left, ...undone.filter((one) => one.result === 'in-use')];
  if (applied.result === 'failed' || by === undefined) {
    return stepFailed(plan, 'failure' in applied ? applied.failure : undefined, undone, stays);
  }
  const changes = undone.filter((one) => one.result === 'done').length;
  return new CtrError(
    'interrupted',
    stays.length > 0 ? exitCodes.left : interruptedExit(by),
    { en: `interrupted by ${by}`, zh: `被 ${by} 中断` },
    stays.length > 0
      ? leftDetails(stays, `ctr down ${plan.name}`)
      : {
          undone: {
            en: `${changes} changes; the host is back as it was`,
            zh: `${changes} 处改动；主机已恢复原样`,
          },
        },
  );
}
