import type { Command } from 'commander';
import type { Focus } from '../../model/focus.ts';
import type { Format } from '../../render/index.ts';
import { settleHost } from '../../sandbox/choose.ts';
import type { Pace } from '../../verbs/pace.ts';
import { commandWords } from '../command-words.ts';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import { focusNamed, paceOf } from './option-values.ts';
import type { HostFlags, Surroundings } from './surroundings.ts';

interface UpCommandFlags extends HostFlags {
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly fast?: boolean;
  readonly oneByOne?: boolean;
  readonly step?: boolean;
  readonly until?: string;
  readonly keys?: string;
  readonly why?: boolean;
  readonly pace?: Pace;
  readonly brief?: boolean;
  readonly focus?: Focus;
  readonly record?: string;
}

interface PlanCommandFlags extends HostFlags {
  readonly compare?: boolean;
  readonly format?: Format;
  readonly facts?: string;
  readonly factsOut?: string;
  readonly out?: string;
  readonly detach?: boolean;
  readonly fast?: boolean;
  readonly brief?: boolean;
  readonly focus?: Focus;
}

/** What ctr does with a config. */
export function addUpAndPlan(
  ctr: Command,
  { words, say, voice, context, end }: Surroundings,
): void {
  const planned = async (
    file: string,
    flags: PlanCommandFlags & { readonly command?: readonly string[] },
  ): Promise<number> => {
    const sandbox = settleHost(flags, 'plan') === 'sandbox';
    const { plan } = await import('../../verbs/plan.ts');
    return await plan(voice(), context, file, { ...flags, sandbox });
  };
  ctr
    .command('up <file> [command...]')
    .description(say(help.up))
    .passThroughOptions()
    .option('--dry-run', say(optionHelp.dryRun))
    .option('-d, --detach', say(optionHelp.detach))
    .option('--sandbox', say(optionHelp.useSandbox))
    .option('--host', say(optionHelp.useHost))
    .option('--fast', say(optionHelp.fast))
    .option('--one-by-one', say(optionHelp.oneByOne))
    .option('--step', say(optionHelp.step))
    .option('--until <stage>', say(optionHelp.until))
    .option('--keys <file>', say(optionHelp.keys))
    .option('--why', say(optionHelp.narrate))
    .option('--pace <pace>', say(optionHelp.pace), paceOf)
    .option('--brief', say(optionHelp.brief))
    .option('--focus <part>', say(optionHelp.focus), focusNamed)
    .option('--record <file>', say(optionHelp.record))
    .action(async (file: string, typed: string[], flags: UpCommandFlags, verb: Command) => {
      const command = commandWords(verb, words, typed);
      if (flags.dryRun === true) {
        end(await planned(file, { ...flags, command }));
      } else if (settleHost(flags, 'change') === 'sandbox') {
        const { upInSandbox } = await import('../../verbs/up-in-sandbox.ts');
        end(await upInSandbox(await context(), file, flags, command));
      } else {
        const { readSource } = await import('../../run/saved-plan.ts');
        const source = readSource(file, { command, fast: flags.fast });
        const opened = await context();
        const { headStart } = await import('../../run/head-start.ts');
        if (flags.until !== undefined && flags.detach === true) {
          const { upUntil } = await import('../../verbs/goto.ts');
          end(await upUntil(opened, source, flags.until));
          return;
        }
        if (flags.step === true) {
          const { stepUp } = await import('../../verbs/step-up.ts');
          end(await stepUp(opened, source, flags));
          return;
        }
        const start = await headStart(opened, flags.oneByOne === true);
        const { up } = await import('../../verbs/up.ts');
        end(await up(opened, start, source, flags));
      }
    });
  ctr
    .command('plan <file>')
    .description(say(help.plan))
    .option('--fast', say(optionHelp.fast))
    .option('--one-by-one', say(optionHelp.planOneByOne))
    .option('--compare', say(optionHelp.compare))
    .option('--brief', say(optionHelp.brief))
    .option('--focus <part>', say(optionHelp.focus), focusNamed)
    .option('--format <format>', say(optionHelp.format))
    .option('--facts <file>', say(optionHelp.facts))
    .option('--facts-out <file>', say(optionHelp.factsOut))
    .option('--out <file>', say(optionHelp.out))
    .option('-d, --detach', say(optionHelp.detach))
    .option('--sandbox', say(optionHelp.useSandbox))
    .option('--host', say(optionHelp.useHost))
    .action(async (file: string, flags: PlanCommandFlags) => {
      end(await planned(file, flags));
    });
}
