import { readFileSync } from 'node:fs';
import { shellQuote } from '../model/command.ts';
import { type ExitCodes, parseExitCodes } from './exit-codes.ts';
import { complaints, exitCodeOf, killQuietly, type Launcher, pidsSaid, write } from './launcher.ts';
import { isAlive, sleep, within } from './processes.ts';
import type { Outcome, Runner } from './runner.ts';

/**
 * The one process of ours that outlives `up -d`: a shell, since a second Node would weigh ten
 * times as much. It runs the lines it is sent, each of which starts a container; when ctr closes
 * its end, or dies, it waits for them, writes down how each ended, and becomes `ctr down`, which
 * takes back what is left. Nobody types into a detached container, but its input does not end
 * either, so that a shell waits: it is a pipe that nobody but the container itself has. What a shell
 * starts beside itself ignores SIGINT and SIGQUIT, and a container is not to (env(1)).
 */
const supervisorScript = `
run=$1; shift
children=
while IFS= read -r line; do eval "$line"; done
exec 3<&- 4>&- 7>&- </dev/null
for child in $children; do
  wait "\${child#*:}"
  echo "\${child%%:*} $?" >>"$run/exits"
done
exec 6>&-
exec "$@"
`;

/** The word in its command line that marks a supervisor; also in runs of earlier versions. */
export const supervisorMark = 'ctr-keeper';

export interface SupervisorOptions {
  readonly containers: readonly string[];
  readonly runPath: string;
  readonly logPath: (container: string) => string;
  /** The lock that says the run is alive: the supervisor holds it from now on. */
  readonly lock: number;
  /** What the supervisor becomes in the end. */
  readonly successor: readonly string[];
}

export interface Supervisor extends Launcher {
  readonly pid: number | undefined;
  /** ctr's part is over: the supervisor goes on alone. */
  leave(): void;
  /** Nothing came of the run: the supervisor ends. */
  dismiss(): Promise<void>;
}

/** Where the start of a container writes what went wrong. */
function errorPath(runPath: string, container: string): string {
  return `${runPath}/${container}.err`;
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** How the containers of a run have ended, as far as its supervisor has written it down. */
export function exitCodesOf(runPath: string): ExitCodes {
  const written = parseExitCodes(readQuietly(`${runPath}/exits`));
  return new Map(
    [...written].map(([name, code]) => [
      name,
      exitCodeOf(code, readQuietly(errorPath(runPath, name))),
    ]),
  );
}

/** Starts containers through a supervisor: they go on when ctr ends. */
export async function supervisor(runner: Runner, options: SupervisorOptions): Promise<Supervisor> {
  const running = await runner.start(
    ['sh', '-c', supervisorScript, supervisorMark, options.runPath, ...options.successor],
    {
      descriptors: ['pipe', 'ignore', 'ignore', 'pipe', 'pipe', 'ignore', options.lock, 'pipe'],
      detached: true,
    },
  );
  for (const descriptor of [0, 3]) running.input(descriptor).on('error', () => undefined);
  const inputOf = (container: string) => shellQuote(`${options.runPath}/${container}.input`);
  running.input(0).write(`mkfifo -m 600 ${options.containers.map(inputOf).join(' ')}\n`);
  const parents = new Map<string, number>();
  const children = pidsSaid(running.output(4));
  const replies = pidsSaid(running.output(7));

  /** @returns undefined when the time is over, or the process that was to become it has died. */
  async function pidOf(container: string, parent: number): Promise<number | undefined> {
    let waiting = true;
    const died = (async () => {
      while (waiting && isAlive(parent)) await sleep(5);
      // What it said last may still be on its way.
      await sleep(20);
      return undefined;
    })();
    const pid = await within(Promise.race([children.of(container), died]), runner.timeoutMs);
    waiting = false;
    return pid;
  }

  return {
    async start(container, argv) {
      const began = performance.now();
      const log = shellQuote(options.logPath(container));
      const errors = errorPath(options.runPath, container);
      // Every start begins with env(1), which can do this too.
      const words = argv[0] === 'env' ? argv.slice(1) : argv;
      const line =
        `env --default-signal=INT,QUIT ${words.map(shellQuote).join(' ')} <>${inputOf(container)} >>${log} 2>${shellQuote(errors)} 5>>${log} 6>&- 7>&- & ` +
        `children="$children ${container}:$!"; echo "${container} $!" >&7`;
      // A supervisor that has died reads nothing, and says nothing.
      await write(running.input(0), `${line}\n`).catch(() => undefined);
      const parent = await within(replies.of(container), runner.timeoutMs);
      if (parent !== undefined) parents.set(container, parent);
      const pid = parent === undefined ? undefined : await pidOf(container, parent);
      const outcome: Outcome = {
        argv,
        ok: pid !== undefined,
        exitCode: pid === undefined ? 1 : 0,
        signal: undefined,
        timedOut: pid === undefined && performance.now() - began >= runner.timeoutMs,
        missing: false,
        stdout: '',
        stderr: pid === undefined ? complaints(readQuietly(errors)) : '',
        durationMs: performance.now() - began,
      };
      return pid === undefined ? { outcome } : { outcome, started: { pid } };
    },
    async open(_container, text) {
      // One gate for all: each child reads one line of it, whichever comes first.
      await write(running.input(3), text);
    },
    abandon(container) {
      const parent = parents.get(container);
      if (parent !== undefined) killQuietly(parent);
    },
    ended: () => undefined,
    // It holds none.
    letGo: () => undefined,
    pid: running.pid,
    async dismiss() {
      if (running.pid !== undefined) killQuietly(running.pid);
      await running.ended;
    },
    leave() {
      running.input(0).end();
      running.input(3).destroy();
      running.output(4).destroy();
      running.output(7).destroy();
      running.forget();
    },
  };
}
