import { type Command, InvalidArgumentError } from 'commander';
import { type Focus, focuses } from '../model/focus.ts';
import { release } from '../model/release.ts';
import type { Text } from '../model/text.ts';
import type { Format } from '../render/index.ts';
import type { Context, Voice } from '../run/context.ts';
import { settleHost } from '../sandbox/choose.ts';
import type { BesideFlags } from '../verbs/beside.ts';
import type { ExampleFlags, InstallFlags } from '../verbs/cni.ts';
import type { NecessityFlags } from '../verbs/necessity.ts';
import type { Pace } from '../verbs/pace.ts';
import type { ReplayFlags } from '../verbs/replay.ts';
import type { ReportFlags } from '../verbs/report.ts';
import type { TraceFlags } from '../verbs/trace.ts';
import type { WatchFlags } from '../verbs/watch.ts';
import { chosenWay, type StrangerFlags } from '../xray/way.ts';
import { commandWords } from './command-words.ts';
import { help } from './help.ts';

/** What the verbs need from the command line. */
export interface Surroundings {
  /** The words after the program's name. */
  readonly words: readonly string[];
  readonly say: (text: Text) => string;
  readonly voice: () => Voice;
  readonly context: () => Promise<Context>;
  /** Called with the exit code. */
  readonly end: (code: number) => void;
}

interface HostFlags {
  readonly sandbox?: boolean;
  readonly host?: boolean;
}
interface UpCommandFlags extends HostFlags {
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly fast?: boolean;
  readonly oneByOne?: boolean;
  readonly step?: boolean;
  readonly until?: string;
  readonly keys?: string;
  readonly why?: boolean;
  readonly pace?: Pace;
  readonly brief?: boolean;
  readonly focus?: Focus;
  readonly record?: string;
}
interface PlanCommandFlags extends HostFlags {
  readonly compare?: boolean;
  readonly format?: Format;
  readonly facts?: string;
  readonly factsOut?: string;
  readonly out?: string;
  readonly detach?: boolean;
  readonly fast?: boolean;
  readonly brief?: boolean;
  readonly focus?: Focus;
}

/** Ends with commander's error for an argument that only some options make unnecessary. */
function lacks(command: Command, argument: string): never {
  return command.error(`error: missing required argument '${argument}'`, {
    code: 'commander.missingArgument',
  });
}

/** Parses `enter` or seconds up to an hour. */
function paceOf(word: string): Pace {
  if (word === 'enter') return word;
  const value = Number(word);
  if (word === '' || !(value >= 0 && value <= 3600))
    throw new InvalidArgumentError('enter, 0 … 3600');
  return value;
}

function focusNamed(word: string): Focus {
  const found = focuses.find((one) => one === word);
  if (found === undefined) throw new InvalidArgumentError(focuses.join(', '));
  return found;
}

/** Parses seconds between readings. */
function intervalOf(word: string): number {
  const value = Number(word);
  if (!(value >= 0.2 && value <= 3600)) throw new InvalidArgumentError('0.2 … 3600');
  return value;
}

function protocolOf(word: string): NonNullable<TraceFlags['protocol']> {
  const found = (['icmp', 'tcp', 'udp'] as const).find((one) => one === word);
  if (found === undefined) throw new InvalidArgumentError('icmp, tcp, udp');
  return found;
}

/** Parses the size of an IP packet: at least its header and that of an ICMP echo. */
function sizeOf(word: string): number {
  const value = Number(word);
  if (!(Number.isInteger(value) && value >= 28 && value <= 65_535)) {
    throw new InvalidArgumentError('28 … 65535');
  }
  return value;
}

function nodesOf(word: string, before: readonly string[] = []): readonly string[] {
  return [...before, word];
}

function countOf(word: string): number {
  const value = Number(word);
  if (!(Number.isInteger(value) && value >= 1 && value <= 1_000_000)) {
    throw new InvalidArgumentError('1 … 1000000');
  }
  return value;
}

function jobsOf(word: string): number {
  const value = Number(word);
  if (!(Number.isInteger(value) && value >= 1 && value <= 64)) {
    throw new InvalidArgumentError('1 … 64');
  }
  return value;
}

interface GraphCommandFlags extends HostFlags {
  readonly format?: string;
  readonly out?: string;
  readonly facts?: string;
}

