import type { Command } from 'commander';
import type { ExampleFlags, InstallFlags } from '../../verbs/cni.ts';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import type { Surroundings } from './surroundings.ts';

/** The verbs about the CNI plugin. Engines call the plugin itself without a verb (src/cni/main.ts). */
export function addCniVerbs(ctr: Command, { say, context, end }: Surroundings): void {
  const cni = ctr.command('cni').helpCommand(false).description(say(help.cni));
  cni
    .command('install [directory]')
    .description(say(help['cni install']))
    .option('--type <name>', say(optionHelp.cniType))
    .option('--net-dir <directory>', say(optionHelp.netDir))
    .action(async (directory: string | undefined, flags: InstallFlags) => {
      const { cniInstall } = await import('../../verbs/cni.ts');
      end(cniInstall(await context(), directory, flags));
    });
  cni
    .command('remove [directory]')
    .description(say(help['cni remove']))
    .option('--type <name>', say(optionHelp.cniType))
    .option('--net-dir <directory>', say(optionHelp.netDir))
    .action(async (directory: string | undefined, flags: InstallFlags) => {
      const { cniRemove } = await import('../../verbs/cni.ts');
      end(cniRemove(await context(), directory, flags));
    });
  cni
    .command('example [directory]')
    .description(say(help['cni example']))
    .requiredOption('--nodes <n>', say(optionHelp.cniNodes))
    .option('--addresses <addresses>', say(optionHelp.cniAddresses))
    .action(async (directory: string | undefined, flags: ExampleFlags) => {
      const { cniExample } = await import('../../verbs/cni.ts');
      end(cniExample(await context(), directory, flags));
    });
  cni
    .command('log [container]')
    .description(say(help['cni log']))
    .action(async (container: string | undefined) => {
      const { cniLog } = await import('../../verbs/cni.ts');
      end(cniLog(await context(), container));
    });
}
