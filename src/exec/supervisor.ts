import { readFileSync } from 'node:fs';
import { shellQuote } from '../model/command.ts';
import { type ExitCodes, parseExitCodes } from './exit-codes.ts';
import { complaints, exitCodeOf, killQuietly, type Launcher, pidsSaid, write } from './launcher.ts';
import { isAlive, sleep, within } from './processes.ts';
import type { Outcome, Runner } from './runner.ts';

/**
 * The only process of ctr that outlives `up -d`: a shell, since another Node would need ten times the memory. It runs
 * the lines that ctr sends, each of which starts a container. When ctr closes the pipe or dies, the supervisor waits
 * for the containers, writes their exit codes, and executes its successor, a ctr that undoes the run. The standard
 * input of a detached container is a fifo that only the container has open: it never gets data or end of file, so a
 * shell waits. A shell starts background commands with SIGINT and SIGQUIT ignored; env(1) resets both for the
 * container.
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

/** The word that marks a supervisor in its command line. */
export const supervisorMark = 'ctr-supervisor';

export interface SupervisorOptions {
  readonly containers: readonly string[];
  readonly runPath: string;
  readonly logPath: (container: string) => string;
  /** Descriptor of the run's lock, which the supervisor holds from now on. */
  readonly lock: number;
  /** The command that the supervisor executes in the end. */
  readonly successor: readonly string[];
}

export interface Supervisor extends Launcher {
  readonly pid: number | undefined;
  /** ctr's part is done; the supervisor continues alone. */
  leave(): void;
  /** The run did not come up; the supervisor ends. */
  dismiss(): Promise<void>;
}

/** The file for the errors of a container's start. */
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

/** The exit codes of a run's containers, as far as its supervisor has written them. */
export function exitCodesOf(runPath: string): ExitCodes {
  const written = parseExitCodes(readQuietly(`${runPath}/exits`));
  return new Map(
    [...written].map(([name, code]) => [
      name,
      exitCodeOf(code, readQuietly(errorPath(runPath, name))),
    ]),
  );
}

/** Starts containers through a supervisor, so that they outlive ctr. */
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

  /** @returns undefined at the time limit, or when the starting process has died. */
  async function pidOf(container: string, parent: number): Promise<number | undefined> {
    let waiting = true;
    const died = (async () => {
      while (waiting && isAlive(parent)) await sleep(5);
      // Its last output may still be in the pipe.
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
      // Every start begins with env(1), whose options can be added here.
      const words = argv[0] === 'env' ? argv.slice(1) : argv;
      const line =
        `env --default-signal=INT,QUIT ${words.map(shellQuote).join(' ')} <>${inputOf(container)} >>${log} 2>${shellQuote(errors)} 5>>${log} 6>&- 7>&- & ` +
        `children="$children ${container}:$!"; echo "${container} $!" >&7`;
      // If the supervisor has died, no reply follows.
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
      // All containers share one gate. Each reads one line of it, in any order.
      await write(running.input(3), text);
    },
    abandon(container) {
      const parent = parents.get(container);
      if (parent !== undefined) killQuietly(parent);
    },
    ended: () => undefined,
    // A supervisor holds no network namespaces open.
    releaseNetworks: () => undefined,
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
