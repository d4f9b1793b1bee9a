import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
});
afterAll(() => shop.remove());

/** A snapshot without supervisors. */
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

test('a script in which a command fails undoes its changes and exits with 5', async () => {
  const before = await snapshot();
  const script = (await ctr(['plan', file, '--format', 'sh'])).out;
  const broken = script.replace(/^ip link set dev \S+ netns .*$/m, 'false');
  expect(broken).not.toBe(script);
  const ran = await sh(['sh', '-c', broken]);
  expect(ran.code).toBe(5);
  expect(ran.err).toContain('move-link');
  expect(await snapshot()).toBe(before);
});

/** Writes the exported script of a config to a file. */
async function exported(name: string, command: readonly string[], ...flags: readonly string[]) {
  const plan = ['plan', ...flags, '--format', 'sh', shop.config(name, tutorial({ command }))];
  const path = join(shop.directory, `${name}.sh`);
  writeFileSync(path, (await ctr(plan)).out);
  return path;
}

test.each([
  ['dash', 'staged', []],
  ['bash', 'staged', []],
  ['dash', 'fast', ['--fast']],
] as const)(
  'a script run by %s (%s) gives its first command its own standard input, and has its exit code',
  async (shell, _, flags) => {
    const before = await snapshot();
    const script = await exported('reads', ['sh', '-c', 'cat; exit 7'], ...flags);
    const given = (redirected: string) =>
      sh(['sh', '-c', redirected.replace('SH', `${shell} ${script}`)]);
    for (const [redirected, out] of [
      ['printf piped | SH', 'piped'],
      [`SH <${file}`, (await sh(['cat', file])).out],
      ['SH </dev/null', ''],
      ['SH <&-', ''],
      ['SH </tmp', ''],
      [`cat ${script} | setsid ${shell}`, ''],
    ] as const) {
      expect(await given(redirected)).toEqual({ code: 7, out, err: '' });
    }
    expect(await snapshot()).toBe(before);
  },
);

test('a script whose container cannot start says why and undoes everything', async () => {
  const before = await snapshot();
  const script = (await ctr(['plan', file, '--format', 'sh'])).out;
  const broken = script.replaceAll('--propagation private', '--propagation nonsense');
  expect(broken).not.toBe(script);
  const ran = await sh(['sh', '-c', broken]);
  expect(ran.code).toBe(5);
  expect(ran.err).toMatch(/start-child/);
  expect(ran.err).toMatch(/unshare: .*nonsense/);
  expect(await snapshot()).toBe(before);
});
