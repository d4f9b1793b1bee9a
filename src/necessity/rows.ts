import { shellLine } from '../model/command.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { type Command, madeBy, type Step } from '../model/step.ts';
import { removeArgv } from '../resources/index.ts';
import { reverseOf } from '../stepping/reverse.ts';
import { purposeOf } from './purposes.ts';

/** One experiment: a command that never runs, or something that is taken away once the run is up. */
export interface Row {
  /** From 1, in the order of the plan; what is removed afterwards comes last. */
  readonly number: number;
  readonly act: 'leave-out' | 'remove';
  /** Indices of the plan's step, and of the command in it. */
  readonly step: number;
  readonly command: number;
  /** What the command is for, as a key of the table of sentences. */
  readonly purpose: string;
  /** The command that is left out, or that removes; pids are shell variables. */
  readonly line: string;
  /** The commands that remove. */
  readonly removal: readonly Command[];
}

/** What is removed afterwards: rules, sysctls, addresses and routes can be lost while a run is up. */
function removalOf(resource: Resource, step: Step): readonly Command[] {
  switch (resource.kind) {
    case 'firewall-rule':
    case 'nft-table':
    case 'sysctl':
      return [{ argv: removeArgv(resource), makes: [] }];
    case 'address':
    case 'route': {
      const alone = { ...step, commands: [{ argv: [], makes: [resource] }] };
      // Neither needs to know what was there before.
      const nothing = { links: [], routes: [], rules: [], neighbours: [], fdb: [], firewall: [] };
      const snapshot = { version: 1, host: { ...nothing, sysctls: {} }, containers: {} } as const;
      return reverseOf(alone, { snapshot, hostNetwork: '' }) ?? [];
    }
    default:
      return [];
  }
}

/** Every experiment of a plan. Pure. */
export function rowsOf(plan: Plan): readonly Row[] {
  const commands = plan.steps.flatMap((step, index) =>
    step.commands.map((command, at) => ({ step, index, command, at })),
  );
  const left = commands.map(({ step, index, command, at }): Omit<Row, 'number'> => {
    const purpose = purposeOf(step, command);
    const line = shellLine(command.argv);
    return { act: 'leave-out', step: index, command: at, purpose, line, removal: [] };
  });
  const removed = commands.flatMap(({ step, index, command, at }) =>
    madeBy(command).flatMap((resource): readonly Omit<Row, 'number'>[] => {
      const removal = removalOf(resource, step);
      if (removal.length === 0) return [];
      const line = removal.map(({ argv }) => shellLine(argv)).join('; ');
      const purpose = purposeOf(step, command);
      return [{ act: 'remove', step: index, command: at, purpose, line, removal }];
    }),
  );
  return [...left, ...removed].map((row, index) => ({ number: index + 1, ...row }));
}

/** The plan of a row: without the command that is left out. */
export function planWithout(plan: Plan, { act, step, command }: Row): Plan {
  if (act === 'remove') return plan;
  const steps = plan.steps.map((one, index) =>
    index === step ? { ...one, commands: one.commands.filter((_, at) => at !== command) } : one,
  );
  return { ...plan, steps };
}
