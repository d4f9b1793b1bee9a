import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox, ctr, sh, snapshot, tutorial, until, workshop } from '../support/host.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
});
afterAll(() => shop.remove());

/** Of a snapshot, what the plan makes: not who looks after it. */
function built(text: string): string {
  const sections = text.split(/^== /m);
  return sections.filter((section) => !/^(processes|files)\n/.test(section)).join('== ');
}

test.each(['dash', 'bash'])(
  'the exported script, run by %s, builds what up builds and takes it back',
  async (shell) => {
    const before = await snapshot();
    expect((await ctr(['-q', 'up', '-d', file])).code).toBe(0);
    const byCtr = built(await snapshot());
    expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);

    const script = (await ctr(['plan', file, '--format', 'sh'])).out;
    const running = spawn(shell, [], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => {
      running.on('exit', resolve);
    });
    running.stdin.end(script);
    await until(async () => built(await snapshot()) === byCtr);
    running.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(await snapshot()).toBe(before);
  },
);

test('the exported script passes shellcheck', async () => {
  const script = (await ctr(['plan', file, '--format', 'sh'])).out;
  const checked = await sh(['shellcheck', '-s', 'sh', '-'], script);
  expect(checked.out).toBe('');
  expect(checked.code).toBe(0);
});

test('a script in which a command fails takes back what it did and exits 5', async () => {
  const before = await snapshot();
  const script = (await ctr(['plan', file, '--format', 'sh'])).out;
  const broken = script.replace(/^ip link set dev \S+ netns .*$/m, 'false');
  expect(broken).not.toBe(script);
  const ran = await sh(['sh', '-c', broken]);
  expect(ran.code).toBe(5);
  expect(ran.err).toContain('move-link');
  expect(await snapshot()).toBe(before);
});
