import type { Command } from 'commander';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import type { Surroundings } from './surroundings.ts';

/** Words, steps and codes. */
export function addExplainVerbs(ctr: Command, { say, voice, context, end }: Surroundings): void {
  ctr
    .command('explain [topic] [command...]')
    .description(say(help.explain))
    .option('--netlink', say(optionHelp.netlink))
    .passThroughOptions()
    .action(async (topic: string | undefined, more: string[], flags: { netlink?: boolean }) => {
      const { explain } = await import('../../verbs/explain.ts');
      const asked = topic === undefined ? [] : [topic, ...more];
      end(await explain(voice(), context, flags.netlink ? [...asked, '--netlink'] : asked));
    });
  // Started by ctr itself, inside a sandbox host.
  ctr.command('explain-inside <topic>', { hidden: true }).action(async (topic: string) => {
    const { explainInside } = await import('../../verbs/explain.ts');
    end(await explainInside(await context(), topic));
  });
}
