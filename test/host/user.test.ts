import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let state: string;
let program: readonly string[];

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
  state = join(shop.directory, 'state');
  program = copyOfCtr(shop.directory);
  mkdirSync(state);
  for (const path of [shop.directory, file]) chmodSync(path, 0o755);
  await sh(['chown', '-R', String(userId), shop.directory]);
});
afterAll(() => shop.remove());

async function userCtr(args: readonly string[]) {
  return await sh([...asUser, 'env', `CTR_STATE_DIR=${state}`, ...program, ...args]);
}

test('without root, up runs in a sandbox host, says so, and reaches its world', async () => {
  const before = await snapshot();
  const script =
    'id -u; ip -4 addr show eth0 | grep inet; wget -q -O - http://downloads.example/; exit 7';
  const ran = await userCtr(['up', file, '--', 'sh', '-c', script]);
  expect(ran.err).toContain('in a sandbox host: this machine is not touched');
  expect(ran.out).toMatch(/^0\n +inet 192\.168\.0\.100\/16 /);
  expect(ran.out).toContain('you came from 198.51.100.2');
  expect(ran.code).toBe(7);
  expect(await snapshot()).toBe(before);
});

test('a user’s detached run keeps its sandbox host until it ends, and the verbs enter it', async () => {
  const before = await snapshot();
  expect((await userCtr(['-q', 'up', '-d', file])).out).toBe('labex\n');
  expect((await userCtr(['ps'])).out).toMatch(/labex +labex +running/);
  const inside = await userCtr(['exec', 'labex', '--', 'sh', '-c', 'hostname; exit 9']);
  expect(inside.out).toBe('labex\n');
  expect(inside.code).toBe(9);
  expect((await userCtr(['check', 'labex'])).code).toBe(0);
  expect((await userCtr(['inspect', 'labex', '--json'])).out).toContain('"192.168.0.100/16"');
  expect((await userCtr(['-q', 'down', 'labex'])).code).toBe(0);
  await until(async () => (await snapshot()) === before);
  expect((await userCtr(['ps'])).out).not.toContain('labex');
});

test('the sandbox host of a user’s detached run ends with the run', async () => {
  const before = await snapshot();
  expect((await userCtr(['-q', 'up', '-d', file, '--', 'sleep', '0.3'])).code).toBe(0);
  await until(async () => (await snapshot()) === before);
  await until(() => readdirSync(state).every((name) => name === '.ended'));
});

test('plan without root changes nothing, and prints what up would run', async () => {
  const before = await snapshot();
  const planned = await userCtr(['plan', file, '--format', 'json']);
  expect((await userCtr(['plan', file, '--format', 'json'])).out).toBe(planned.out);
  expect((await userCtr(['up', '--dry-run', file])).out).toBe((await userCtr(['plan', file])).out);
  expect(await snapshot()).toBe(before);
  const again = [...program, 'plan', file, '--format', 'json'];
  const inSandbox = await userCtr(['sandbox', '--', ...again]);
  expect(inSandbox.out).toBe(planned.out);
});

test('--host without root is refused with two ways out', async () => {
  const ran = await userCtr(['up', '--host', file]);
  expect(ran.code).toBe(4);
  expect(ran.err).toContain('sudo ');
  expect(ran.err).toContain('--sandbox');
});

test.each([
  ['user', 'user'],
  ['net', 'network'],
  ['mnt', 'mount'],
  ['pid', 'PID'],
  ['uts', 'UTS'],
  ['ipc', 'IPC'],
  ['cgroup', 'cgroup'],
])('where no %s namespaces may be made, the error names the limit, once', async (limit, kind) => {
  // The limit applies in a new user namespace. If it is the limit of user namespaces, that one is the only one allowed.
  const most = limit === 'user' ? 1 : 0;
  const set = `echo ${most} >/proc/sys/user/max_${limit}_namespaces; exec unshare --user --map-user=1000 --map-group=1000 "$@"`;
  const enter = ['unshare', '--user', '--map-root-user', 'sh', '-c', set, 'limited'];
  const ran = await sh([...asUser, ...enter, ...program, 'sandbox', '--', 'true']);
  expect(ran.err).toContain(`this machine does not allow ${kind} namespaces`);
  expect(ran.err.match(/No space left on device/g)).toHaveLength(1);
  expect(ran.err).toMatch(/^ctr: cannot create a sandbox host/);
  expect(ran.err).not.toContain('file system');
  expect(ran.code).toBe(4);
});

test('as root, a limit on network namespaces is named by up on the host, too', async () => {
  const set = 'echo 1 >/proc/sys/user/max_net_namespaces; exec unshare --net "$@"';
  const enter = ['unshare', '--user', '--map-root-user', 'sh', '-c', set, 'limited'];
  const ran = await sh([...enter, ...program, 'sandbox', '--', 'true']);
  expect(ran.err).toContain('this machine does not allow network namespaces');
  expect(ran.err).not.toContain('sudo ctr');
});

test.each([
  ['vanished', '/nonexistent'],
  ["somebody else's", '/root'],
  ['a file', '/etc/passwd'],
  ['relative', 'run'],
])('a run is found whatever XDG_RUNTIME_DIR is: %s', async (_, other) => {
  const before = await snapshot();
  const own = join(shop.directory, 'runtime');
  await sh(['install', '-d', '-m', '700', '-o', String(userId), own]);
  const call = (runtime: string, args: readonly string[]) => {
    const set = runtime === '' ? [] : [`XDG_RUNTIME_DIR=${runtime}`];
    return sh([...asUser, 'env', ...set, ...program, ...args]);
  };
  expect((await call(own, ['-q', 'up', '-d', file])).code).toBe(0);
  for (const runtime of ['', other]) {
    expect((await call(runtime, ['ps'])).out).toMatch(/labex +labex +running/);
    expect((await call(runtime, ['-q', 'up', '-d', file])).err).toContain('H003');
    expect((await call(runtime, ['exec', 'labex', '--', 'hostname'])).out).toBe('labex\n');
  }
  expect((await call(other, ['-q', 'down', 'labex'])).code).toBe(0);
  expect((await call(own, ['ps'])).out).not.toContain('labex');
  // The reverse: starts the run without a login session, and ends it from one.
  expect((await call(other, ['-q', 'up', '-d', file])).code).toBe(0);
  expect((await call(own, ['-q', 'down', '--all'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('ctr does not take an unreadable state directory for an empty one', async () => {
  const ran = await sh([...asUser, ...program, '--state-dir', '/root/x', 'ps']);
  expect(ran.err).toContain('cannot read the state directory /root/x');
  expect(ran.code).toBe(4);
});
