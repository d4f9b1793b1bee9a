import type { Plan } from '../model/plan.ts';
import type { Step } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import { escapeControls } from './escape-controls.ts';
import type { RenderOptions } from './options.ts';
import { wrap } from './wrap.ts';

const columns = 78;

function commandsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { commands }) => sum + commands.length, 0);
}

/** Steps grouped by id. */
function byId(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const groups = new Map<string, Step[]>();
  for (const step of steps) groups.set(step.id, [...(groups.get(step.id) ?? []), step]);
  return groups;
}

function tally(steps: readonly Step[], language: 'en' | 'zh'): string {
  const count = commandsOf(steps);
  return { en: count === 1 ? '1 command' : `${count} commands`, zh: `${count} 条命令` }[language];
}

const heads = {
  staged: { en: 'staged', zh: '分步' },
  fast: { en: 'fast', zh: '快速' },
  waits: {
    en: 'Steps of different containers run in parallel. When ctr undoes the run, it deletes all interfaces as one group, and removes the firewall rules at the same time.',
    zh: '不同容器的步骤并行执行。撤销时，所有接口作为一组删除，同时删除防火墙规则。',
  },
} satisfies Record<string, Text>;

/** Compares both plans: which steps each merge of the fast plan replaces, and what it saves. */
export function renderComparison(staged: Plan, fast: Plan, options: RenderOptions): string {
  const { language } = options;
  const before = byId(staged.steps);
  const lines = [
    `# ${escapeControls(options.title)}: ${heads.staged[language]} ${tally(staged.steps, language)}, ${heads.fast[language]} ${tally(fast.steps, language)}`,
    '',
  ];
  for (const [id, steps] of byId(fast.steps)) {
    const merges = steps[0]?.merges;
    const replaced = (merges?.steps ?? [id]).flatMap((one) => {
      const found = before.get(one);
      return found === undefined ? [] : [{ id: one, steps: found }];
    });
    const width = Math.max(...replaced.map((one) => one.id.length), 8);
    const right = `${id}   ${tally(steps, language)}`;
    const left = replaced.map(
      (one) => `${one.id.padEnd(width)}  ${String(commandsOf(one.steps)).padStart(4)}`,
    );
    if (left.length === 0) lines.push(`  ${''.padEnd(width + 6)} ──▶ ${right}`);
    lines.push(
      ...left.map((text, index) => {
        const last = index === left.length - 1;
        const join = left.length === 1 ? '─' : index === 0 ? '┐' : last ? '┴' : '┤';
        return last ? `  ${text} ${join}─▶ ${right}` : `  ${text} ${join}`;
      }),
      ...(merges === undefined ? [] : wrap(merges.saves[language], columns - 4)).map(
        (line) => `    ${line}`,
      ),
      '',
    );
  }
  return `${[...lines, ...wrap(heads.waits[language], columns).map((line) => `# ${line}`)].join('\n')}\n`;
}
