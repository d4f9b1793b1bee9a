import { killQuietly, type Launcher } from '../exec/launcher.ts';
import { catches, isAlive, waitUntilGone, within } from '../exec/processes.ts';
import type { Outcome } from '../exec/runner.ts';
import { cmd } from '../model/command.ts';
import type { Undone } from '../model/events.ts';
import type { FirstProcess } from '../model/resource.ts';
import type { Process } from '../resources/kind.ts';

export interface EndHands {
  /** First processes by container, where known. */
  readonly children: ReadonlyMap<string, Process>;
  /** Present when this ctr is the parent of the containers. */
  readonly launcher?: Launcher | undefined;
  /** Milliseconds between SIGTERM and SIGKILL for a container that handles SIGTERM. */
  readonly stopMs: number;
  /** Runs a command under the lock. */
  readonly run: (argv: readonly string[]) => Promise<Outcome>;
}

const sigterm = 15;
/** Milliseconds to wait for a killed process to end. */
const killMs = 2000;

type Result = Pick<Undone, 'result' | 'reason'>;

/** Ends containers: SIGTERM if the first process handles it, then SIGKILL. Waits until they have ended. */
export async function endContainers(
  containers: readonly FirstProcess[],
  { children, launcher, stopMs, run }: EndHands,
): Promise<ReadonlyMap<FirstProcess, Result>> {
  const results = new Map<FirstProcess, Result>();
  const due = containers.flatMap((one) => {
    const child = children.get(one.container);
    if (child !== undefined && isAlive(child.pid, child.start)) return [{ one, ...child }];
    launcher?.abandon(one.container);
    results.set(one, { result: 'gone' });
    return [];
  });
  const alive = () => due.filter(({ pid, start }) => isAlive(pid, start));
  const gone = async (timeoutMs: number, those = due) => {
    await Promise.all(those.map(({ pid, start }) => waitUntilGone(pid, start, timeoutMs)));
  };
  const kill = (signal: 'TERM' | 'KILL', those: readonly Process[]) =>
    run(cmd`kill -s ${signal} ${those.map(({ pid }) => String(pid))}` as readonly string[]);
  const willing = due.filter(({ pid }) => catches(pid, sigterm));
  if (willing.length > 0) {
    await kill('TERM', willing);
    await gone(stopMs, willing);
  }
  let said = '';
  if (alive().length > 0) {
    const outcome = await kill('KILL', alive());
    said = outcome.stderr.trim();
    await gone(outcome.ok ? killMs : 50);
  }
  // If kill(1) failed, ctr kills them itself: nothing may outlive it.
  for (const { pid } of alive()) killQuietly(pid);
  await gone(killMs);
  await Promise.all(
    containers.map(async ({ container }) => {
      const ended = launcher?.ended(container);
      if (ended !== undefined) await within(ended, killMs);
    }),
  );
  for (const { one, pid, start } of due) {
    const result: Result = isAlive(pid, start)
      ? { result: 'failed', reason: said }
      : { result: 'done' };
    results.set(one, result);
  }
  return results;
}
