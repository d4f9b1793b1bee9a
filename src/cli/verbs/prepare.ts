import type { Command } from 'commander';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import type { Surroundings } from './surroundings.ts';

/** What comes before a run: root file systems and configs. */
export function addPreparingVerbs(ctr: Command, { say, voice, context, end }: Surroundings): void {
  ctr
    .command('rootfs')
    .helpCommand(false)
    .description(say(help.rootfs))
    .command('create <directory>')
    .description(say(help['rootfs create']))
    .option('--from <source>', say(optionHelp.from))
    .action(async (directory: string, flags: { from?: string }) => {
      const { rootfsCreate } = await import('../../verbs/rootfs.ts');
      end(await rootfsCreate(await context(), directory, flags));
    });
  ctr
    .command('validate <file>')
    .description(say(help.validate))
    .option('--expand', say(optionHelp.expand))
    .action(async (file: string, flags: { expand?: boolean }) => {
      const { validate } = await import('../../verbs/validate.ts');
      end(await validate(voice(), file, flags));
    });
  ctr
    .command('schema')
    .description(say(help.schema))
    .action(async () => {
      const { schema } = await import('../../verbs/schema.ts');
      end(await schema(voice()));
    });
  ctr
    .command('init [file]')
    .description(say(help.init))
    .option('--force', say(optionHelp.force))
    .action(async (file: string | undefined, flags: { force?: boolean }) => {
      const { init } = await import('../../verbs/init.ts');
      end(await init(voice(), file ?? 'ctr.json', flags));
    });
}
