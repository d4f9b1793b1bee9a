import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { assertSandbox, startCtr, until } from '../support/host.ts';

beforeAll(assertSandbox);

function isRunning(command: string): boolean {
  return readdirSync('/proc').some((entry) => {
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8') === command;
    } catch {
      return false;
    }
  });
}

test('a sandbox host ends with the ctr that made it, also when that one is killed', async () => {
  const words = ['sleep', '4321'];
  const command = `${words.join('\0')}\0`;
  const outside = startCtr(['sandbox', '--', ...words]);
  await until(() => isRunning(command), 10_000);
  outside.kill('SIGKILL');
  await until(() => !isRunning(command), 5000);
  expect(isRunning(command)).toBe(false);
});
