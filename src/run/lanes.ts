import type { Step } from '../model/step.ts';

/** Steps with their place in the plan, by lane. */
export type Lanes = ReadonlyMap<string, readonly [number, Step][]>;

/** Lanes run side by side on as many processors as a small machine has. */
export const lanesAtOnce = 2;

/** The phases of a plan in order, each with its lanes. With `oneByOne` there is one phase with one lane. */
export function* phases(steps: readonly Step[], oneByOne: boolean): Generator<Lanes> {
  let lanes = new Map<string, [number, Step][]>();
  let before: string | undefined;
  for (const [index, step] of steps.entries()) {
    const [phase, lane] = (oneByOne ? undefined : step.lane) ?? ['', ''];
    if (before !== undefined && before !== phase) {
      yield lanes;
      lanes = new Map();
    }
    before = phase;
    const own = lanes.get(lane);
    if (own === undefined) lanes.set(lane, [[index, step]]);
    else own.push([index, step]);
  }
  yield lanes;
}
