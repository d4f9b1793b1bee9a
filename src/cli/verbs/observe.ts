import type { Command } from 'commander';
import { settleHost } from '../../sandbox/choose.ts';
import type { BesideFlags } from '../../verbs/beside.ts';
import type { TraceFlags } from '../../verbs/trace.ts';
import type { WatchFlags } from '../../verbs/watch.ts';
import { chosenWay, type StrangerFlags } from '../../xray/way.ts';
import { commandWords } from '../command-words.ts';
import { help } from '../help.ts';
import { optionHelp } from '../option-help.ts';
import { intervalOf, nodesOf, protocolOf, whole } from './option-values.ts';
import type { HostFlags, Surroundings } from './surroundings.ts';

interface GraphCommandFlags extends HostFlags {
  readonly format?: string;
  readonly out?: string;
  readonly facts?: string;
}

/** Ends with commander's error for an argument that only some options make unnecessary. */
function lacks(command: Command, argument: string): never {
  return command.error(`error: missing required argument '${argument}'`, {
    code: 'commander.missingArgument',
  });
}

/** What is in a network, and what its packets do. */
export function addObservingVerbs(ctr: Command, { words, say, context, end }: Surroundings): void {
  /** The options that name a container that ctr did not make. */
  const ofStrangers = (command: Command): Command =>
    command
      .option('--pid <pid>', say(optionHelp.strangerPid))
      .option('--docker <id>', say(optionHelp.strangerDocker))
      .option('--podman <id>', say(optionHelp.strangerPodman))
      .option('--netns <ns>', say(optionHelp.strangerNetns));
  for (const verb of ['inspect', 'why'] as const) {
    ofStrangers(ctr.command(`${verb} [name]`))
      .description(say(help[verb]))
      .action(async (name: string | undefined, flags: StrangerFlags, command: Command) => {
        const chosen = chosenWay(flags, name);
        const opened = await context();
        if (chosen !== undefined) {
          const { inspectStranger, whyStranger } = await import('../../verbs/traced.ts');
          end(await (verb === 'why' ? whyStranger : inspectStranger)(opened, chosen));
          return;
        }
        const { reach } = await import('../../verbs/reach.ts');
        end(await reach(opened, verb, name ?? lacks(command, 'name')));
      });
  }
  ofStrangers(ctr.command('graph [target]'))
    .description(say(help.graph))
    .option('--format <picture>', say(optionHelp.graphFormat))
    .option('--out <file>', say(optionHelp.graphOut))
    .option('--facts <file>', say(optionHelp.facts))
    .option('--sandbox', say(optionHelp.useSandbox))
    .option('--host', say(optionHelp.useHost))
    .action(async (target: string | undefined, flags: GraphCommandFlags & StrangerFlags) => {
      const stranger = chosenWay(flags, target);
      const sandbox = settleHost(flags, 'plan') === 'sandbox';
      const opened = await context();
      const { graph } = await import('../../verbs/graph.ts');
      end(await graph(opened, target, { ...flags, sandbox, stranger }));
    });
  ctr
    .command('exec <name> [command...]')
    .description(say(help.exec))
    .passThroughOptions()
    .option('--host', say(optionHelp.besideHost))
    .option('--world', say(optionHelp.besideWorld))
    .action(async (name: string, typed: string[], flags: BesideFlags, verb: Command) => {
      const command = commandWords(verb, words, typed);
      if (flags.host === true || flags.world === true) {
        const { beside } = await import('../../verbs/beside.ts');
        end(await beside(await context(), flags, name, command));
        return;
      }
      const { reach } = await import('../../verbs/reach.ts');
      end(await reach(await context(), 'exec', name, command));
    });
  ctr
    .command('watch <name>')
    .description(say(help.watch))
    .option('--interval <seconds>', say(optionHelp.interval), intervalOf)
    .option('--count <readings>', say(optionHelp.count), whole(1, 1_000_000))
    .action(async (name: string, flags: WatchFlags) => {
      const { reach } = await import('../../verbs/reach.ts');
      const { interval, count } = flags;
      const given = [
        ...(interval === undefined ? [] : ['--interval', String(interval)]),
        ...(count === undefined ? [] : ['--count', String(count)]),
      ];
      end(await reach(await context(), 'watch', name, given, flags));
    });
  ofStrangers(ctr.command('trace [name] [target]'))
    .description(say(help.trace))
    .option('--protocol <protocol>', say(optionHelp.traceProtocol), protocolOf)
    .option('--from <place>', say(optionHelp.traceFrom))
    .option('--node <node>', say(optionHelp.traceNode), nodesOf)
    .option('--kernel', say(optionHelp.traceKernel))
    .option('--size <bytes>', say(optionHelp.traceSize), whole(28, 65_535))
    .option('--raw', say(optionHelp.traceRaw))
    .option('--mermaid', say(optionHelp.traceMermaid))
    .option('--html', say(optionHelp.traceHtml))
    .action(
      async (
        first: string | undefined,
        second: string | undefined,
        flags: TraceFlags & StrangerFlags,
        command: Command,
      ) => {
        // Beside a container that ctr did not make, only the target is named.
        const chosen = chosenWay(flags, second === undefined ? undefined : first);
        const opened = await context();
        const { traceAnywhere, traceStranger } = await import('../../verbs/traced.ts');
        if (chosen !== undefined) {
          end(await traceStranger(opened, chosen, first ?? lacks(command, 'target'), flags));
          return;
        }
        const name = first ?? lacks(command, 'name');
        end(await traceAnywhere(opened, name, second ?? lacks(command, 'target'), flags));
      },
    );
}
