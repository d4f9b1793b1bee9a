import type { ShownArgv, ShownCommand, ShownContainer } from '../json/plan.ts';
import type { Results } from '../json/results.ts';
import { type Argv, shellLine } from '../model/command.ts';
import type { LabContainer } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';
import type { Command, Step } from '../model/step.ts';
import { wayBack } from '../plan.ts';
import { removeArgv } from '../resources/index.ts';
import { removableOf } from '../resources/removable-of.ts';
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

function plain({ argv, where, input, batch: _, ...rest }: Command) {
  return {
    argv: words(argv),
    ...(where === undefined
      ? {}
      : { where: { container: where.container, namespaces: where.namespaces } }),
    ...(input === undefined ? {} : { input: typeof input === 'string' ? input : input.map(words) }),
    ...rest,
  };
}

function command(one: Command): ShownCommand {
  return {
    line: shellLine(one.argv),
    ...plain(one),
    ...(one.batch === undefined ? {} : { batch: one.batch.map(plain) }),
    undo_lines: removableOf(one).map((made) => shellLine(removeArgv(made))),
  };
}

function shownStep(step: Step) {
  return { ...step, commands: step.commands.map(command) };
}

function shown(plan: Plan): Results['plan'] {
  const { name, fast, lab, steps } = plan;
  return {
    name,
    fast: fast === true,
    lab: { ...lab, containers: lab.containers.map(container) },
    steps: steps.map(shownStep),
    teardown: wayBack(plan).map(shownStep),
  };
}

/** The whole plan, with each command also as a shell line. */
export function renderJson(plan: Plan): string {
  return `${resultText('plan', shown(plan))}\n`;
}
