import { CtrError, exitCodes } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Plan } from '../model/plan.ts';

/** The words for the state before the first step and after the last one. */
const ends = { start: 'start', end: 'end' } as const;

/** The names of a step by which `--until`, `goto` and `check --stage` know it: `attach-bridge`, `attach-bridge:web/eth0`. */
export function stageNames({ steps }: Plan): readonly string[] {
  return [
    ends.start,
    ...steps.map(({ id, of }, index) => {
      const first = steps.findIndex((one) => one.id === id) === index;
      const only = first && steps.filter((one) => one.id === id).length === 1;
      return only ? id : `${id}:${of}`;
    }),
    ends.end,
  ];
}

/**
 * The position of a stage: the number of steps that are done there.
 * @param word a number of steps, `start`, `end`, a step's id (the last step of that id), or `ID:OF`.
 * @throws CtrError with exit code 2 when the plan has no such stage.
 */
export function positionOf(plan: Plan, word: string): number {
  const { steps } = plan;
  if (word === ends.start) return 0;
  if (word === ends.end) return steps.length;
  if (/^\d{1,6}$/.test(word) && Number(word) <= steps.length) return Number(word);
  const at = steps.findLastIndex(({ id, of }) => id === word || `${id}:${of}` === word);
  if (at >= 0) return at + 1;
  const names = stageNames(plan);
  const near = nearest(word, names);
  throw new CtrError(
    'no-such-stage',
    exitCodes.usage,
    { en: `the plan has no stage ${word}`, zh: `计划里没有阶段 ${word}` },
    { try: [near ?? [], `0 … ${steps.length}`, names.slice(0, 40).join(' ')].flat().slice(0, 3) },
  );
}
