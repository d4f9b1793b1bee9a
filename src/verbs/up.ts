import { isLostOn, lastWordsMs, lostSignal } from '../exec/control-keys.ts';
import { type Interrupt, type Interruption, interruptedExit } from '../exec/interrupt.ts';
import { commandOf, isAlive, sleep } from '../exec/processes.ts';
import { successor } from '../exec/program.ts';
import { handOver } from '../exec/terminal.ts';
import { CtrError, exitCodes, type Problem } from '../model/errors.ts';
import { stays as isLeft, type Undone } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import { planOfLab } from '../plan.ts';
import type { Recorder } from '../recording/recorder.ts';
import { depthOf } from '../render/depth.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { jsonLines, lines } from '../render/lines.ts';
import { eventLine, printResult } from '../render/result.ts';
import { bringUp, type RunView, type Session } from '../run/bring-up.ts';
import { type Context, say } from '../run/context.ts';
import { leftDetails } from '../run/failure.ts';
import type { HeadStart } from '../run/head-start.ts';
import { nameTaken } from '../run/prepare.ts';
import type { Source } from '../run/saved-plan.ts';
import { undoOwnRun } from '../run/tear-down.ts';
import { sandboxHosts } from '../sandbox/find.ts';
import { childrenOf } from '../state/runs.ts';
import { tellWhatStays } from './down.ts';
import { type NarrationFlags, requirePace } from './pace.ts';
import { tellWarnings, terminalOf } from './voice.ts';

export interface UpFlags extends NarrationFlags {
  readonly detach?: boolean;
  readonly fast?: boolean;
  readonly oneByOne?: boolean;
  readonly step?: boolean;
  /** The stage at which stepping begins. */
  readonly until?: string;
  /** A file with the keys of stepping. */
  readonly keys?: string;
  /** Record the run to this file. */
  readonly record?: string;
  /** Do not say where the recording is: whoever asked for it says so. */
  readonly recordSilently?: boolean;
}

/** Whether the run is told step by step. How much is told, or how fast, is only of use for that. */
function isNarrated({ why, pace, brief, focus }: UpFlags): boolean {
  return why === true || pace !== undefined || brief === true || focus !== undefined;
}

/** Chooses the view of a run: JSON lines, a task list on a terminal, or plain lines. */
async function viewOf(
  context: Context,
  plan: Plan,
  flags: UpFlags,
  signal: AbortSignal,
): Promise<RunView> {
  const plain = { close: async () => undefined };
  if (context.quiet) return { see: () => undefined, ...plain };
  if (context.json) return { see: jsonLines(context.tell), ...plain };
  if (isNarrated(flags)) {
    const { narrated } = await import('./narrated.ts');
    return narrated(context, plan, flags, signal);
  }
  if (process.stderr.isTTY === true && !context.verbose) {
    const { progress } = await import('../render/progress.ts');
    return progress(plan, context.language);
  }
  const { language, verbose, tell } = context;
  return { see: lines({ language, verbose, tell }), ...plain };
}

/** Explains why ctr ends a container whose command does not receive Ctrl-C. */
function tellLost(context: Context, container: string, command: string, signal: string): void {
  if (context.json) {
    context.tell(eventLine({ event: 'interrupted', signal }));
    return;
  }
  if (context.quiet) return;
  const program = escapeControls(command);
  const text = say(context, {
    en: `${signal}: ${program} is process 1 of ${container} and has no handler for it, so the kernel drops it; ctr ends ${container}`,
    zh: `${signal}：${program} 是 ${container} 的 1 号进程，没有设置处理函数，内核会丢弃这个信号；由 ctr 结束 ${container}`,
  });
  // The terminal has echoed the key: start a new line.
  context.tell(`\n${text}`);
}

async function attend(context: Context, session: Session, interrupt: Interrupt): Promise<number> {
  const { launcher, plan } = session;
  const attached = plan.lab.containers[0]?.name ?? '';
  const ended = launcher?.ended(attached);
  if (launcher === undefined || ended === undefined) return exitCodes.done;
  const pty = launcher.terminal();
  const pid = launcher.pidOf(attached);
  let giveBack = () => {};
  let lostOn: string | undefined;
  const interrupted = new Promise<Interruption>((resolve) => {
    interrupt.whenHeard(() => resolve(interrupt.by() ?? 'SIGTERM'));
    if (pty === undefined || pid === undefined) return;
    giveBack = handOver(context.runner, pty, async (keys) => {
      const signal = await lostSignal(context.runner, pty.device(), pid, keys);
      if (signal === undefined) return;
      void sleep(lastWordsMs).then(() => {
        if (!isLostOn(pid, signal)) return;
        lostOn = commandOf(pid);
        resolve(signal);
      });
    });
  });
  const code = await Promise.race([ended, interrupted]);
  giveBack();
  if (typeof code === 'number') return code;
  if (lostOn !== undefined) tellLost(context, attached, lostOn, code);
  return interruptedExit(code);
}

