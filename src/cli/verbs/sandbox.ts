import type { Command } from 'commander';
import { commandWords } from '../command-words.ts';
import { help } from '../help.ts';
import type { Surroundings } from './surroundings.ts';

/** The sandbox host itself. */
export function addSandboxVerbs(ctr: Command, { words, say, context, end }: Surroundings): void {
  ctr
    .command('sandbox [command...]')
    .description(say(help.sandbox))
    .passThroughOptions()
    .action(async (typed: string[], _: object, verb: Command) => {
      const { sandbox } = await import('../../verbs/sandbox.ts');
      end(await sandbox(await context(), commandWords(verb, words, typed)));
    });
  ctr.command('world', { hidden: true }).action(async () => {
    const { serveWorld } = await import('../../sandbox/world.ts');
    await serveWorld();
  });
}
