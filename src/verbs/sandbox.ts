import { basename, resolve } from 'node:path';
import { interruptedExit, listenForInterrupts } from '../exec/interrupt.ts';
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

/** The run that a sandbox host is made for. */
export interface SandboxRun {
  readonly name: string;
  /** The sandbox host stays until the run has ended. */
  readonly detached: boolean;
  /** Descriptors of the state directory and of the lock on the run's name in it. */
  readonly directory: number;
  readonly lock: number;
}

export interface SandboxOptions {
  readonly run?: SandboxRun;
  /** Where the command begins, when not where ctr does. */
  readonly cwd?: string;
}

/** How long the set-up may take, and a detached run to come up (milliseconds). */
const setUpMs = 60_000;
const comeUpMs = 10 * 60_000;
/** How long what was written before the end may be on its way (milliseconds). */
const saidMs = 1000;

/** Says in our words what the shell in the sandbox would say in its own. */
function refuseMissing(command: string, cwd: string, path: string): void {
  const found = lookUp('', command.includes('/') ? resolve(cwd, command) : command, path);
  if (found !== 'found') throw cannotStart({ en: 'in the sandbox', zh: '沙盒里' }, command, found);
}

/**
 * `ctr sandbox`: a private machine with a little internet, for one command.
 * @returns the command's exit code.
 * @throws CtrError when the machine cannot be made.
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
      // A Ctrl-\ is for the command: unshare(1) would end by it, and the machine with it.
      ...['env', '--ignore-signal=QUIT', 'unshare'],
      ...(asRoot ? [] : ['--user', '--map-root-user']),
      ...['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'],
      ...['--mount-proc', '--propagation', 'private'],
      ...['env', '--default-signal=QUIT', 'sh', '-c', hostScript, sandboxMark],
      ...[stays ? 'stay' : 'leave', run?.name ?? '', stateKey(context), basename(context.stateDir)],
      ...[worldAddresses.join(' '), ...program(), path, ...words],
    ],
    {
      descriptors: [
        // Who waits for the end of our output must not wait for a sandbox that stays.
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
      // The tools that make the host are not looked up where the user's are.
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
  interrupt.whenHeard(() => {
    const name = interrupt.by() ?? 'SIGTERM';
    // Ctrl-C and Ctrl-\ reach what runs inside by the terminal; other signals only by us.
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
        // What was said before the code may still be on its way.
        await sleep(20);
        for (const descriptor of [1, 2, 4, 9]) running.output(descriptor).destroy();
        if (code === String(exitCodes.done)) running.forget();
        else await running.ended;
        return Number(code);
      }
    }
    const outcome = await running.ended;
    const by = interrupt.by();
    const said = await told(saidMs);
    const code = said === undefined ? exitStatus(outcome, '') : Number(said);
    return by !== undefined && code >= 128 ? interruptedExit(by) : code;
  } finally {
    interrupt.stop();
  }
}
