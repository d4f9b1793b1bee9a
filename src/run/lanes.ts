import type { Step } from '../model/step.ts';

/** The steps of each lane, with their index in the plan. */
export type Lanes = ReadonlyMap<string, readonly [number, Step][]>;

/** The number of lanes that run at a time: a small machine has that many processors. */
export const lanesAtOnce = 2;

/** The phases of a plan in order, each with its lanes. With `oneByOne`, one phase with one lane. */
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
