import { containersOf } from '../config/replicas.ts';
import { killQuietly } from '../exec/launcher.ts';
import { catches, commandOf, isAlive, sleep, waitUntilGone } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Process } from '../resources/kind.ts';
import type { StateDirectory } from '../state/directory.ts';
import { globalWaitSeconds } from '../state/global-lock.ts';
import { holderOf, isHeldForSure } from '../state/lock.ts';
import { markedStarts, markedSupervisor } from '../state/marked-processes.ts';
import type { RunState } from '../state/record.ts';
import { childrenOf, isReady, notedOf, supervisorOf } from '../state/runs.ts';

/** Milliseconds between SIGTERM and SIGKILL for a container that handles SIGTERM. */
export const stopMs = 10_000;

const sigterm = 15;

/** Ends the containers of a living run. Its supervisor or foreground ctr then releases the run's lock. */
export async function stopContainers(
  directory: StateDirectory,
  name: string,
  hurry?: Promise<false>,
): Promise<void> {
  const children = [...childrenOf(directory, name).values()];
  await Promise.all(
    children.map(async ({ pid, start }) => {
      if (!isAlive(pid, start)) return;
      if (catches(pid, sigterm)) {
        signal(pid, 'SIGTERM');
        const gone = waitUntilGone(pid, start, stopMs);
        if (await (hurry === undefined ? gone : Promise.race([gone, hurry]))) return;
      }
      if (isAlive(pid, start)) killQuietly(pid);
      await waitUntilGone(pid, start, 2000);
    }),
  );
}

/** Ends the containers of a run that are found by their mark alone. @returns their number. */
export async function endStarts(name: string): Promise<number> {
  const starts = markedStarts().filter((one) => one.run === name);
  for (const { pid } of starts) killQuietly(pid);
  await Promise.all(starts.map(({ pid, start }) => waitUntilGone(pid, start, 2000)));
  return starts.length;
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has already ended.
  }
}

/** Whether the notes name every container: notes can be lost. */
function isNoted(directory: StateDirectory, name: string): boolean {
  const children = childrenOf(directory, name);
  const state = recordOf(directory, name);
  return state !== undefined && containersOf(state.config).every(([one]) => children.has(one));
}

/** @returns undefined when there is no readable record. */
export function recordOf(directory: StateDirectory, name: string): RunState | undefined {
  try {
    return directory.load(name);
  } catch {
    return undefined;
  }
}

/**
 * Ends a run's containers and its supervisor. Stops the supervisor (SIGSTOP) first, or it would start to clean up
 * concurrently. If the supervisor already cleans up, waits for it.
 */
export async function endProcesses(
  directory: StateDirectory,
  name: string,
  hurry: Promise<false>,
): Promise<void> {
  const { stageServer } = notedOf(directory, name);
  if (stageServer !== undefined && isAlive(stageServer.pid, stageServer.start)) {
    // It takes everything back by itself.
    process.kill(stageServer.pid, 'SIGTERM');
    await waitUntilGone(stageServer.pid, stageServer.start, globalWaitSeconds * 1000);
    return;
  }
  const noted = isNoted(directory, name);
  const found =
    supervisorOf(directory, name) ??
    (noted ? undefined : markedSupervisor(directory.runPath(name)));
  const supervisor = found !== undefined && isAlive(found.pid, found.start) ? found : undefined;
  const waits = supervisor !== undefined && commandOf(supervisor.pid) === 'sh';
  if (waits) signal(supervisor.pid, 'SIGSTOP');
  await stopContainers(directory, name, hurry);
  if (!noted) await endStarts(name);
  if (supervisor === undefined) return;
  if (waits) signal(supervisor.pid, 'SIGKILL');
  await waitUntilGone(supervisor.pid, supervisor.start, globalWaitSeconds * 1000);
}

/** Milliseconds for a run to come up, or for its foreground ctr to clean up. */
const endMs = 30_000;
/** After this many milliseconds ctr ends a run even if its notes do not say that it is up: they may be lost. */
const patienceMs = 15_000;

/** Ends the run's processes and waits until its lock is free. */
export async function endRun(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  hurry: Promise<false>,
): Promise<void> {
  const path = directory.lockPath(name);
  const deadline = performance.now() + endMs;
  for (let ended = false; await isHeldForSure(runner, path, ended ? 0.2 : 0); ) {
    // A run that is coming up may finish that first: ended halfway, it would report a failure of its own.
    ended = isReady(directory, name) || performance.now() > deadline - endMs + patienceMs;
    if (ended) await endProcesses(directory, name, hurry);
    else await sleep(20);
    if (performance.now() < deadline) continue;
    const pid = holderOf(path);
    throw new CtrError('lock-held', exitCodes.busy, {
      en: `run ${name} is locked by process ${pid}`,
      zh: `运行实例 ${name} 正被进程 ${pid} 锁定`,
    });
  }
}

/** Milliseconds for a supervisor to notice that nothing is left to do. */
const supervisorEndMs = 30_000;

/** Waits for the supervisors of runs that are already undone. */
export async function awaitSupervisors(supervisors: readonly Process[]): Promise<void> {
  // This ctr may itself be a supervisor's successor, with the supervisor's pid.
  const others = supervisors.filter(({ pid }) => pid !== process.pid);
  await Promise.all(others.map(({ pid, start }) => waitUntilGone(pid, start, supervisorEndMs)));
}
