import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let lab: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
  const container = { rootfs: './labex', command: ['sleep', '60'] };
  lab = shop.config('lab', {
    version: 1,
    name: 'lab',
    networks: {
      front: {
        bridge: { name: 'ctr1' },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
      back: {
        bridge: { name: 'ctr2' },
        subnets: [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }],
        masquerade: false,
      },
    },
    containers: {
      web: { ...container, replicas: 3, interfaces: [{ network: 'front' }] },
      db: { ...container, interfaces: [{ network: 'front' }, { network: 'back' }] },
    },
  });
});
afterAll(() => shop.remove());

/** What a plan builds, without supervisors and counters of the kernel. */
function built(text: string): string {
  return text
    .split(/^== /m)
    .filter((section) => !/^(processes|state|files)/.test(section))
    .join('== ');
}

/** The network, names and root as a process in the container sees them. */
async function inside(name: string): Promise<string> {
  const look = [
    'ip addr show; ip route; cat /etc/hosts /etc/resolv.conf /etc/hostname',
    'hostname; ls -l /dev; cut -d " " -f 5,6 /proc/self/mountinfo | sort; grep Cap /proc/self/status',
  ].join('; ');
  const { out } = await ctr(['exec', name, '--', 'sh', '-c', look]);
  return out
    .replaceAll(/^\d+: (\w+)@\w+:/gm, '$1:')
    .replaceAll(/^\d+: /gm, '')
    .replaceAll(/valid_lft.*| ?tentative/g, '')
    .replaceAll(/\b\w{3} +\d+ +\d\d:\d\d\b/g, '');
}

async function seen(flags: readonly string[], config: string, names: readonly string[]) {
  const up = await ctr(['-q', 'up', '-d', ...flags, config]);
  expect(up.err).toBe('');
  expect(up.code).toBe(0);
  const host = built(await snapshot());
  const containers = await Promise.all(names.map(inside));
  return { host, containers };
}

test.each([
  ['the tutorial', () => file, 'labex', ['labex']],
  ['four containers on two networks', () => lab, 'lab', ['lab/web-1', 'lab/web-3', 'lab/db']],
] as const)(
  '%s: the fast plan builds what the staged one builds, and leaves as little',
  async (_, config, run, names) => {
    const before = await snapshot();
    const staged = await seen([], config(), names);
    expect((await ctr(['check', run])).code).toBe(0);
    expect((await ctr(['-q', 'down', run])).code).toBe(0);
    expect(await snapshot()).toBe(before);
    const fast = await seen(['--fast'], config(), names);
    expect(fast).toEqual(staged);
    expect((await ctr(['check', run])).code).toBe(0);
    expect((await ctr(['-q', 'down', run])).code).toBe(0);
    expect(await snapshot()).toBe(before);
  },
  60_000,
);

test('replicas reach each other by name, have an address each, and go together', async () => {
  const before = await snapshot();
  expect((await ctr(['-q', 'up', '-d', '--fast', lab])).code).toBe(0);
  const ping = await ctr(['exec', 'lab/web-1', '--', 'ping', '-c', '1', '-W', '2', 'web-3']);
  expect(ping.out).toContain('1 packets received');
  const listed = JSON.parse((await ctr(['ps', '--json'])).out).containers as {
    addresses: string[];
  }[];
  const addresses = listed.flatMap((one) => one.addresses);
  expect(addresses).toHaveLength(5);
  expect(new Set(addresses).size).toBe(5);
  expect((await ctr(['-q', 'down', 'lab'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('a fast run and a staged one share a bridge; the last of them deletes it', async () => {
  const before = await snapshot();
  const one = shop.config('one', tutorial({ host_name: 'one', command: ['sleep', '60'] }));
  const two = shop.config(
    'two',
    tutorial({ host_name: 'two', ip: '192.168.0.101', command: ['sleep', '60'] }),
  );
  expect((await ctr(['-q', 'up', '-d', '--fast', one])).code).toBe(0);
  expect((await ctr(['-q', 'up', '-d', two])).code).toBe(0);
  expect((await ctr(['-q', 'down', 'one'])).code).toBe(0);
  const out = await ctr([
    'exec',
    'two',
    '--',
    'wget',
    '-q',
    '-O',
    '-',
    'http://downloads.example/',
  ]);
  expect(out.out).toContain('you came from 198.51.100.2');
  expect((await ctr(['-q', 'down', 'two'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('the exported script of the fast plan builds what up --fast builds, and undoes it', async () => {
  const before = await snapshot();
  const script = (await ctr(['plan', '--fast', lab, '--format', 'sh'])).out.replaceAll(
    'sleep 60',
    "sh -c 'ip addr show dev eth0 | grep -c inet'",
  );
  const ran = await sh(['sh', '-c', script]);
  // keyctl(1), if it is installed, prints a message.
  expect(ran.err.replace(/^Joined session keyring: \d+\n/gm, '')).toBe('');
  expect(ran.out.trim()).toMatch(/^\d$/m);
  expect(ran.code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('up runs a saved fast plan unchanged', async () => {
  const before = await snapshot();
  const saved = `${shop.directory}/plan.json`;
  expect((await ctr(['plan', '--fast', file, '--out', saved])).code).toBe(0);
  const ran = await ctr(['-v', 'up', saved, '--', 'true']);
  // With another command the plan differs.
  expect(ran.code).toBe(2);
  const staged = await ctr(['-q', 'up', '-d', saved]);
  expect(staged.err).toBe('');
  expect(staged.code).toBe(0);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;
const points = ['start-child', 'create-links', 'set-up-root', 'open-firewall'];

test.each(
  signals.flatMap(([signal, code]) => points.map((point) => [signal, point, code] as const)),
)('%s during %s takes everything back; exit %i', async (signal, point, code) => {
  const before = await snapshot();
  const running = startCtr(['--json', 'up', '--fast', lab]);
  let said = '';
  running.stderr.on('data', (chunk: Buffer) => {
    const known = said.includes(`"id":"${point}"`);
    said += chunk.toString();
    if (!known && said.includes(`"id":"${point}"`)) running.kill(signal);
  });
  expect((await running).exitCode).toBe(code);
  expect(await snapshot()).toBe(before);
});
