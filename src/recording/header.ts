import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import { shellLine } from '../model/command.ts';
import type { Plan } from '../model/plan.ts';
import type { Command, Step } from '../model/step.ts';
import type { Language } from '../model/text.ts';
import { chapterOf } from '../render/groups.ts';
import { goesWith } from '../render/text.ts';
import { removeArgv } from '../resources/index.ts';
import { removableOf } from '../resources/removable-of.ts';
import { maskedConfig } from './masked.ts';
import type { Header, RecordedCommand, RecordedStep } from './recording.ts';

/** What a header says besides the plan. */
export interface Circumstances {
  readonly config: Config;
  readonly facts: Facts;
  readonly language: Language;
  /** The version of ctr. */
  readonly release: string;
  readonly place: 'host' | 'sandbox';
  readonly made: Date;
  readonly tools: Readonly<Record<string, string>>;
}

/** Requests of a tool (ip -batch, iptables-restore) are recorded; a text may be what goes into a file. */
function recordedCommand({ argv, input }: Command): RecordedCommand {
  const line = shellLine(argv);
  if (input === undefined) return { line };
  if (typeof input === 'string') return { line, contents: true };
  return { line, input: input.map(shellLine) };
}

function recordedStep(step: Step): RecordedStep {
  const chapter = chapterOf(step);
  const undo = step.commands
    .flatMap(removableOf)
    .toReversed()
    .map((one) => shellLine(removeArgv(one)));
  return {
    id: step.id,
    of: step.of,
    title: step.title,
    why: step.why,
    ...(chapter === undefined ? {} : { chapter }),
    commands: step.commands.map(recordedCommand),
    undo,
    ...(undo.length > 0 ? {} : { goes: goesWith(step) }),
  };
}

/** @param plan masked (src/recording/masked.ts). */
export function headerOf(plan: Plan, about: Circumstances): Header {
  return {
    name: plan.name,
    made: about.made.toISOString(),
    ctr: about.release,
    place: about.place,
    kernel: about.facts.kernel,
    tools: { ...about.facts.versions, ...about.tools },
    language: about.language,
    ...(plan.fast ? { fast: true } : {}),
    config: maskedConfig(about.config),
    marks: {
      containers: plan.lab.containers.map(({ name }) => name),
      bridges: plan.lab.networks.map(({ bridge }) => bridge),
      uplinks: plan.lab.uplinks,
      pairs: plan.lab.containers.flatMap(({ attachments }) =>
        attachments.map(({ outer, inner }) => ({ outer, inner })),
      ),
    },
    steps: plan.steps.map(recordedStep),
  };
}
