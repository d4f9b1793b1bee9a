import { CtrError, exitCodes } from '../model/errors.ts';
import { type Focus, focuses, focusNames, focusOf } from '../model/focus.ts';
import type { Step } from '../model/step.ts';
import type { Language } from '../model/text.ts';

/** How much of each step is shown: all, one line, or all of one part and one line of the rest. */
export type Depth = 'full' | 'brief' | Focus;

/** Whether a step is shown in one line. */
export function isFolded({ id }: Pick<Step, 'id'>, depth: Depth): boolean {
  return depth !== 'full' && (depth === 'brief' || focusOf[id] !== depth);
}

/** How many steps of each other part are folded, and how to see them. */
export function foldedLines(
  steps: readonly Pick<Step, 'id'>[],
  depth: Depth,
  language: Language,
): readonly string[] {
  if (depth === 'full' || depth === 'brief') return [];
  return focuses.flatMap((one) => {
    const count = one === depth ? 0 : steps.filter(({ id }) => focusOf[id] === one).length;
    if (count === 0) return [];
    const name = focusNames[one][language];
    return {
      en: `${count} ${name} ${count === 1 ? 'step' : 'steps'} folded: --focus ${one} shows ${count === 1 ? 'it' : 'them'}`,
      zh: `已折叠 ${count} 个${name}步骤：用 --focus ${one} 展开`,
    }[language];
  });
}

/** @throws CtrError when both are asked for. */
export function depthOf({
  brief,
  focus,
}: {
  readonly brief?: boolean;
  readonly focus?: Focus;
}): Depth {
  if (brief !== true) return focus ?? 'full';
  if (focus === undefined) return 'brief';
  throw new CtrError('brief-and-focus', exitCodes.usage, {
    en: '--brief and --focus cannot be used together',
    zh: '--brief 和 --focus 不能同时使用',
  });
}
