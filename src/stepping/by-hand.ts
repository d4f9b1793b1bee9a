import type { Runner } from '../exec/runner.ts';
import { userEnvironment } from '../exec/user-environment.ts';
import { shellLine } from '../model/command.ts';
import type { Keys } from './keys.ts';
import { indent, type Page } from './page.ts';
import { containerOf } from './reverse.ts';
import { atHand, type Stepper } from './stepper.ts';
import { words } from './words.ts';

interface ConsoleParts {
  readonly stepper: Stepper;
  readonly page: Page;
  readonly keys: Keys;
  readonly runner: Runner;
  readonly environment: Parameters<typeof userEnvironment>[0];
}

/**
 * Runs a shell on a terminal of its own (script(1)): in the user's, Ctrl-C would end ctr as well, and job control fails
 * where the terminal belongs to a process group of another PID namespace.
 */
function onTerminal(words: readonly string[]): readonly string[] {
  return ['script', '--quiet', '--return', '--command', shellLine(words), '/dev/null'];
}

/**
 * Runs a line of shell, or a shell, and tells what it changed.
 * @param onHost on the host, not in the container of the step.
 * @returns whether it changed anything.
 */
export async function changeByHand(
  { stepper, page, keys, runner, environment }: ConsoleParts,
  typed: string | undefined,
  onHost: boolean,
): Promise<boolean> {
  const step = onHost ? undefined : atHand(stepper);
  const names = stepper.plan.lab.containers.map(({ name }) => name);
  const container = step === undefined ? undefined : containerOf(step, names);
  const pid = container === undefined ? undefined : stepper.pids().get(container);
  const enter = pid === undefined ? [] : ['nsenter', '--target', String(pid), '--net'];
  const place = pid === undefined ? 'host' : container;
  page.tell(`${indent}${place}: ${typed ?? page.say(words.shell)}`);
  await keys.release(async () => {
    const running = await runner.start(
      typed === undefined ? onTerminal([...enter, 'sh', '-i']) : [...enter, 'sh', '-c', typed],
      {
        descriptors: typed === undefined ? ['inherit', 'inherit', 'inherit'] : ['ignore', 1, 2],
        environment: {
          ...userEnvironment(environment),
          ...{ PS1: `${place}# `, SHELL: '/bin/sh' },
        },
      },
    );
    await running.ended;
  });
  const diff = await stepper.look();
  page.tell(` ✋ ${stepper.at()}½ ${page.say(words.byHand)}`);
  page.diff(diff);
  return diff.changes.length > 0;
}
