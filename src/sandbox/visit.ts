import type { Context } from '../context.ts';
import { exitStatus } from '../engine/launcher.ts';
import { program } from '../program.ts';
import type { StayingSandbox } from './register.ts';

/** The words that run this program inside a sandbox that stays, which does not end meanwhile. */
function inside(host: StayingSandbox, words: readonly string[]): readonly string[] {
  return [
    ...['nsenter', '--target', String(host.pid), '--user', '--preserve-credentials'],
    ...['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup'],
    ...['flock', '--shared', '/run/visitors', ...program(), ...words],
  ];
}

/** Runs a verb inside the sandbox, with this terminal. @returns its exit code. */
export async function visit(
  context: Context,
  host: StayingSandbox,
  words: readonly string[],
): Promise<number> {
  const environment = Object.fromEntries(
    ['TERM', 'LANG', 'LC_ALL', 'CTR_LANG', 'NO_COLOR'].flatMap((name) => {
      const value = context.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const running = context.runner.start(inside(host, words), {
    descriptors: ['inherit', 'inherit', 'inherit'],
    environment: { ...environment, PATH: path },
  });
  return exitStatus(await running.ended, '');
}

/** Runs a verb inside the sandbox. @returns what it printed. */
export async function ask(
  context: Context,
  host: StayingSandbox,
  words: readonly string[],
): Promise<string> {
  const outcome = await context.runner.run(inside(host, words));
  return outcome.ok ? outcome.stdout : '';
}
