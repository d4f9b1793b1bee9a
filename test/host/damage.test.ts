import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { checksum } from '../../src/state/checksum.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let before: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
  before = await snapshot();
});
afterAll(() => shop.remove());

const folder = '/run/ctr/labex';
const state = `${folder}/state`;

/** Starts the run in the foreground. @returns when its container's command may run. */
async function ready() {
  const running = startCtr(['--json', 'up', file]);
  await new Promise<void>((resolve) => {
    running.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('"event":"ready"')) resolve();
    });
  });
  // Returned in an object, since an async function would wait for a promise.
  return { running };
}

async function dead(): Promise<void> {
  const { running } = await ready();
  running.kill('SIGKILL');
  await running;
  // The container ends with it, and the kernel removes the veth pair.
  await until(async () => (await sh(['ip', 'link'])).out.includes('ctr0: <NO-CARRIER'));
}

/** Without a record, ctr finds everything by its marks except forwarding on the uplink, which has no mark. */
async function onlyForwardingIsLeft(said: string): Promise<void> {
  const left = differences(before, await snapshot());
  const key = 'net/ipv4/conf/wan0/forwarding';
  expect(left.map(({ sign, line }) => sign + line)).toEqual([
    `-/proc/sys/${key}:0`,
    `+/proc/sys/${key}:1`,
  ]);
  const command = /sysctl -qw \S+/.exec(said)?.[0];
  expect(command).toBe(`sysctl -qw ${key}=0`);
  await sh(command?.split(' ') ?? []);
  expect(await snapshot()).toBe(before);
}

const flip = (at: (length: number) => number) => () => {
  const bytes = readFileSync(state);
  const place = at(bytes.length);
  bytes[place] = (bytes[place] ?? 0) ^ 4;
  writeFileSync(state, bytes);
};
const cut = (length: (whole: number) => number) => () =>
  writeFileSync(state, readFileSync(state).subarray(0, length(readFileSync(state).length)));
const replaced = (by: () => void) => () => {
  rmSync(state);
  by();
};

test.each([
  ['emptied', cut(() => 0), ['ps']],
  ['cut in half', cut((whole) => Math.floor(whole / 2)), ['gc']],
  ['short by a byte', cut((whole) => whole - 1), ['down', 'labex']],
  ['flipped in its checksum', flip(() => 3), ['ps']],
  ['flipped in its middle', flip((length) => Math.floor(length / 2)), ['gc']],
  ['a directory', replaced(() => mkdirSync(state)), ['down', 'labex']],
  ['a link', replaced(() => symlinkSync('/etc/passwd', state)), ['ps']],
  ['removed', replaced(() => undefined), ['down', 'labex']],
])(
  'a state file that is %s: what bears our mark goes, what bears none is told',
  async (_, damage, next) => {
    await dead();
    damage();
    const ran = await ctr(next);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('W107');
    await onlyForwardingIsLeft(ran.err);
  },
);

test('a run that is up keeps what it shares with a run whose record is damaged', async () => {
  const other = shop.config('other', tutorial({ host_name: 'other', ip: '192.168.0.101' }));
  await dead();
  cut(() => 40)();
  expect((await ctr(['-q', 'up', '-d', other, '--', 'sleep', '60'])).code).toBe(0);
  expect((await ctr(['check', 'other'])).code).toBe(0);
  const down = await ctr(['down', 'other']);
  expect(down.code).toBe(0);
  await onlyForwardingIsLeft('sysctl -qw net/ipv4/conf/wan0/forwarding=0');
});

test('ctr does not touch a record of a newer ctr, and says so', async () => {
  await dead();
  const whole = readFileSync(state, 'utf8');
  const body = whole.slice(whole.indexOf('\n') + 1).replace('"version":2', '"version":3');
  const sum = checksum(body);
  writeFileSync(state, `${sum}\n${body}`);
  const during = await snapshot();
  const listed = await ctr(['ps']);
  expect(listed.code).toBe(0);
  expect(listed.out).toMatch(/^labex +- +unreadable/m);
  expect((await ctr(['gc'])).code).toBe(0);
  for (const verb of [
    ['down', 'labex'],
    ['inspect', 'labex'],
    ['up', file],
  ]) {
    const ran = await ctr(verb);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('a newer version of ctr');
  }
  expect(await snapshot()).toBe(during);
  writeFileSync(state, whole);
  expect((await ctr(['down', 'labex'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('gc spares a detached run without a record, and down finds it', async () => {
  for (const down of [
    ['down', 'labex'],
    ['down', '--all'],
  ]) {
    await ctr(['-q', 'up', '-d', file]);
    rmSync('/run/ctr', { recursive: true });
    const during = await snapshot();
    const swept = await ctr(['gc']);
    expect(swept.code).toBe(0);
    expect(swept.err).toContain('ctr down labex');
    expect(await snapshot()).toBe(during);
    const ran = await ctr(down);
    expect(ran.code).toBe(0);
    await onlyForwardingIsLeft(ran.err);
  }
});

test('a foreground run without a record undoes everything itself', async () => {
  const { running } = await ready();
  rmSync('/run/ctr', { recursive: true });
  running.kill('SIGTERM');
  expect((await running).exitCode).toBe(143);
  expect(await snapshot()).toBe(before);
});

test('down ends a detached run without notes', async () => {
  await ctr(['-q', 'up', '-d', file]);
  rmSync(`${folder}/notes`);
  expect((await ctr(['down', 'labex'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('with a state directory of any size the run comes up and goes down, or ctr changes nothing', async () => {
  const directory = join(shop.directory, 'full');
  mkdirSync(directory, { mode: 0o700 });
  const codes: (number | undefined)[] = [];
  for (let kib = 4; kib <= 64; kib += 4) {
    await sh(['mount', '-t', 'tmpfs', '-o', `size=${kib}k,mode=0700`, 'tmpfs', directory]);
    const during = await snapshot();
    const at = ['--state-dir', directory];
    const up = await ctr([...at, '-q', 'up', '-d', file]);
    codes.push(up.code);
    if (up.code === 0) {
      const listed = JSON.parse((await ctr([...at, 'ps', '--json'])).out).containers;
      expect(listed).toMatchObject([{ name: 'labex', state: 'running' }]);
      expect((await ctr([...at, 'down', 'labex'])).code).toBe(0);
    } else {
      expect(up.code).toBe(4);
      expect(up.err).toContain('cannot write');
    }
    expect(await snapshot()).toBe(during);
    await sh(['umount', directory]);
  }
  expect(new Set(codes)).toEqual(new Set([4, 0]));
});

test('with a read-only state directory ctr changes nothing', async () => {
  const directory = join(shop.directory, 'read-only');
  mkdirSync(directory, { mode: 0o700 });
  await sh(['mount', '-t', 'tmpfs', '-o', 'ro,mode=0700', 'tmpfs', directory]);
  const during = await snapshot();
  const up = await ctr(['--state-dir', directory, 'up', '-d', file]);
  expect(up.code).toBe(4);
  expect(up.err).toContain('read-only');
  expect((await ctr(['--state-dir', directory, 'ps'])).code).toBe(0);
  expect(await snapshot()).toBe(during);
  await sh(['umount', directory]);
});
