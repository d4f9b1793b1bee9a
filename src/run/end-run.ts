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
import { childrenOf, isReady, supervisorOf } from '../state/runs.ts';

/** How long a container that handles SIGTERM gets to end. */
export const stopMs = 10_000;

const sigterm = 15;

/** Ends the containers of a run that is alive; whoever looks after it then lets go of its lock. */
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

/** Ends containers that are known by their mark alone. @returns how many there were. */
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
    // It has ended already.
  }
}

/** Whether the notes name every container: they may have been lost. */
function isNoted(directory: StateDirectory, name: string): boolean {
  const children = childrenOf(directory, name);
  const state = recordOf(directory, name);
  return state !== undefined && containersOf(state.config).every(([one]) => children.has(one));
}

/** @returns undefined when there is no record that can be read. */
export function recordOf(directory: StateDirectory, name: string): RunState | undefined {
  try {
    return directory.load(name);
  } catch {
    return undefined;
  }
}

/**
 * Ends a run's containers, and its supervisor with them. The supervisor is stopped first: it would
 * otherwise start to clean up beside us. One that cleans up already is waited for.
 */
export async function endProcesses(
  directory: StateDirectory,
  name: string,
  hurry: Promise<false>,
): Promise<void> {
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

/** How long a run may take to come up, or the ctr in its foreground to clean up after it. */
const endMs = 30_000;
/** After this it is ended whether its notes say that it has come up or not: they may be lost. */
const patienceMs = 15_000;

/** Waits until nobody looks after the run any more; what runs in it is ended. */
export async function endRun(
  runner: Runner,
  directory: StateDirectory,
  name: string,
  hurry: Promise<false>,
): Promise<void> {
  const path = directory.lockPath(name);
  const deadline = performance.now() + endMs;
  for (let ended = false; await isHeldForSure(runner, path, ended ? 0.2 : 0); ) {
    // A run on its way up is let to arrive: half of it would look like a failure of its own.
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

/** How long a supervisor may take to see that there is nothing left for it. */
const supervisorEndMs = 30_000;

/** Waits for supervisors that are on their way to take back what has just been taken back. */
export async function awaitSupervisors(supervisors: readonly Process[]): Promise<void> {
  // This ctr may be what one of them has become.
  const others = supervisors.filter(({ pid }) => pid !== process.pid);
  await Promise.all(others.map(({ pid, start }) => waitUntilGone(pid, start, supervisorEndMs)));
}
