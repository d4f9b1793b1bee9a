import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  anotherHost,
  assertSandbox,
  ctrPath,
  type Ran,
  sh,
  snapshot,
  tutorial,
  until,
  workshop,
} from '../support/host.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let host: Awaited<ReturnType<typeof anotherHost>>;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
});
afterAll(() => shop.remove());
beforeEach(async () => {
  host = await anotherHost();
});
afterEach(() => host.end());

async function inside(...argv: readonly string[]): Promise<Ran> {
  return await sh([...host.enter, ...argv]);
}
async function inner(...args: readonly string[]): Promise<Ran> {
  return await inside(process.execPath, ctrPath, ...args);
}
async function hand(...lines: readonly string[]): Promise<void> {
  const ran = await inside('sh', '-ec', lines.join('\n'));
  if (ran.code !== 0) throw new Error(ran.err);
}
async function switchAt(key: string): Promise<string> {
  return (await inside('cat', `/proc/sys/${key}`)).out.trim();
}

const uplink = 'net/ipv4/conf/wan0/forwarding';
const assertIt = 'echo 1 >/proc/sys/net/ipv4/ip_forward';

// ── a switch that somebody else has asserted meanwhile

/** What a way of ending printed, and what its last command exited with. */
type Ending = (asserting: readonly string[]) => Promise<Ran>;

const killKeeper = "kill -9 $(pgrep -f '[c]tr-keeper')";

/** Starts this, in whose container a command waits; once that runs, somebody asserts, and it ends. */
async function meanwhile(start: () => Promise<Ran>, asserting: readonly string[]): Promise<Ran> {
  const sleeps = async () => (await inside('pgrep', '-xf', 'sleep 601')).out.trim();
  const running = start();
  await until(async () => (await sleeps()) !== '', 20_000);
  await hand(...asserting, `kill -9 ${await sleeps()}`);
  const ended = await running;
  await until(async () => (await inside('test', '-e', '/run/ctr/labex')).code !== 0, 20_000);
  return ended;
}

function waiting(): string {
  const command = ['sh', '-c', 'sleep 601; true'];
  return shop.config('waiting', tutorial({ command }));
}

const endings: readonly [what: string, says: boolean, end: Ending][] = [
  [
    'down',
    true,
    async (asserting) => {
      await inner('-q', 'up', '-d', file);
      await hand(...asserting);
      return await inner('down', 'labex');
    },
  ],
  [
    'the end of a foreground command',
    true,
    (asserting) => meanwhile(() => inner('up', waiting()), asserting),
  ],
  [
    'the same, every command by itself',
    true,
    (asserting) => meanwhile(() => inner('up', '--one-by-one', waiting()), asserting),
  ],
  [
    'a detached run that ends by itself',
    false,
    (asserting) => meanwhile(() => inner('-q', 'up', '-d', waiting()), asserting),
  ],
  [
    'recovery after kill -9',
    false,
    async (asserting) => {
      await inner('-q', 'up', '-d', file);
      await hand(...asserting, killKeeper);
      return await inner('ps');
    },
  ],
  [
    'gc after kill -9',
    false,
    async (asserting) => {
      await inner('-q', 'up', '-d', file);
      await hand(...asserting, killKeeper);
      return await inner('gc');
    },
  ],
  [
    'the last of two runs, whose first made the change',
    true,
    async (asserting) => {
      const other = shop.config('other', tutorial({ host_name: 'other', ip: '192.168.0.101' }));
      await inner('-q', 'up', '-d', file);
      await inner('-q', 'up', '-d', other, '--', 'sleep', '600');
      await inner('-q', 'down', 'labex');
      await hand(...asserting);
      return await inner('down', 'other');
    },
  ],
  [
    'the exported script',
    false,
    async (asserting) => {
      const script = (await inner('plan', waiting(), '--format', 'sh')).out;
      return await meanwhile(() => sh([...host.enter, 'sh'], script), asserting);
    },
  ],
];

test.each(endings)(
  'a switch that somebody asserts meanwhile stays on: %s',
  async (_, says, end) => {
    expect(await switchAt(uplink)).toBe('0');
    const ended = await end([assertIt]);
    expect(ended.code).toBe(0);
    expect(await switchAt(uplink)).toBe('1');
    expect(await switchAt('net/ipv4/ip_forward')).toBe('1');
    if (says) {
      expect(ended.err).toContain('net/ipv4/ip_forward=1 is somebody else');
      expect(ended.err).toContain(`sysctl -qw ${uplink}=0`);
      expect(ended.err).not.toContain('what it changed on this host is undone');
    }
  },
);

test.each(endings)('a switch that nobody asserts is off again: %s', async (_, _says, end) => {
  const before = await snapshot(host.enter);
  const ended = await end(['true']);
  expect(ended.code).toBe(0);
  await until(async () => (await switchAt(uplink)) === '0', 10_000);
  expect(ended.err).not.toContain('somebody else');
  await until(async () => (await snapshot(host.enter)) === before, 10_000);
});
