import type { Command } from 'commander';
import { help } from '../help.ts';
import type { Surroundings } from './surroundings.ts';

/** Stages of a plan. */
export function addStageVerbs(ctr: Command, { say, context, end }: Surroundings): void {
  ctr
    .command('goto <name> <stage>')
    .description(say(help.goto))
    .action(async (name: string, stage: string) => {
      const { reach } = await import('../../verbs/reach.ts');
      end(await reach(await context(), 'goto', name, [stage]));
    });
  // Started by ctr itself: it keeps a run at a stage.
  ctr
    .command('keep <stage> <file>', { hidden: true })
    .option('--fast')
    .action(async (stage: string, file: string, flags: { fast?: boolean }) => {
      const { keepStage } = await import('../../verbs/goto.ts');
      end(await keepStage(await context(), stage, file, flags.fast === true));
    });
}
