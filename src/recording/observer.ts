import type { Runner } from '../exec/runner.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { madeBy } from '../model/step.ts';
import { explain, readSettled, worldPid } from '../snapshot/index.ts';
import type { StateDirectory } from '../state/directory.ts';
import { childrenOf } from '../state/runs.ts';
import type { Observer } from './recorder.ts';

/** Looks at this host and at the containers in a run's record. */
export function observerOf(runner: Runner, directory: StateDirectory, plan: Plan): Observer {
  const madeAt = (step: number): readonly Resource[] =>
    (plan.steps[step]?.commands ?? []).flatMap(madeBy);
  const world = worldPid();
  const all = plan.steps.flatMap((_, step) => madeAt(step));
  return {
    async read(kind, step) {
      const children = childrenOf(directory, plan.name);
      const containers = new Map([...children].map(([name, { pid }]) => [name, pid]));
      return await readSettled(runner, { containers, world }, kind === 'step' ? madeAt(step) : []);
    },
    compare(before, after, kind, step) {
      switch (kind) {
        case 'step':
          return explain(before, after, { makes: madeAt(step) });
        case 'back':
          return explain(before, after, { removes: madeAt(step) });
        case 'end':
          return explain(before, after, { removes: all });
        case 'start':
        case 'by-hand':
          return explain(before, after);
      }
    },
  };
}
