import type { Command } from 'commander';
import type { NecessityFlags } from '../../verbs/necessity.ts';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import { whole } from './option-values.ts';
import type { Surroundings } from './surroundings.ts';

/** Experiments. */
export function addLabVerbs(ctr: Command, { say, context, end }: Surroundings): void {
  ctr
    .command('lab')
    .helpCommand(false)
    .description(say(help.lab))
    .command('necessity <file>')
    .description(say(help['lab necessity']))
    .option('--format <format>', say(optionHelp.necessityFormat))
    .option('--jobs <number>', say(optionHelp.jobs), whole(1, 64))
    .option('--drop', say(optionHelp.dropForward))
    .option('--sample <number>', say(optionHelp.sample), whole(1, 1_000_000))
    .action(async (file: string, flags: NecessityFlags) => {
      const { necessity } = await import('../../verbs/necessity.ts');
      end(await necessity(await context(), file, flags));
    });
  // Started by ctr itself, inside a sandbox host.
  ctr
    .command('necessity-inside <file>', { hidden: true })
    .option('--drop')
    .action(async (file: string, flags: { drop?: boolean }) => {
      const { necessityInside } = await import('../../verbs/necessity-inside.ts');
      end(await necessityInside(await context(), file, flags));
    });
}
