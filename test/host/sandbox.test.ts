import { beforeAll, expect, test } from '@jest/globals';
import { assertSandbox, startCtr, until } from '../support/host.ts';
import { isRunning } from '../support/processes.ts';

beforeAll(assertSandbox);

test('a sandbox host ends with the ctr that made it, also when that one is killed', async () => {
  const words = ['sleep', '4321'];
  const outside = startCtr(['sandbox', '--', ...words]);
  await until(() => isRunning(...words));
  outside.kill('SIGKILL');
  await until(() => !isRunning(...words));
  expect(isRunning(...words)).toBe(false);
});
