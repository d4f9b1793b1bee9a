import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import {
  collect,
  exitStatus,
  killQuietly,
  type Launcher,
  pidsSaid,
  startFailure,
  write,
} from './launcher.ts';
import { within } from './processes.ts';
import type { Descriptor, Runner, Running } from './runner.ts';
import { feed, standardInput } from './standard-input.ts';
import { fitTerminal, type Opened, openTerminal, type Pty } from './terminal.ts';

export interface ForegroundOptions {
  /** The container that gets standard input and output; the others write to a log. */
  readonly attached: string;
  /** Whether the attached container's command runs on its own pseudo-terminal (script(1)). */
  readonly terminal: boolean;
  readonly logPath: (container: string) => string;
  /**
   * Whether to hold the network namespaces open until `releaseNetworks`. The kernel removes namespaces and bridges one
   * after the other, and waits for RCU grace periods at each. A namespace that is open does not delay the bridge.
   */
  readonly holdNetworks: boolean;
  /** Whether ctr itself talks to the containers that are not attached: only their standard error goes to a log. */
  readonly piped?: boolean;
}

interface Child {
  readonly running: Running;
  readonly exit: Promise<number>;
  /** Pid of the container's first process, once reported. */
  pid?: number;
  /** The container's pseudo-terminal. */
  device?: Opened | undefined;
  readonly screen: () => string;
}

export interface Foreground extends Launcher {
  pidOf(container: string): number | undefined;
  /** The pseudo-terminal's two directions. */
  terminal(): Pty | undefined;
  /** With `piped`: standard input and output of a container that is not attached. */
  talk(container: string): { readonly input: Writable; readonly output: Readable } | undefined;
}

/** Starts containers as children of ctr, which end when ctr ends. */
export function foreground(runner: Runner, options: ForegroundOptions): Foreground {
  const children = new Map<string, Child>();
  const held: number[] = [];
  const holdNetwork = (pid: number) => {
    try {
      held.push(openSync(`/proc/${pid}/ns/net`, 'r'));
    } catch {
      // The process has ended, or too many files are open. Holding the namespace only saves time.
    }
  };

  function descriptorsFor(container: string): { list: readonly Descriptor[]; log?: number } {
    if (container !== options.attached) {
      const log = openSync(options.logPath(container), 'a', 0o600);
      // Unless ctr talks to it, standard input never gets data or end of file, so a shell there waits.
      return { list: ['pipe', options.piped ? 'pipe' : log, 'pipe', 'pipe', 'pipe', log], log };
    }
    if (options.terminal) return { list: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'] };
    return { list: [standardInput(), 'inherit', 'pipe', 'pipe', 'pipe', 2] };
  }

  return {
    async start(container, argv) {
      const { list, log } = descriptorsFor(container);
      const running = await runner.start(argv, { descriptors: list });
      if (log !== undefined) closeSync(log);
      if (running.pid === undefined) {
        const outcome = await running.ended;
        return { outcome: { ...outcome, ok: false } };
      }
      const onTerminal = options.terminal && container === options.attached;
      // The container cannot write to these streams, so it cannot forge messages of unshare.
      const said = collect(running.output(onTerminal ? 5 : 2));
      const script = onTerminal ? collect(running.output(2)) : undefined;
      const screen = onTerminal ? collect(running.output(1)) : said;
      running.input(3).on('error', () => undefined);
      children.set(container, {
        running,
        screen: screen.text,
        exit: running.ended.then((outcome) => exitStatus(outcome, said.text())),
      });
      if (!onTerminal && container === options.attached) feed(running);
      const began = performance.now();
      const saying = pidsSaid(running.output(4)).of(container);
      const died = running.ended.then(() => undefined);
      const pid = await within(Promise.race([saying, died]), runner.timeoutMs);
      if (pid === undefined) {
        const words = () => (script?.text() ?? '') + said.text();
        return { outcome: await startFailure(argv, running, words, runner.timeoutMs) };
      }
      const child = children.get(container);
      if (child !== undefined) child.pid = pid;
      if (options.holdNetworks) holdNetwork(pid);
      if (onTerminal && child !== undefined) {
        child.device = openTerminal(pid);
        void running.ended.then(() => child.device?.close());
        // Before the gate opens: a shell reads the size when it starts.
        await fitTerminal(runner, child.device?.path);
      }
      return {
        started: { pid },
        outcome: {
          argv,
          ok: true,
          exitCode: 0,
          signal: undefined,
          timedOut: false,
          missing: false,
          stdout: '',
          stderr: '',
          durationMs: performance.now() - began,
        },
      };
    },
    async open(container, text) {
      const child = children.get(container);
      if (child === undefined) throw new Error(`container ${container} was not started`);
      const stream = child.running.input(3);
      await write(stream, text);
      stream.end();
    },
    abandon(container) {
      const pid = children.get(container)?.running.pid;
      if (pid !== undefined) killQuietly(pid);
    },
    pidOf: (container) => children.get(container)?.pid,
    ended: (container) => children.get(container)?.exit,
    releaseNetworks() {
      for (const descriptor of held.splice(0)) closeSync(descriptor);
    },
    talk(container) {
      const running = options.piped ? children.get(container)?.running : undefined;
      return running && { input: running.input(0), output: running.output(1) };
    },
    terminal() {
      const child = options.terminal ? children.get(options.attached) : undefined;
      return (
        child && {
          input: child.running.input(0),
          output: child.running.output(1),
          shown: child.screen(),
          device: () => child.device?.path,
        }
      );
    },
  };
}
