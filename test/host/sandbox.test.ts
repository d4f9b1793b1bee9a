import { beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { isRunning } from '../../rig/processes.ts';
import { until } from '../../rig/until.ts';

beforeAll(assertSandbox);

test('a sandbox host ends with the ctr that made it, even if that one is killed', async () => {
  const words = ['sleep', '4321'];
  const outside = startCtr(['sandbox', '--', ...words]);
  await until(() => isRunning(...words));
  outside.kill('SIGKILL');
  await until(() => !isRunning(...words));
  expect(isRunning(...words)).toBe(false);
});

test.each([
  ['nosuch', 127],
  // A builtin of the shell is not a program.
  ['exit', 127],
  ['in_world', 127],
  ['/etc', 126],
  ['/etc/passwd', 126],
])(
  'a sandbox for %s, which is no program, is refused with %i, in both languages',
  async (word, code) => {
    const english = await ctr(['sandbox', word, '0']);
    expect({ code: english.code, out: english.out }).toEqual({ code, out: '' });
    expect(english.err).toMatch(/^ctr: .*in the sandbox.*\n$/);
    const chinese = await ctr(['--lang', 'zh', 'sandbox', '--', word]);
    expect(chinese.code).toBe(code);
    expect(chinese.err).toMatch(/^ctr: .*沙盒里.*\n$/);
  },
);
