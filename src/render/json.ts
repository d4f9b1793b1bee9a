import { type Argv, shellLine } from '../command.ts';
import type { ShownArgv, ShownCommand, ShownContainer } from '../json/plan.ts';
import type { Results } from '../json/results.ts';
import type { LabContainer } from '../lab.ts';
import type { Plan } from '../plan.ts';
import { type Command, undosOf } from '../step.ts';
import { undoArgv } from '../undo.ts';
import { resultText } from './result.ts';

function container({
  workingDir,
  firstUser,
  resolverOptions,
  attachments,
  ...rest
}: LabContainer): ShownContainer {
  return {
    ...rest,
    working_dir: workingDir,
    first_user: firstUser,
    attachments: attachments.map(({ outerMac, ...one }) => ({ ...one, outer_mac: outerMac })),
    resolver_options: resolverOptions,
  };
}

function words(argv: Argv): ShownArgv {
  return argv.map((word) => {
    if (typeof word === 'string') return word;
    const { pidOf, ...around } = word;
    return { pid_of: pidOf, ...around };
  });
}

function plain({ argv, input, batch: _, ...rest }: Command) {
  return {
    argv: words(argv),
    ...(input === undefined ? {} : { input: typeof input === 'string' ? input : input.map(words) }),
    ...rest,
  };
}

function command(one: Command): ShownCommand {
  return {
    line: shellLine(one.argv),
    ...plain(one),
    ...(one.batch === undefined ? {} : { batch: one.batch.map(plain) }),
    undo_lines: undosOf(one).map((undo) => shellLine(undoArgv(undo))),
  };
}

function shown({ name, fast, lab, steps }: Plan): Results['plan'] {
  return {
    name,
    fast: fast === true,
    lab: { ...lab, containers: lab.containers.map(container) },
    steps: steps.map((step) => ({ ...step, commands: step.commands.map(command) })),
  };
}

/** The whole plan, with each command also as a line of shell. */
export function renderJson(plan: Plan): string {
  return `${resultText('plan', shown(plan))}\n`;
}
