import { readFileSync } from 'node:fs';
import { ctrPath, startCtr } from './ctr.ts';
import { type Ran, sh } from './sh.ts';
import { shellIn } from './shell.ts';
import { until } from './until.ts';

/** A sandbox host besides the tests' own. */
export interface PrivateHost {
  /** A command prefix that enters it. */
  readonly enter: readonly string[];
  run(...argv: readonly string[]): Promise<Ran>;
  ctr(...args: readonly string[]): Promise<Ran>;
  /** Runs lines of shell in it. @throws the error message when a line fails. */
  hand(...lines: readonly string[]): Promise<void>;
  end(): void;
}

/** Starts a private host. */
export async function privateHost(): Promise<PrivateHost> {
  // As long as a whole test file may take.
  const running = startCtr(['sandbox', '--', 'sleep', '3600'], 3_600_000);
  const childOf = (pid: number) =>
    Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')[0]);
  const inside = (): number => childOf(childOf(running.pid ?? 0));
  await until(() => {
    try {
      const cmdline = readFileSync(`/proc/${inside()}/task/${inside()}/children`, 'latin1');
      return cmdline
        .split(' ')
        .some((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sleep'));
    } catch {
      return false;
    }
  });
  const kinds = ['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup'];
  const enter = ['nsenter', '--target', String(inside()), ...kinds];
  const run = async (...argv: readonly string[]) => await sh([...enter, ...argv]);
  return {
    enter,
    run,
    ctr: (...args) => run(process.execPath, ctrPath, ...args),
    hand: (...lines) => shellIn(enter, ...lines),
    end: () => void running.kill('SIGKILL'),
  };
}
