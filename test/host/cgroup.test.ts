import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { isRunning, processOf } from '../../rig/processes.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

const tree = '/sys/fs/cgroup';
// The name contains the network namespace, since another sandbox host may have a run with the same name.
const own = `${tree}/ctr.${statSync('/proc/self/ns/net').ino}.labex.labex`;

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
  // A sandbox host has no cgroup tree. This one stands for the tree of a real host.
  expect(await sh(['mount', '-t', 'cgroup2', 'none', tree])).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await sh(['umount', tree]);
  shop.remove();
});

const processes = () => readFileSync(`${own}/cgroup.procs`, 'latin1').trim().split('\n');

test.each([['staged'], ['fast', '--fast']])(
  'brought up %s, a container is in a cgroup of its own, exec too, and it goes with it',
  async (_, ...flags) => {
    const before = await snapshot();
    await ctr(['-q', 'up', ...flags, '-d', file, '--', 'sleep', '60']);
    await until(() => isRunning('sleep', '60'));
    expect(processes()).toContain(String(processOf('sleep', '60')));
    expect(readFileSync('/proc/self/cgroup', 'latin1')).not.toContain('labex');
    // Inside, the container's cgroup is the root of the tree.
    const inside = await ctr([
      'exec',
      'labex',
      '--',
      'grep',
      '^0',
      '/proc/1/cgroup',
      '/proc/self/cgroup',
    ]);
    expect(inside.out).toBe('/proc/1/cgroup:0::/\n/proc/self/cgroup:0::/\n');
    await ctr(['-q', 'down', 'labex']);
    expect(existsSync(own)).toBe(false);
    expect(await snapshot()).toBe(before);
  },
);

test('after kill -9 the next command removes the cgroup', async () => {
  const before = await snapshot();
  const running = startCtr(['-q', 'up', file, '--', 'sleep', '61']);
  await until(() => isRunning('sleep', '61'));
  expect(existsSync(own)).toBe(true);
  running.kill('SIGKILL');
  await running;
  await ctr(['gc']);
  expect(existsSync(own)).toBe(false);
  expect(await snapshot()).toBe(before);
});

test('gc finds a cgroup without a record', async () => {
  await sh(['mkdir', own]);
  expect((await ctr(['gc', '--dry-run'])).out).toBe(`rmdir ${own}\n`);
  expect((await ctr(['gc'])).code).toBe(0);
  expect(existsSync(own)).toBe(false);
});

test('ctr does not touch a foreign cgroup of the same name', async () => {
  await sh(['mkdir', own]);
  const ran = await ctr(['up', file, '--', 'true']);
  expect(ran.code).toBe(5);
  expect(existsSync(own)).toBe(true);
  await sh(['rmdir', own]);
});

test('limits hold if the tree enables their controllers; otherwise ctr refuses them with the reason', async () => {
  const before = await snapshot();
  const limited = shop.config('limited', tutorial({ limits: { memory: '32M', pids: 20 } }));
  const handed = readFileSync(`${tree}/cgroup.subtree_control`, 'latin1').split(/\s+/);
  const script = 'for n in $(seq 40); do sleep 1 & done; wait; echo survived';
  const ran = await ctr(['-q', 'up', limited, '--', 'sh', '-c', script]);
  if (handed.includes('memory') && handed.includes('pids')) {
    expect(ran.err).toMatch(/can't fork|Resource temporarily unavailable/);
    const hungry = await ctr([
      '-q',
      'up',
      limited,
      '--',
      'sh',
      '-c',
      'head -c 64M /dev/zero >/tmp/x',
    ]);
    expect(hungry.code).not.toBe(0);
  } else {
    expect(ran.err).toMatch(
      /H010 +labex +"limits" does not work here: \/sys\/fs\/cgroup does not enable/,
    );
    expect(ran.code).toBe(4);
  }
  expect(await snapshot()).toBe(before);
});

test('without a cgroup2 tree ctr refuses limits, and a container without limits comes up', async () => {
  await sh(['umount', tree]);
  try {
    const limited = shop.config('limited', tutorial({ limits: { pids: 20 } }));
    const refused = await ctr(['up', limited, '--', 'true']);
    expect(refused.err).toMatch(
      /H010 +labex +"limits" does not work here: there is no writable cgroup v2 hierarchy/,
    );
    expect(refused.code).toBe(4);
    expect((await ctr(['-q', 'up', file, '--', 'true'])).code).toBe(0);
  } finally {
    await sh(['mount', '-t', 'cgroup2', 'none', tree]);
  }
});
