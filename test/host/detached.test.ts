import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
});
afterAll(() => shop.remove());

async function pidOf(name: string): Promise<number> {
  const all = JSON.parse((await ctr(['ps', '--json'])).out).containers as {
    name: string;
    pid: number;
  }[];
  return all.find((one) => one.name === name)?.pid ?? 0;
}

test('a detached run can be listed, entered, read, checked and taken down', async () => {
  const before = await snapshot();
  const started = await ctr([
    'up',
    '-d',
    file,
    '--',
    'sh',
    '-c',
    'echo out; echo err >&2; sleep 60',
  ]);
  expect(started.out).toBe('labex\n');
  expect(started.code).toBe(0);
  expect((await ctr(['ps'])).out).toMatch(/labex +labex +running +\d+ +192\.168\.0\.100\/16 +ctr0/);
  const inside = await ctr(['exec', 'labex', '--', 'sh', '-c', 'echo $$; exit 5']);
  expect(inside.out).toMatch(/^\d+\n$/);
  expect(Number(inside.out)).toBeLessThan(50);
  expect(inside.code).toBe(5);
  expect((await ctr(['logs', 'labex'])).out.split('\n').sort()).toEqual(['', 'err', 'out']);
  const inspected = JSON.parse((await ctr(['inspect', 'labex', '--json'])).out);
  expect(inspected.containers[0].interfaces[0].address).toBe('192.168.0.100/16');
  expect(inspected.containers[0].kernel.links.map((link: { name: string }) => link.name)).toEqual([
    'lo',
    'eth0',
  ]);
  expect((await ctr(['check', 'labex'])).code).toBe(0);
  expect((await ctr(['down', 'labex'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('exec gives the new process no more privileges than the first process has', async () => {
  await ctr(['-q', 'up', '-d', file, '--', 'sleep', '60']);
  const inside = await ctr([
    'exec',
    'labex',
    '--',
    'grep',
    '-E',
    'Cap(Eff|Bnd)|NoNew',
    '/proc/self/status',
  ]);
  await ctr(['-q', 'down', 'labex']);
  expect(inside.out).toBe('CapEff:\t00000000a00425fb\nCapBnd:\t00000000a00425fb\nNoNewPrivs:\t1\n');
});

test('a detached run undoes itself when its first process is killed', async () => {
  const before = await snapshot();
  await ctr(['-q', 'up', '-d', file, '--', 'sleep', '60']);
  process.kill(await pidOf('labex'), 'SIGKILL');
  await until(() => !existsSync('/run/ctr/labex'));
  await until(async () => (await snapshot()) === before);
});

test('check reports differences from the plan', async () => {
  await ctr(['-q', 'up', '-d', file, '--', 'sleep', '60']);
  const { execa } = await import('execa');
  await execa('iptables', ['-t', 'nat', '-F', 'POSTROUTING']);
  const checked = await ctr(['check', 'labex']);
  expect(checked.code).toBe(7);
  expect(checked.out).toMatch(/✘ host: rule nat POSTROUTING .*MASQUERADE/);
  expect((await ctr(['down', 'labex'])).code).toBe(0);
});

test('ctr refuses a second run of the same name, and does not touch the first', async () => {
  await ctr(['-q', 'up', '-d', file, '--', 'sleep', '60']);
  const during = await snapshot();
  const second = await ctr(['up', '-d', file, '--', 'sleep', '60']);
  expect(second.code).toBe(4);
  expect(second.err).toContain('H003');
  expect(await snapshot()).toBe(during);
  await ctr(['-q', 'down', 'labex']);
});

test('without runs, down --all and gc do nothing', async () => {
  expect((await ctr(['down', '--all'])).code).toBe(0);
  expect((await ctr(['gc'])).code).toBe(0);
});
