import { basename, resolve } from 'node:path';
import { type Interruption, interruptedExit, listenForInterrupts } from '../exec/interrupt.ts';
import { collect, exitStatus, lineReader, requireStarted } from '../exec/launcher.ts';
import { signalGrandchildren, sleep } from '../exec/processes.ts';
import { program } from '../exec/program.ts';
import { writeError } from '../exec/standard-error.ts';
import { cannotStart } from '../exec/start-refused.ts';
import { toolPath } from '../exec/tool-path.ts';
import { userEnvironment } from '../exec/user-environment.ts';
import { workingDirectory } from '../exec/working-directory.ts';
import { lookUp } from '../facts/rootfs.ts';
import { exitCodes } from '../model/errors.ts';
import { worldAddresses } from '../model/world-addresses.ts';
import { type Context, say } from '../run/context.ts';
import { sandboxMark, stateKey } from '../sandbox/find.ts';
import { hostScript, systemPath } from '../sandbox/host.ts';

/** The run for which a sandbox host is made. */
export interface SandboxRun {
  readonly name: string;
  /** The sandbox host stays until the run has ended. */
  readonly detached: boolean;
  /** Descriptors of the state directory, and of the lock on the run's name in it. */
  readonly directory: number;
  readonly lock: number;
}

export interface SandboxOptions {
  readonly run?: SandboxRun;
  /** The command's working directory, if it is not ctr's. */
  readonly cwd?: string;
}

/** Milliseconds for the set-up, and for a detached run to come up. */
const setUpMs = 60_000;
const comeUpMs = 10 * 60_000;
/** Milliseconds for output from before the end to arrive. */
const saidMs = 1000;

/** Refuses a missing command before the shell in the sandbox would fail on it. */
function refuseMissing(command: string, cwd: string, path: string): void {
  const found = lookUp('', command.includes('/') ? resolve(cwd, command) : command, path);
  if (found !== 'found') throw cannotStart({ en: 'in the sandbox', zh: '沙盒里' }, command, found);
}

/**
 * `ctr sandbox`: runs one command on a private machine with a small internet.
 * @returns the command's exit code.
 * @throws CtrError when the machine cannot be set up.
 */
export async function sandbox(
  context: Context,
  command: readonly string[],
  options: SandboxOptions = {},
): Promise<number> {
  const { run, cwd = workingDirectory() } = options;
  const asRoot = (process.geteuid?.() ?? 0) === 0;
  const stays = run?.detached === true;
  const words = command.length === 0 ? [context.environment.SHELL ?? '/bin/sh'] : command;
  const { PATH: path = '' } = context.environment;
  refuseMissing(words[0] ?? '', cwd, `${path}:${systemPath}`);
  if (command.length === 0 && process.stdin.isTTY === true && !context.quiet && !context.json) {
    context.tell(
      say(context, {
        en: `a shell in a sandbox host, a private machine with a small internet; it ends with \`exit\``,
        zh: '沙盒主机里的 shell：这是一台自带小型互联网的私有机器，输入 exit 结束',
      }),
    );
  }
  const interrupt = listenForInterrupts();
  const running = await context.runner.start(
    [
      // Ctrl-\ is for the command. Without this it would end unshare(1), and the machine with it.
      ...['env', '--ignore-signal=QUIT', 'unshare'],
      // The network namespace is made once its owner is mapped: only then may root in it read /proc/net/nf_conntrack.
      ...(asRoot ? [] : ['--user', '--map-root-user', 'unshare']),
      ...['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'],
      ...['--mount-proc', '--propagation', 'private'],
      ...['env', '--default-signal=QUIT', 'sh', '-c', hostScript, sandboxMark],
      ...[stays ? 'stay' : 'leave', run?.name ?? '', stateKey(context), basename(context.stateDir)],
      ...[worldAddresses.join(' '), ...program(), path, ...words],
    ],
    {
      descriptors: [
        // A program that reads ctr's output until end of file must not wait for a sandbox that stays.
        ...(stays ? (['ignore', 'pipe'] as const) : (['inherit', 'inherit'] as const)),
        'pipe',
        stays ? 'ignore' : 'pipe',
        'pipe',
        'ignore',
        'ignore',
        run?.directory ?? 'ignore',
        run?.lock ?? 'ignore',
        stays ? 'pipe' : 2,
      ],
      // The tools that set up the host are not looked up in the user's PATH.
      environment: { ...userEnvironment(context.environment), PATH: toolPath },
      cwd,
      detached: stays,
    },
  );
  const { pid } = running;
  if (stays) {
    running.output(1).pipe(process.stdout, { end: false });
    running.output(9).on('data', writeError);
  }
  let last: Interruption | undefined;
  interrupt.everyTime((name) => {
    last = name;
    // The terminal sends Ctrl-C and Ctrl-\ to the processes inside; ctr forwards other signals.
    const key = name === 'SIGINT' || name === 'SIGQUIT';
    if (key && process.stdin.isTTY === true) return;
    if (pid !== undefined) signalGrandchildren(pid, name);
  });
  try {
    const wentWrong = collect(running.output(2));
    const told = lineReader(running.output(4));
    const lineOrEnd = (limitMs: number) =>
      Promise.race([told(limitMs), running.ended.then(() => undefined)]);
    if ((await lineOrEnd(setUpMs)) !== 'ready') {
      const outcome = await running.ended;
      const by = interrupt.by();
      if (by !== undefined) return interruptedExit(by);
      requireStarted(outcome);
      const { sandboxRefused } = await import('../sandbox/refused.ts');
      throw await sandboxRefused(context, `${wentWrong.text()}${outcome.stderr}`);
    }
    if (stays) {
      const code = await lineOrEnd(comeUpMs);
      if (code !== undefined) {
        // Output from before the exit code may still be in the pipes.
        await sleep(20);
        for (const descriptor of [1, 2, 4, 9]) running.output(descriptor).destroy();
        if (code === String(exitCodes.done)) running.forget();
        else await running.ended;
        return Number(code);
      }
    }
    const outcome = await running.ended;
    const said = await told(saidMs);
    if (said !== undefined) return Number(said);
    const code = exitStatus(outcome, '');
    return last !== undefined && code >= 128 ? interruptedExit(last) : code;
  } finally {
    interrupt.stop();
  }
}
