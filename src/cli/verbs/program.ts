import type { Command } from 'commander';
import { release } from '../../model/release.ts';
import { help } from '../help.ts';
import type { Surroundings } from './surroundings.ts';

/** The program and the machine that it is on. */
export function addProgramVerbs(ctr: Command, { say, voice, context, end }: Surroundings): void {
  ctr
    .command('doctor')
    .description(say(help.doctor))
    .action(async () => {
      const opened = await context();
      const { doctor } = await import('../../verbs/doctor.ts');
      end(await doctor(opened));
    });
  ctr
    .command('completion <shell>')
    .description(say(help.completion))
    .action(async (shell: string) => {
      const { completion } = await import('../completion/verb.ts');
      end(await completion(voice(), ctr, shell));
    });
  ctr
    .command('version')
    .description(say(help.version))
    .action(async () => {
      const { tellVersion } = await import('../../verbs/version.ts');
      end(tellVersion(voice(), release));
    });
  ctr
    .command('help [command...]')
    .description(say(help.help))
    .action((path: string[]) => {
      const found = path.reduce<Command | undefined>(
        (at, name) => at?.commands.find((one) => one.name() === name),
        ctr,
      );
      const code = 'commander.unknownCommand';
      if (found === undefined) ctr.error(`unknown command '${path.join(' ')}'`, { code });
      else found.help();
    });
}
