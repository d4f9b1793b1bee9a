import type { Command } from 'commander';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs that are up: their end, their state, their repair. */
export function addRunVerbs(ctr: Command, { say, context, end }: Surroundings): void {
  ctr
    .command('down [name]')
    .description(say(help.down))
    .option('--all', say(optionHelp.all))
    .action(async (name: string | undefined, flags: { all?: boolean }) => {
      const { downAnywhere } = await import('../../verbs/reach.ts');
      end(await downAnywhere(await context(), name, flags));
    });
  // Started by the supervisor of a detached run.
  ctr.command('recover <name>', { hidden: true }).action(async (name: string) => {
    const { recoverOne } = await import('../../verbs/down.ts');
    end(await recoverOne(await context(), name));
  });
  ctr
    .command('gc')
    .description(say(help.gc))
    .option('--dry-run', say(optionHelp.gcDryRun))
    .action(async (flags: { dryRun?: boolean }) => {
      const { gcAnywhere } = await import('../../verbs/reach.ts');
      end(await gcAnywhere(await context(), flags));
    });
  ctr
    .command('ps')
    .description(say(help.ps))
    .option('-a, --all', say(optionHelp.psAll))
    .option('-q, --quiet', say(optionHelp.psQuiet))
    .action(async (flags: { all?: boolean; quiet?: boolean }) => {
      const { psAnywhere } = await import('../../verbs/reach.ts');
      end(await psAnywhere(await context(), { all: flags.all, names: flags.quiet }));
    });
  ctr
    .command('logs <name>')
    .description(say(help.logs))
    .option('-f, --follow', say(optionHelp.follow))
    .action(async (name: string, flags: { follow?: boolean }) => {
      const { reach } = await import('../../verbs/reach.ts');
      end(await reach(await context(), 'logs', name, flags.follow === true ? ['--follow'] : []));
    });
  ctr
    .command('check <name>')
    .description(say(help.check))
    .option('--stage <stage>', say(optionHelp.stage))
    .option('--probe', say(optionHelp.probe))
    .action(async (name: string, { stage, probe }: { stage?: string; probe?: boolean }) => {
      const { reach } = await import('../../verbs/reach.ts');
      const given = stage === undefined ? [] : ['--stage', stage];
      end(await reach(await context(), 'check', name, probe === true ? ['--probe'] : given));
    });
  ctr
    .command('repair <name>')
    .description(say(help.repair))
    .action(async (name: string) => {
      const { reach } = await import('../../verbs/reach.ts');
      end(await reach(await context(), 'repair', name));
    });
}
