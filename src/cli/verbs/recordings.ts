import type { Command } from 'commander';
import type { Pace } from '../../verbs/pace.ts';
import type { ReplayFlags } from '../../verbs/replay.ts';
import type { ReportFlags } from '../../verbs/report.ts';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import { paceOf } from './option-values.ts';
import type { Surroundings } from './surroundings.ts';

/** Recorded runs: the demo, which makes one, and what shows them. */
export function addRecordingVerbs(ctr: Command, { say, voice, context, end }: Surroundings): void {
  ctr
    .command('demo')
    .description(say(help.demo))
    .option('--pace <pace>', say(optionHelp.pace), paceOf)
    .action(async (flags: { pace?: Pace }) => {
      const { demo } = await import('../../verbs/demo.ts');
      end(await demo(await context(), flags));
    });
  // Started by ctr itself, inside a sandbox host.
  ctr
    .command('demo-inside [record]', { hidden: true })
    .option('--pace <pace>', say(optionHelp.pace), paceOf)
    .action(async (record: string | undefined, flags: { pace?: Pace }) => {
      const { demoInside } = await import('../../verbs/demo.ts');
      end(await demoInside(await context(), flags, record));
    });
  ctr
    .command('replay [file]')
    .description(say(help.replay))
    .option('--pace <seconds>', say(optionHelp.replayPace))
    .option('--keys <file>', say(optionHelp.keys))
    .option('--cast <file>', say(optionHelp.cast))
    .action(async (file: string | undefined, flags: ReplayFlags) => {
      const { replay } = await import('../../verbs/recorded.ts');
      end(await replay(voice(), file, flags));
    });
  ctr
    .command('report [file]')
    .description(say(help.report))
    .option('--html', say(optionHelp.html))
    .option('--md', say(optionHelp.md))
    .option('--worksheet', say(optionHelp.worksheet))
    .option('--out <file>', say(optionHelp.reportOut))
    .action(async (file: string | undefined, flags: ReportFlags) => {
      const { report } = await import('../../verbs/recorded.ts');
      end(await report(voice(), file, flags));
    });
}