/** Milliseconds after the start of a foreground command at which ctr looks back at the host. */
const lookBackMs = [250, 1000];

/** Looks back at the host while the user's command runs. @returns a function that stops it. */
function lookBackMeanwhile(
  context: Context,
  { plan, launcher }: Session,
  warned: readonly Problem[],
): () => void {
  let over = false;
  const timers = lookBackMs.map((ms) => setTimeout(() => void look(), ms));
  const stop = () => {
    over = true;
    for (const timer of timers) clearTimeout(timer);
  };
  const isRunning = (container: string) => {
    const pid = launcher?.pidOf(container);
    return !over && pid !== undefined && isAlive(pid);
  };
  const look = async () => {
    const { tellLookBack } = await import('./look-back.ts');
    // The cursor may be behind the container's output: start a new line.
    let first = launcher?.terminal() === undefined ? '' : '\n';
    const tell = (line: string) => {
      context.tell(`${first}${line}`);
      first = '';
    };
    if (await tellLookBack({ ...context, tell }, plan, warned, isRunning)) stop();
  };
  return stop;
}

/** `ctr up` on this host, which may be a sandbox host. @returns the command's exit code. */
export async function up(
  context: Context,
  start: HeadStart,
  source: Source,
  flags: UpFlags,
): Promise<number> {
  try {
    requirePace(flags.pace);
    depthOf(flags);
    tellWarnings(context, source.warnings);
    return await upFrom(context, start, source, flags);
  } finally {
    await start.drop();
    start.interrupt.stop();
  }
}

async function upFrom(
  context: Context,
  start: HeadStart,
  { config, ...source }: Source,
  flags: UpFlags,
): Promise<number> {
  const { directory, interrupt } = start;
  const detached = flags.detach === true;
  const warned: Problem[] = [];
  let view: RunView | undefined;
  let recording: Recorder | undefined;
  let steps = 0;
  const { record } = flags;
  const tape =
    record === undefined
      ? undefined
      : (await import('./record.ts')).openTape(context, directory, record, planOfLab);
  try {
    const session = await bringUp(context, start, config, {
      detached,
      fast: source.fast,
      oneByOne: flags.oneByOne === true,
      inOrder: isNarrated(flags),
      terminal: terminalOf(context, detached),
      successor: (name) => successor(context.stateDir, name),
      approve: source.approve,
      warn(warnings) {
        warned.push(...warnings);
        tellWarnings(context, warnings);
      },
      show: async (plan, facts, signal) => {
        steps = plan.steps.length;
        view = await viewOf(context, plan, flags, signal);
        if (tape === undefined) return view;
        const one = await tape.start(view, { config, plan, facts });
        recording = one.recording;
        view = one.view;
        return view;
      },
    });
    if (detached) {
      await session.lock.release();
      const { tellLookBackTwice } = await import('./look-back.ts');
      await tellLookBackTwice(context, session.plan, warned, (container) => {
        const child = childrenOf(directory, config.name).get(container);
        return child !== undefined && isAlive(child.pid, child.start);
      });
      if (context.json) printResult(context, 'up', { name: config.name });
      else context.print(config.name);
      return exitCodes.done;
    }
    const looking = lookBackMeanwhile(context, session, warned);
    const code = await attend(context, session, interrupt).finally(looking);
    const stays: Undone[] = [];
    const left = await undoOwnRun(directory, session, (event) => {
      if (event.event === 'undo' && isLeft(event)) stays.push(event);
      view?.see(event);
    });
    await recording?.moment('end', steps);
    tellWhatStays(context, stays);
    if (left.length > 0) {
      throw new CtrError(
        'left-behind',
        exitCodes.left,
        {
          en: `${config.name} has ended, but ctr could not undo everything`,
          zh: `${config.name} 已结束，但有些改动没能撤销`,
        },
        leftDetails(left, `ctr down ${config.name}`),
      );
    }
    if (!context.quiet && !context.json) {
      context.tell(
        say(
          context,
          stays.length > 0
            ? {
                en: `${config.name} has ended; its other changes are undone`,
                zh: `${config.name} 已结束；它的其余改动都已撤销`,
              }
            : {
                en: `${config.name} has ended; its changes on this host are undone`,
                zh: `${config.name} 已结束；它在本机的改动都已撤销`,
              },
        ),
      );
    }
    return code;
  } catch (error) {
    await recording?.moment('end', steps);
    const busy = error instanceof CtrError && error.code === 'lock-held';
    const elsewhere = busy && sandboxHosts(context).some((one) => one.name === config.name);
    throw elsewhere ? nameTaken(config.name) : error;
  } finally {
    recording?.close();
    tape?.close(flags.recordSilently === true);
  }
}
