import { lineReader } from '../exec/launcher.ts';
import type { Runner } from '../exec/runner.ts';
import type { Head } from './assemble.ts';
import type { Outcome } from './trial.ts';

/** A sandbox host ended before it had done its work: with this exit code, having said why on standard error. */
export class HostEnded extends Error {
  readonly code: number;
  constructor(code: number, row?: number) {
    const when = row === undefined ? 'before the first row' : `in row ${row}`;
    super(`a sandbox host ended with ${code} ${when}`);
    this.code = code;
  }
}

/** Milliseconds for a sandbox host to come up, and for one experiment. */
const patienceMs = 120_000;

interface Host {
  /** @returns undefined when the host has ended. */
  heard(): Promise<unknown>;
  ask(row: number): void;
  end(): Promise<number>;
}

async function startHost(runner: Runner, argv: readonly string[]): Promise<Host> {
  const running = await runner.start(argv, {
    descriptors: ['pipe', 'pipe', 2],
    environment: process.env as Record<string, string>,
    cwd: process.cwd(),
  });
  const input = running.input(0);
  input.on('error', () => undefined);
  const next = lineReader(running.output(1));
  return {
    async heard() {
      const line = await next(patienceMs);
      return line === undefined ? undefined : (JSON.parse(line) as unknown);
    },
    ask: (row) => void input.write(`${row}\n`),
    async end() {
      input.end();
      return (await running.ended).exitCode ?? 1;
    },
  };
}

export interface Made {
  readonly head: Head;
  readonly outcomes: ReadonlyMap<number, Outcome>;
}

/** What the experiments are made with. */
export interface Hands {
  readonly runner: Runner;
  /** The command line of a sandbox host's work. */
  readonly argv: readonly string[];
  /** How many hosts work side by side. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Which rows to make; all without it. */
  readonly only?: ((row: Head['rows'][number]) => boolean) | undefined;
  /** Called after each experiment. */
  readonly see: (done: number, of: number) => void;
}

/**
 * Makes every experiment, in sandbox hosts side by side. A host makes many, one after the other, as long as its state
 * afterwards equals the one before; then it is replaced.
 * @throws HostEnded when a host ends early.
 */
export async function experiment({
  runner,
  argv,
  jobs,
  signal,
  only = () => true,
  see,
}: Hands): Promise<Made> {
  const outcomes = new Map<number, Outcome>();
  let head: Head | undefined;
  let queue: number[] = [];
  let total = 0;
  const open = async () => {
    const host = await startHost(runner, argv);
    const stop = () => void host.end();
    signal.addEventListener('abort', stop, { once: true });
    const said = (await host.heard()) as { readonly head: Head } | undefined;
    if (said === undefined) throw new HostEnded(await host.end());
    if (head === undefined) {
      head = { ...said.head, rows: said.head.rows.filter(only) };
      queue = head.rows.map(({ number }) => number);
      total = queue.length;
    }
    return host;
  };
  const work = async (first?: Host) => {
    let host = first;
    while (queue.length > 0 && !signal.aborted) {
      host ??= await open();
      const row = queue.shift();
      if (row === undefined) break;
      host.ask(row);
      const said = (await host.heard()) as { readonly outcome: Outcome } | undefined;
      if (said === undefined) throw new HostEnded(await host.end(), row);
      outcomes.set(row, said.outcome);
      see(outcomes.size, total);
      if (said.outcome.left.length > 0) {
        await host.end();
        host = undefined;
      }
    }
    await host?.end();
  };
  // What is wrong with the config is said once: the other hosts start when the first has read it.
  const first = await open();
  await Promise.all([work(first), ...Array.from({ length: jobs - 1 }, () => work())]);
  return { head: head as unknown as Head, outcomes };
}
