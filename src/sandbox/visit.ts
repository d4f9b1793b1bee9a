import { listenForInterrupts } from '../exec/interrupt.ts';
import { collect, exitStatus, requireStarted } from '../exec/launcher.ts';
import { signalGrandchildren, waitUntilGone } from '../exec/processes.ts';
import { program } from '../exec/program.ts';
import type { Outcome } from '../exec/runner.ts';
import { toolPath } from '../exec/tool-path.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { eventLine } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import type { SandboxHost } from './find.ts';

/** Milliseconds for a sandbox host to end once it can no longer be entered. */
const endingMs = 500;

/** Descriptor 3 is the user's standard error; messages of nsenter and flock on 2 are not for the user. */
const giveBackError = 'exec 2>&3 3>&-; exec "$@"';

/**
 * The same for a ctr that must not outlive the one outside: end of file on descriptor 4 means that that one is gone.
 * Pid and start time (proc_pid_stat(5), field 22) together are the process; exec keeps both.
 */
const endTogether = `
began() { sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20; }
start=$(began)
{ read -r _ <&4; [ "$(began)" = "$start" ] && kill -s KILL $$; } >/dev/null 2>&1 3>&- &
exec 4<&-
${giveBackError}`;

/**
 * The command that runs a program inside a sandbox host; its lock keeps the host from ending meanwhile. A process
 * cannot enter the user namespace it is already in (setns(2), EINVAL).
 */
function inside(host: SandboxHost, words: readonly string[]): readonly string[] {
  return [
    ...['nsenter', '--target', String(host.pid)],
    ...(host.ownUsers ? ['--user', '--preserve-credentials'] : []),
    ...['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup'],
    ...['flock', '--shared', '/run/visitors'],
    ...words,
  ];
}

function unreachable(name: string, said: string): CtrError {
  return new CtrError(
    'sandbox-unreachable',
    exitCodes.notReady,
    {
      en: `cannot enter the sandbox host of ${name}`,
      zh: `无法进入 ${name} 的沙盒主机`,
    },
    { said: said.trim(), try: ['ctr ps'] },
  );
}

/** The sandbox host ended before ctr could enter it. */
export class SandboxEnded extends CtrError {
  constructor(name: string) {
    super(
      'no-such-run',
      exitCodes.usage,
      { en: `${name} has just ended`, zh: `${name} 刚刚结束` },
      { try: ['ctr ps -a'] },
    );
  }
}

/**
 * Runs a verb inside the sandbox host, on this terminal, as `enter`.
 * @param together the ctr inside is killed when this one ends, however that happens.
 */
export async function visit(
  context: Context,
  host: SandboxHost,
  words: readonly string[],
  together = false,
): Promise<number> {
  const environment = Object.fromEntries(
    ['TERM', 'LANG', 'LC_ALL', 'CTR_LANG', 'NO_COLOR', 'COLUMNS'].flatMap((name) => {
      const value = context.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return await enter(context, host, [], [...program(), ...words], environment, together);
}

/**
 * Runs a command inside the sandbox host, on this terminal.
 * @param first words that run the command, and whose messages are not for the user.
 * @returns its exit code.
 * @throws CtrError when the sandbox host cannot be entered.
 */
export async function enter(
  context: Context,
  host: SandboxHost,
  first: readonly string[],
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  together = false,
): Promise<number> {
  const script = together ? endTogether : giveBackError;
  const argv = inside(host, [...first, 'sh', '-c', script, 'sh', ...command]);
  const running = await context.runner.start(argv, {
    descriptors: ['inherit', 'inherit', 'pipe', 2, ...(together ? (['pipe'] as const) : [])],
    environment: { ...environment, PATH: toolPath },
  });
  const said = collect(running.output(2));
  const interrupt = listenForInterrupts();
  interrupt.everyTime((name) => {
    // The terminal sends Ctrl-C to the ctr inside. Other signals ctr forwards to it, past nsenter and flock.
    if (name === 'SIGINT' && process.stdin.isTTY === true) return;
    if (running.pid !== undefined) signalGrandchildren(running.pid, name);
  });
  const outcome = await running.ended.finally(interrupt.stop);
  // Whoever waits for its end inside may go.
  if (together) running.input(4).destroy();
  requireStarted(outcome);
  if (said.text() !== '') {
    // An exiting process has already left its namespaces.
    if (!(await waitUntilGone(host.pid, host.start, endingMs))) {
      throw unreachable(host.name, said.text());
    }
    throw new SandboxEnded(host.name);
  }
  return exitStatus(outcome, '');
}

/** Says which sandbox host the next commands are for, since their pids are not those of this machine. */
export function announce(context: Context, { name, pid }: SandboxHost): void {
  if (context.json) context.tell(eventLine({ event: 'sandbox', name, pid }));
  else if (!context.quiet) {
    context.tell(
      say(context, {
        en: `in the sandbox host of ${name}, which has its own process IDs:`,
        zh: `在 ${name} 的沙盒主机里（它有独立的进程号）：`,
      }),
    );
  }
}

/** Runs a verb inside the sandbox host and captures its output. */
export async function ask(
  context: Context,
  host: SandboxHost,
  words: readonly string[],
): Promise<Outcome> {
  return await context.runner.run(inside(host, [...program(), ...words]), { timeoutMs: 30_000 });
}
