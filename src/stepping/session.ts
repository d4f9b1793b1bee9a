import type { Config } from '../config/schema.ts';
import { foreground } from '../exec/foreground.ts';
import type { Facts } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Undone, View } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import { getReady, recordRun, type UpOptions } from '../run/bring-up.ts';
import { releaseName } from '../run/claim.ts';
import type { Context } from '../run/context.ts';
import type { HeadStart } from '../run/head-start.ts';
import { undoResources } from '../run/undo-run.ts';
import { worldPid } from '../snapshot/index.ts';
import { withGlobalLock } from '../state/global-lock.ts';
import type { Lock } from '../state/lock.ts';
import { allRuns, type Run, sharer } from '../state/runs.ts';
import { createStepper, type Stepper } from './stepper.ts';

export interface SteppingOptions {
  readonly fast: boolean;
  readonly approve: UpOptions['approve'];
  readonly warn: (warnings: readonly Problem[]) => void;
  /** Shows the events of the run. */
  readonly see: View;
  /** The run outlives the ctr that was typed. */
  readonly detached?: boolean;
}

export interface Stepping {
  readonly stepper: Stepper;
  readonly plan: Plan;
  readonly facts: Facts;
  /** Takes everything back and gives the run's name free. @returns what is left. */
  end(): Promise<readonly Undone[]>;
}

/**
 * Prepares a run that moves one step at a time. Between two moves ctr does not hold the global lock, so that other
 * runs need not wait for a learner.
 * @throws as `bringUp`, before the first change.
 */
export async function openStepping(
  context: Context,
  start: HeadStart,
  config: Config,
  options: SteppingOptions,
): Promise<Stepping> {
  const { runner, directory, interrupt } = start;
  const prepared = await getReady(context, start, config, { ...options, terminal: null });
  const { plan, runLock, global } = prepared;
  const { name } = config;
  let others: readonly Run[] = prepared.others;
  const lockOnce = async <T>(lock: Lock, move: (hold: number) => Promise<T>): Promise<T> => {
    try {
      return await move(lock.descriptor);
    } finally {
      await lock.release();
    }
  };
  const locked = async <T>(move: (hold: number) => Promise<T>): Promise<T> =>
    await lockOnce(await withGlobalLock(runner, directory, interrupt), async (hold) => {
      others = (await allRuns(runner, directory, name)).filter((run) => run.name !== name);
      return await move(hold);
    });
  try {
    return await lockOnce(global, async () => {
      const state = recordRun(directory, config, prepared, {
        oneByOne: true,
        detached: options.detached === true,
      });
      const launcher = foreground(runner, {
        // No container gets the terminal: the keys are the learner's.
        attached: '',
        terminal: false,
        logPath: (container) => directory.logPath(name, container),
        holdNetworks: false,
      });
      const world = worldPid();
      const stepper = await createStepper({
        plan,
        runner,
        launcher,
        locked,
        see: options.see,
        note: (note) => directory.append(name, note),
        ...(world === undefined ? {} : { world }),
        stillUsedBy: (shared) => sharer(others, name)(shared),
        undo: async (resources, hold) =>
          await undoResources(
            runner,
            directory,
            { ...state, resources },
            others,
            hold,
            options.see,
            launcher,
          ),
      });
      return {
        stepper,
        plan,
        facts: prepared.facts,
        // The last one to release the global lock removes an empty state directory.
        end: () =>
          locked(async (hold) => {
            const left = await stepper.close(hold);
            if (left.length === 0) directory.remove(name);
            await runLock.release();
            return left;
          }),
      };
    });
  } catch (error) {
    await releaseName(directory, name, runLock);
    throw error;
  }
}
