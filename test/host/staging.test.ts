import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { copyOfCtr } from '../../rig/ordinary-user.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let program: readonly string[];
let before: string;

/** Runs a command on a host with a changed copy of this root directory. */
const changedHost = `
set -eu
prepare=$1 shop=$2; shift 2
mount -t tmpfs host /run
mkdir /run/upper /run/work /run/root
mount -t overlay host -o lowerdir=/,upperdir=/run/upper,workdir=/run/work /run/root
cd /run/root
rm -rf mnt media srv opt
for mounted in proc sys dev tmp; do mount --rbind "/$mounted" "./$mounted"; done
mkdir old data
eval "$prepare"
pivot_root . old
exec chroot . sh -c 'umount -l /old; mount -t tmpfs run /run; exec "$@"' sh "$@"
`;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  shop.config('tutorial', tutorial());
  // Uses a copy, since ctr may be installed in a directory that the changed host does not have.
  program = copyOfCtr(shop.directory);
  writeFileSync(join(shop.directory, 'changed-host.sh'), changedHost);
  before = await snapshot();
});
afterAll(() => shop.remove());

async function upOn(prepare: string, file: string, flags: readonly string[] = []) {
  const up = [...program, '-q', ...flags, 'up', file, '--', 'cat', '/etc/hostname'];
  const host = ['unshare', '--mount', 'sh', join(shop.directory, 'changed-host.sh')];
  const ran = await sh([...host, prepare, shop.directory, ...up]);
  expect(await snapshot()).toBe(before);
  return ran;
}

const copied = 'cp -r "$shop/labex" "$shop/tutorial.json"';

test.each([
  [
    '/mnt a link, the rootfs below it',
    `mkdir -p var/mnt media; ln -s var/mnt mnt; ${copied} mnt/`,
    '/mnt',
  ],
  [
    '/mnt and /media one directory',
    `mkdir -p srv; ln -s data mnt; ln -s /data media; ${copied} data/`,
    '/media',
  ],
  ['only /opt', `mkdir opt; ${copied} data/`, '/data'],
  [
    '/mnt a file, /media a link to nowhere',
    `mkdir srv; : >mnt; ln -s nowhere media; ${copied} data/`,
    '/data',
  ],
  [
    'links to what a container is built with',
    `ln -s usr mnt; ln -s / media; ln -s proc srv; mkdir opt; ${copied} data/`,
    '/data',
  ],
  [
    'the rootfs a link to below /mnt',
    `mkdir mnt media; ${copied} mnt/; mv mnt/tutorial.json data; ln -s /mnt/labex data/labex`,
    '/data',
  ],
  [
    'the folder of the config a link',
    `mkdir mnt; ${copied} data/; ln -s data elsewhere`,
    '/elsewhere',
  ],
  [
    'a read-only file system over /mnt',
    `mkdir mnt; mount -t tmpfs -o ro none mnt; ${copied} data/`,
    '/data',
  ],
  [
    'the rootfs on a noexec, nosuid, read-only one',
    `mkdir mnt; mount -t tmpfs none data; ${copied} data/; mount -o remount,ro,noexec,nosuid data`,
    '/data',
  ],
  [
    'the rootfs on an overlay',
    `mkdir mnt; mount -t tmpfs none data; mkdir data/u data/w data/r; mount -t overlay -o "lowerdir=$shop,upperdir=data/u,workdir=data/w" none data/r`,
    '/data/r',
  ],
])('a host with %s brings a container up', async (_, prepare, folder) => {
  expect(await upOn(prepare, `${folder}/tutorial.json`)).toEqual({
    code: 0,
    out: 'labex\n',
    err: '',
  });
});

test.each([
  ['nowhere to build a root', `${copied} data/`, '/data', /none of them is a directory/],
  [
    'every place above the rootfs',
    `for one in mnt media srv opt; do ln -s data "$one"; done; ${copied} data/`,
    '/mnt',
    /root on \/data, and that mount would hide \/mnt\/labex/,
  ],
])('a host with %s says so before anything is touched', async (_, prepare, folder, words) => {
  const ran = await upOn(prepare, `${folder}/tutorial.json`);
  expect(ran).toMatchObject({ code: 4, out: '' });
  expect(ran.err).toMatch(/nothing was touched\n {2}H012/);
  expect(ran.err).toMatch(words);
  const zh = await upOn(prepare, `${folder}/tutorial.json`, ['--lang', 'zh']);
  expect(zh.err).toMatch(/H012 {2}labex {2}ctr 要在/);
});
