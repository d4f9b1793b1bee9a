import type { Outcome, Runner } from '../../src/engine/runner.ts';

export type Fault = 'before' | 'after';

/** Reads: they change nothing, so that their failure is not what is tried here. */
function isRead(argv: readonly string[]): boolean {
  const line = argv.join(' ');
  return /ctr-end-of-probe|^(flock|stty|iptables-save)|\bip -j\b|iptables .* -C /.test(line);
}

/**
 * A runner whose n-th change fails once, before or after it has taken effect.
 * @returns the runner, and whether the fault was reached.
 */
export function faulty(
  runner: Runner,
  at: number,
  fault: Fault,
): { readonly runner: Runner; readonly fired: () => string | undefined } {
  let count = 0;
  let fired: string | undefined;
  const due = (argv: readonly string[]) => {
    if (isRead(argv)) return false;
    const now = count === at;
    count += 1;
    if (now) fired = argv.join(' ');
    return now;
  };
  const failed = (argv: readonly string[]): Outcome => ({
    argv,
    ok: false,
    exitCode: 1,
    signal: undefined,
    timedOut: false,
    missing: false,
    stdout: '',
    stderr: 'this failure was made on purpose',
    durationMs: 0,
  });
  return {
    fired: () => fired,
    runner: {
      timeoutMs: runner.timeoutMs,
      async run(argv, options) {
        if (!due(argv)) return await runner.run(argv, options);
        if (fault === 'after') await runner.run(argv, options);
        return failed(argv);
      },
      tool: runner.tool,
      start(argv, options) {
        if (!due(argv)) return runner.start(argv, options);
        if (fault === 'before') return runner.start(['false'], options);
        const running = runner.start(argv, options);
        setTimeout(() => running.pid !== undefined && process.kill(running.pid, 'SIGKILL'), 30);
        return running;
      },
    },
  };
}
