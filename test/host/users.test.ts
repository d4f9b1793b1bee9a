import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { isRunning } from '../../rig/processes.ts';
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
  file = shop.config('users', tutorial({ user_namespace: true }));
});
afterAll(() => shop.remove());

const look =
  'cat /proc/self/uid_map /proc/self/gid_map; id -u; stat -c %u /bin; touch /x /etc/x /root/x /run/x /tmp/x && touch /bin/x; ping -c 1 192.168.0.1 >/dev/null && echo reached; exit 7';

/** Expects the output of a container with its own user namespace. */
function expectOwnUsers(out: string): void {
  const [users = '', groups = '', ...rest] = out
    .trim()
    .split('\n')
    .map((line) => line.trim());
  expect(users).toMatch(/^0 +1\d{9} +65536$/);
  expect(groups).toBe(users);
  const first = Number(users.split(/ +/)[1]);
  // The first uid is above the ranges of useradd(8), a multiple of 65,536, and below 2^31.
  expect(first % 65_536).toBe(0);
  expect(first).toBeGreaterThanOrEqual(0x7000_0000);
  expect(first + 65_536).toBeLessThanOrEqual(2 ** 31);
  // Its root is uid 0, the files of its root file system belong to nobody, and it reaches its gateway.
  expect(rest).toEqual(['0', '65534', 'reached']);
}

test.each([['step by step'], ['fast', '--fast'], ['one by one', '--one-by-one']])(
  'brought up %s, its users are nobody else’s, it works, and nothing is left',
  async (_, ...flags) => {
    const before = await snapshot();
    const ran = await ctr(['-q', 'up', ...flags, file, '--', 'sh', '-c', look]);
    expectOwnUsers(ran.out);
    expect(ran.code).toBe(7);
    expect(await snapshot()).toBe(before);
  },
);

test('the exported script maps the same users', async () => {
  const before = await snapshot();
  const config = shop.config(
    'script',
    tutorial({ user_namespace: true, command: ['sh', '-c', look] }),
  );
  const script = (await ctr(['plan', '--format', 'sh', config])).out;
  const ran = await sh(['sh', '-s'], script);
  expectOwnUsers(ran.out);
  expect(ran.code).toBe(7);
  expect(await snapshot()).toBe(before);
});

test('the process of exec has the same users and privileges, and ends with its ctr', async () => {
  const before = await snapshot();
  await ctr(['-q', 'up', '-d', file]);
  const inside = await ctr([
    'exec',
    'labex',
    '--',
    'sh',
    '-c',
    'id -u; grep -E "^Cap(Eff|Bnd)|^NoNew" /proc/self/status; exit 9',
  ]);
  expect(inside.out.replaceAll('\t', ' ')).toBe(
    '0\nCapEff: 00000000a00425fb\nCapBnd: 00000000a00425fb\nNoNewPrivs: 1\n',
  );
  expect(inside.code).toBe(9);
  const running = startCtr(['exec', 'labex', '--', 'sleep', '77']);
  await until(() => isRunning('sleep', '77'));
  running.kill('SIGKILL');
  await until(() => !isRunning('sleep', '77'));
  expect((await ctr(['exec', 'labex', '--', 'true'])).code).toBe(0);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('two containers of a run have different users', async () => {
  const container = (address: string) => ({
    rootfs: './labex',
    command: ['cat', '/proc/self/uid_map'],
    user_namespace: true,
    interfaces: [{ network: 'net', addresses: [address] }],
  });
  const both = shop.config('both', {
    version: 1,
    name: 'both',
    networks: {
      net: { bridge: { name: 'ctr0' }, subnets: [{ subnet: '10.7.0.0/24', gateway: '10.7.0.1' }] },
    },
    containers: { one: container('10.7.0.2'), two: container('10.7.0.3') },
  });
  const plan = JSON.parse((await ctr(['plan', '--format', 'json', both])).out) as {
    readonly lab: { readonly containers: readonly { readonly first_user: number }[] };
  };
  expect(new Set(plan.lab.containers.map((one) => one.first_user)).size).toBe(2);
});

test('without root there is only one user, so ctr refuses with this reason and changes nothing', async () => {
  const before = await snapshot();
  const state = join(shop.directory, 'state');
  mkdirSync(state);
  const program = copyOfCtr(shop.directory);
  for (const path of [shop.directory, file]) chmodSync(path, 0o755);
  await sh(['chown', '-R', `${userId}:${userId}`, shop.directory]);
  const ran = await sh([...asUser, ...program, '--state-dir', state, 'up', file]);
  expect(ran.err).toMatch(
    /H008 +labex +"user_namespace" needs the user IDs \d+ to \d+, but this host has one user ID/,
  );
  expect(ran.code).toBe(4);
  expect(await snapshot()).toBe(before);
});
