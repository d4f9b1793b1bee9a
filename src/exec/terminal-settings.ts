import { collect } from './launcher.ts';
import type { Runner } from './runner.ts';

/**
 * Remembers the settings of the terminal (stty(1)), for a program that may be killed while it has changed them.
 * @returns a function that sets them again, also when the terminal still belongs to a process group that is gone.
 */
export async function rememberSettings(runner: Runner): Promise<() => Promise<void>> {
  if (process.stdin.isTTY !== true) return async () => undefined;
  const asking = await runner.start(['stty', '-g'], { descriptors: ['inherit', 'pipe', 'ignore'] });
  const told = collect(asking.output(1));
  await asking.ended;
  const settings = told.text().trim();
  return async () => {
    if (!/^[0-9a-f:]+$/.test(settings)) return;
    // SIGTTOU would stop a process that is not in the terminal's foreground.
    const set = ['sh', '-c', 'trap "" TTOU; exec stty "$0"', settings];
    await (await runner.start(set, { descriptors: ['inherit', 'ignore', 'ignore'] })).ended;
  };
}
