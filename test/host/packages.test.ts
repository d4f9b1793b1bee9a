import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import { worldNames } from '../../src/model/world-addresses.ts';
import { installing } from '../../src/sandbox/world-words.ts';
import { debianRootfs } from '../support/debian.ts';

const greeting = 'hello from labex: this program came out of a package\n';

let shop: Awaited<ReturnType<typeof workshop>>;
let program: readonly string[];
let busybox: string;
let debian: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  busybox = shop.config('busybox', tutorial());
  debian = shop.config('debian', tutorial({ root_dir: './debian' }));
  await debianRootfs(join(shop.directory, 'debian'));
  program = copyOfCtr(shop.directory);
  mkdirSync(join(shop.directory, 'state'));
  chmodSync(shop.directory, 0o755);
  await sh(['chown', '-R', `${userId}:${userId}`, shop.directory]);
});
afterAll(() => shop.remove());

/** Runs a command in a container as an ordinary user, so the container has only one user. */
async function upAsUser(config: string, command: string): Promise<Ran> {
  const state = `CTR_STATE_DIR=${shop.directory}/state`;
  return await sh([...asUser, 'env', state, ...program, 'up', config, '--', 'sh', '-c', command]);
}

const asRoot = async (config: string, command: string) =>
  await ctr(['up', config, '--', 'sh', '-c', command]);

const ways = [
  ['wget and tar', 'busybox', installing.tar],
  ['busybox dpkg', 'busybox', `cd /tmp && ${installing.dpkg} >&2`],
  ['apt-get and dpkg', 'debian', `{ ${installing.apt.join(' && ')}; } >&2`],
] as const;

test.each(ways)('%s installs the package of the world where there is one user', async (...way) => {
  const [, rootfs, commands] = way;
  const ran = await upAsUser(rootfs === 'debian' ? debian : busybox, `${commands} && greet`);
  expect({ ...ran, err: ran.code === 0 ? '' : ran.err }).toEqual({
    code: 0,
    out: greeting,
    err: '',
  });
});

test.each(ways)('%s installs the package of the world for root', async (...way) => {
  const [, rootfs, commands] = way;
  const ran = await asRoot(rootfs === 'debian' ? debian : busybox, `${commands} && greet`);
  expect({ ...ran, err: ran.code === 0 ? '' : ran.err }).toEqual({
    code: 0,
    out: greeting,
    err: '',
  });
});

test('up warns about a root file system with a package manager that there is no internet', async () => {
  const ran = await upAsUser(debian, 'true');
  expect(ran.err).toContain('W115  labex  apt-get cannot reach its package servers');
  expect((await upAsUser(busybox, 'true')).err).not.toContain('W115');
});

test('up warns that the container cannot change a root file system of another user', async () => {
  const foreign = join(shop.directory, 'foreign');
  expect((await ctr(['-q', 'rootfs', 'create', foreign])).code).toBe(0);
  const config = shop.config('foreign', tutorial({ root_dir: './foreign' }));
  const ran = await upAsUser(config, 'touch /root/x');
  expect(ran.err).toContain('W116  labex');
  expect(ran.err).toContain('Permission denied');
  expect(ran.code).toBe(1);
  expect((await asRoot(config, 'touch /root/x')).err).not.toContain('W116');
});

test('ctr sandbox --help lists every name and every page, and how the package is installed', async () => {
  const { out } = await ctr(['sandbox', '--help']);
  for (const line of [installing.tar, installing.dpkg, ...installing.apt]) {
    expect(out).toContain(`    ${line}\n`);
  }
});

test('inspect of a run in a sandbox host lists the names of its world', async () => {
  expect((await ctr(['-q', 'up', '-d', busybox])).code).toBe(0);
  const { out } = await ctr(['inspect', 'labex']);
  const chinese = (await ctr(['--lang', 'zh', 'inspect', 'labex'])).out;
  const { world } = JSON.parse((await ctr(['inspect', 'labex', '--json'])).out);
  await ctr(['-q', 'down', 'labex']);
  expect(world).toEqual(worldNames);
  for (const name of Object.keys(worldNames)) expect(out).toContain(name);
  expect(chinese).toMatch(/^容器 +labex\/labex$/m);
  expect(chinese).toMatch(/^ +veth 对 veth[\w-]+ - eth0，接在网桥 ctr0 上$/m);
  expect(chinese).not.toMatch(/^(?:container|command|by hand|world|route) /m);
});