/** Adds every verb. A verb's file is loaded only when the verb is called. */
export function addVerbs(ctr: Command, { words, say, voice, context, end }: Surroundings): void {
  const planned = async (
    file: string,
    flags: PlanCommandFlags & { readonly command?: readonly string[] },
  ): Promise<number> => {
    const sandbox = settleHost(flags, 'plan') === 'sandbox';
    const { plan } = await import('../verbs/plan.ts');
    return await plan(voice(), context, file, { ...flags, sandbox });
  };
  ctr
    .command('up <file> [command...]')
    .description(say(help.up))
    .passThroughOptions()
    .option('--dry-run', say(help.dryRun))
    .option('-d, --detach', say(help.detach))
    .option('--sandbox', say(help.useSandbox))
    .option('--host', say(help.useHost))
    .option('--fast', say(help.fast))
    .option('--one-by-one', say(help.oneByOne))
    .option('--step', say(help.step))
    .option('--until <stage>', say(help.until))
    .option('--keys <file>', say(help.keys))
    .option('--why', say(help.narrate))
    .option('--pace <pace>', say(help.pace), paceOf)
    .option('--brief', say(help.brief))
    .option('--focus <part>', say(help.focus), focusNamed)
    .option('--record <file>', say(help.record))
    .action(async (file: string, typed: string[], flags: UpCommandFlags, verb: Command) => {
      const command = commandWords(verb, words, typed);
      if (flags.dryRun === true) {
        end(await planned(file, { ...flags, command }));
      } else if (settleHost(flags, 'change') === 'sandbox') {
        const { upInSandbox } = await import('../verbs/up-in-sandbox.ts');
        end(await upInSandbox(await context(), file, flags, command));
      } else {
        const { readSource } = await import('../run/saved-plan.ts');
        const source = readSource(file, { command, fast: flags.fast });
        const opened = await context();
        const { headStart } = await import('../run/head-start.ts');
        if (flags.until !== undefined && flags.detach === true) {
          const { upUntil } = await import('../verbs/goto.ts');
          end(await upUntil(opened, source, flags.until));
          return;
        }
        if (flags.step === true) {
          const { stepUp } = await import('../verbs/step-up.ts');
          end(await stepUp(opened, source, flags));
          return;
        }
        const start = await headStart(opened, flags.oneByOne === true);
        const { up } = await import('../verbs/up.ts');
        end(await up(opened, start, source, flags));
      }
    });
  ctr
    .command('plan <file>')
    .description(say(help.plan))
    .option('--fast', say(help.fast))
    .option('--one-by-one', say(help.planOneByOne))
    .option('--compare', say(help.compare))
    .option('--brief', say(help.brief))
    .option('--focus <part>', say(help.focus), focusNamed)
    .option('--format <format>', say(help.format))
    .option('--facts <file>', say(help.facts))
    .option('--facts-out <file>', say(help.factsOut))
    .option('--out <file>', say(help.out))
    .option('-d, --detach', say(help.detach))
    .option('--sandbox', say(help.useSandbox))
    .option('--host', say(help.useHost))
    .action(async (file: string, flags: PlanCommandFlags) => {
      end(await planned(file, flags));
    });
  ctr
    .command('down [name]')
    .description(say(help.down))
    .option('--all', say(help.all))
    .action(async (name: string | undefined, flags: { all?: boolean }) => {
      const { downAnywhere } = await import('../verbs/reach.ts');
      end(await downAnywhere(await context(), name, flags));
    });
  ctr
    .command('gc')
    .description(say(help.gc))
    .option('--dry-run', say(help.gcDryRun))
    .action(async (flags: { dryRun?: boolean }) => {
      const { gcAnywhere } = await import('../verbs/reach.ts');
      end(await gcAnywhere(await context(), flags));
    });
  ctr
    .command('ps')
    .description(say(help.ps))
    .option('-a, --all', say(help.psAll))
    .option('-q, --quiet', say(help.psQuiet))
    .action(async (flags: { all?: boolean; quiet?: boolean }) => {
      const { psAnywhere } = await import('../verbs/reach.ts');
      end(await psAnywhere(await context(), { all: flags.all, names: flags.quiet }));
    });
  ctr
    .command('logs <name>')
    .description(say(help.logs))
    .option('-f, --follow', say(help.follow))
    .action(async (name: string, flags: { follow?: boolean }) => {
      const { reach } = await import('../verbs/reach.ts');
      end(await reach(await context(), 'logs', name, flags.follow === true ? ['--follow'] : []));
    });
  ctr
    .command('check <name>')
    .description(say(help.check))
    .option('--stage <stage>', say(help.stage))
    .option('--probe', say(help.probe))
    .action(async (name: string, { stage, probe }: { stage?: string; probe?: boolean }) => {
      const { reach } = await import('../verbs/reach.ts');
      const given = stage === undefined ? [] : ['--stage', stage];
      end(await reach(await context(), 'check', name, probe === true ? ['--probe'] : given));
    });
  ctr
    .command('repair <name>')
    .description(say(help.repair))
    .action(async (name: string) => {
      const { reach } = await import('../verbs/reach.ts');
      end(await reach(await context(), 'repair', name));
    });
  /** The options that name a container that ctr did not make. */
  const ofStrangers = (command: Command): Command =>
    command
      .option('--pid <pid>', say(help.strangerPid))
      .option('--docker <id>', say(help.strangerDocker))
      .option('--podman <id>', say(help.strangerPodman))
      .option('--netns <ns>', say(help.strangerNetns));
  for (const verb of ['inspect', 'why'] as const) {
    ofStrangers(ctr.command(`${verb} [name]`))
      .description(say(help[verb]))
      .action(async (name: string | undefined, flags: StrangerFlags, command: Command) => {
        const chosen = chosenWay(flags, name);
        const opened = await context();
        if (chosen !== undefined) {
          const { inspectStranger, whyStranger } = await import('../verbs/traced.ts');
          end(await (verb === 'why' ? whyStranger : inspectStranger)(opened, chosen));
          return;
        }
        const { reach } = await import('../verbs/reach.ts');
        end(await reach(opened, verb, name ?? lacks(command, 'name')));
      });
  }
  ofStrangers(ctr.command('graph [target]'))
    .description(say(help.graph))
    .option('--format <picture>', say(help.graphFormat))
    .option('--out <file>', say(help.graphOut))
    .option('--facts <file>', say(help.facts))
    .option('--sandbox', say(help.useSandbox))
    .option('--host', say(help.useHost))
    .action(async (target: string | undefined, flags: GraphCommandFlags & StrangerFlags) => {
      const stranger = chosenWay(flags, target);
      const sandbox = settleHost(flags, 'plan') === 'sandbox';
      const opened = await context();
      const { graph } = await import('../verbs/graph.ts');
      end(await graph(opened, target, { ...flags, sandbox, stranger }));
    });
  ctr
    .command('exec <name> [command...]')
    .description(say(help.exec))
    .passThroughOptions()
    .option('--host', say(help.besideHost))
    .option('--world', say(help.besideWorld))
    .action(async (name: string, typed: string[], flags: BesideFlags, verb: Command) => {
      const command = commandWords(verb, words, typed);
      if (flags.host === true || flags.world === true) {
        const { beside } = await import('../verbs/beside.ts');
        end(await beside(await context(), flags, name, command));
        return;
      }
      const { reach } = await import('../verbs/reach.ts');
      end(await reach(await context(), 'exec', name, command));
    });
  ctr
    .command('watch <name>')
    .description(say(help.watch))
    .option('--interval <seconds>', say(help.interval), intervalOf)
    .option('--count <readings>', say(help.count), countOf)
    .action(async (name: string, flags: WatchFlags) => {
      const { reach } = await import('../verbs/reach.ts');
      const { interval, count } = flags;
      const given = [
        ...(interval === undefined ? [] : ['--interval', String(interval)]),
        ...(count === undefined ? [] : ['--count', String(count)]),
      ];
      end(await reach(await context(), 'watch', name, given, flags));
    });
  ofStrangers(ctr.command('trace [name] [target]'))
    .description(say(help.trace))
    .option('--protocol <protocol>', say(help.traceProtocol), protocolOf)
    .option('--from <place>', say(help.traceFrom))
    .option('--node <node>', say(help.traceNode), nodesOf)
    .option('--kernel', say(help.traceKernel))
    .option('--size <bytes>', say(help.traceSize), sizeOf)
    .option('--raw', say(help.traceRaw))
    .option('--mermaid', say(help.traceMermaid))
    .option('--html', say(help.traceHtml))
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
        const { traceAnywhere, traceStranger } = await import('../verbs/traced.ts');
        if (chosen !== undefined) {
          end(await traceStranger(opened, chosen, first ?? lacks(command, 'target'), flags));
          return;
        }
        const name = first ?? lacks(command, 'name');
        end(await traceAnywhere(opened, name, second ?? lacks(command, 'target'), flags));
      },
    );
  ctr
    .command('sandbox [command...]')
    .description(say(help.sandbox))
    .passThroughOptions()
    .action(async (typed: string[], _: object, verb: Command) => {
      const { sandbox } = await import('../verbs/sandbox.ts');
      end(await sandbox(await context(), commandWords(verb, words, typed)));
    });
  addCniVerbs(ctr, { say, context, end });
  ctr
    .command('lab')
    .helpCommand(false)
    .description(say(help.lab))
    .command('necessity <file>')
    .description(say(help['lab necessity']))
    .option('--format <format>', say(help.necessityFormat))
    .option('--jobs <number>', say(help.jobs), jobsOf)
    .option('--drop', say(help.dropForward))
    .option('--sample <number>', say(help.sample), countOf)
    .action(async (file: string, flags: NecessityFlags) => {
      const { necessity } = await import('../verbs/necessity.ts');
      end(await necessity(await context(), file, flags));
    });
  ctr
    .command('rootfs')
    .helpCommand(false)
    .description(say(help.rootfs))
    .command('create <directory>')
    .description(say(help['rootfs create']))
    .option('--from <source>', say(help.from))
    .action(async (directory: string, flags: { from?: string }) => {
      const { rootfsCreate } = await import('../verbs/rootfs.ts');
      end(await rootfsCreate(await context(), directory, flags));
    });
  ctr
    .command('validate <file>')
    .description(say(help.validate))
    .option('--expand', say(help.expand))
    .action(async (file: string, flags: { expand?: boolean }) => {
      const { validate } = await import('../verbs/validate.ts');
      end(await validate(voice(), file, flags));
    });
  ctr
    .command('schema')
    .description(say(help.schema))
    .action(async () => {
      const { schema } = await import('../verbs/schema.ts');
      end(await schema(voice()));
    });
  ctr
    .command('init [file]')
    .description(say(help.init))
    .option('--force', say(help.force))
    .action(async (file: string | undefined, flags: { force?: boolean }) => {
      const { init } = await import('../verbs/init.ts');
      end(await init(voice(), file ?? 'ctr.json', flags));
    });
  ctr
    .command('demo')
    .description(say(help.demo))
    .option('--pace <pace>', say(help.pace), paceOf)
    .action(async (flags: { pace?: Pace }) => {
      const { demo } = await import('../verbs/demo.ts');
      end(await demo(await context(), flags));
    });
  ctr
    .command('replay [file]')
    .description(say(help.replay))
    .option('--pace <seconds>', say(help.replayPace))
    .option('--keys <file>', say(help.keys))
    .option('--cast <file>', say(help.cast))
    .action(async (file: string | undefined, flags: ReplayFlags) => {
      const { replay } = await import('../verbs/recorded.ts');
      end(await replay(voice(), file, flags));
    });
  ctr
    .command('report [file]')
    .description(say(help.report))
    .option('--html', say(help.html))
    .option('--md', say(help.md))
    .option('--worksheet', say(help.worksheet))
    .option('--out <file>', say(help.reportOut))
    .action(async (file: string | undefined, flags: ReportFlags) => {
      const { report } = await import('../verbs/recorded.ts');
      end(await report(voice(), file, flags));
    });
  ctr
    .command('doctor')
    .description(say(help.doctor))
    .action(async () => {
      const opened = await context();
      const { doctor } = await import('../verbs/doctor.ts');
      end(await doctor(opened));
    });
  ctr
    .command('completion <shell>')
    .description(say(help.completion))
    .action(async (shell: string) => {
      const { completion } = await import('./completion/verb.ts');
      end(await completion(voice(), ctr, shell));
    });
  ctr
    .command('version')
    .description(say(help.version))
    .action(async () => {
      const { tellVersion } = await import('../verbs/version.ts');
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
  ctr
    .command('goto <name> <stage>')
    .description(say(help.goto))
    .action(async (name: string, stage: string) => {
      const { reach } = await import('../verbs/reach.ts');
      end(await reach(await context(), 'goto', name, [stage]));
    });
  // Started by ctr itself: it keeps a run at a stage.
  ctr
    .command('keep <stage> <file>', { hidden: true })
    .option('--fast')
    .action(async (stage: string, file: string, flags: { fast?: boolean }) => {
      const { keepStage } = await import('../verbs/goto.ts');
      end(await keepStage(await context(), stage, file, flags.fast === true));
    });
  // Started by the supervisor of a detached run.
  ctr.command('recover <name>', { hidden: true }).action(async (name: string) => {
    const { recoverOne } = await import('../verbs/down.ts');
    end(await recoverOne(await context(), name));
  });
  ctr
    .command('explain [topic] [command...]')
    .description(say(help.explain))
    .option('--netlink', say(help.netlink))
    .passThroughOptions()
    .action(async (topic: string | undefined, more: string[], flags: { netlink?: boolean }) => {
      const { explain } = await import('../verbs/explain.ts');
      const asked = topic === undefined ? [] : [topic, ...more];
      end(await explain(voice(), context, flags.netlink ? [...asked, '--netlink'] : asked));
    });
  // Started by ctr itself, inside a sandbox host.
  ctr.command('explain-inside <topic>', { hidden: true }).action(async (topic: string) => {
    const { explainInside } = await import('../verbs/explain.ts');
    end(await explainInside(await context(), topic));
  });
  ctr
    .command('demo-inside [record]', { hidden: true })
    .option('--pace <pace>', say(help.pace), paceOf)
    .action(async (record: string | undefined, flags: { pace?: Pace }) => {
      const { demoInside } = await import('../verbs/demo.ts');
      end(await demoInside(await context(), flags, record));
    });
  ctr
    .command('necessity-inside <file>', { hidden: true })
    .option('--drop')
    .action(async (file: string, flags: { drop?: boolean }) => {
      const { necessityInside } = await import('../verbs/necessity-inside.ts');
      end(await necessityInside(await context(), file, flags));
    });
  ctr.command('world', { hidden: true }).action(async () => {
    const { serveWorld } = await import('../sandbox/world.ts');
    await serveWorld();
  });
}

/** The verbs about the CNI plugin. Engines call the plugin itself without a verb (src/cni/main.ts). */
function addCniVerbs(
  ctr: Command,
  { say, context, end }: Pick<Surroundings, 'say' | 'context' | 'end'>,
): void {
  const cni = ctr.command('cni').helpCommand(false).description(say(help.cni));
  cni
    .command('install [directory]')
    .description(say(help['cni install']))
    .option('--type <name>', say(help.cniType))
    .option('--net-dir <directory>', say(help.netDir))
    .action(async (directory: string | undefined, flags: InstallFlags) => {
      const { cniInstall } = await import('../verbs/cni.ts');
      end(cniInstall(await context(), directory, flags));
    });
  cni
    .command('remove [directory]')
    .description(say(help['cni remove']))
    .option('--type <name>', say(help.cniType))
    .option('--net-dir <directory>', say(help.netDir))
    .action(async (directory: string | undefined, flags: InstallFlags) => {
      const { cniRemove } = await import('../verbs/cni.ts');
      end(cniRemove(await context(), directory, flags));
    });
  cni
    .command('example [directory]')
    .description(say(help['cni example']))
    .requiredOption('--nodes <n>', say(help.cniNodes))
    .option('--addresses <addresses>', say(help.cniAddresses))
    .action(async (directory: string | undefined, flags: ExampleFlags) => {
      const { cniExample } = await import('../verbs/cni.ts');
      end(cniExample(await context(), directory, flags));
    });
  cni
    .command('log [container]')
    .description(say(help['cni log']))
    .action(async (container: string | undefined) => {
      const { cniLog } = await import('../verbs/cni.ts');
      end(cniLog(await context(), container));
    });
}
