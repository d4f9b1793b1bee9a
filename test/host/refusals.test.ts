import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
});
afterAll(async () => {
  await sh(['ip', 'link', 'del', 'dev', 'other0']);
  shop.remove();
});

const bad: readonly [what: string, text: string, code: string][] = [
  ['no JSON', '{', 'E001'],
  ['an unknown key', JSON.stringify(tutorial({ bridge: 'x' })), 'E002'],
  ['a missing key', JSON.stringify(tutorial({ ip: undefined })), 'E003'],
  ['an option for a name', JSON.stringify(tutorial({ bridge_name: '-h' })), 'E011'],
  ['a bad address', JSON.stringify(tutorial({ ip: '300.1.1.1' })), 'E020'],
  ['an address outside', JSON.stringify(tutorial({ bridge_ip: '10.0.0.1/24' })), 'E022'],
  ['the gateway twice', JSON.stringify(tutorial({ ip: '192.168.0.1' })), 'E024'],
  ['a bad MAC', JSON.stringify(tutorial({ mac: '01:02:03:04:05:06' })), 'E030'],
  ['a path that mount cannot carry', JSON.stringify(tutorial({ root_dir: '/a:b' })), 'E050'],
  ['a loopback resolver', JSON.stringify(tutorial({ dns: ['127.0.0.1'] })), 'E070'],
  ['a tiny MTU', JSON.stringify(tutorial({ mtu: 1 })), 'E080'],
];

test.each(bad)(
  '%s: exit 3 with the code and the place, and no process is started',
  async (_, text, code) => {
    const file = join(shop.directory, 'bad.json');
    writeFileSync(file, text);
    const trace = join(shop.directory, 'trace');
    const traced = [
      'strace',
      '-f',
      '-qq',
      '-e',
      'trace=execve',
      '-o',
      trace,
      process.execPath,
      ctrPath,
    ];
    const ran = await sh([...traced, 'up', file]);
    expect(ran.code).toBe(3);
    expect(ran.err).toMatch(new RegExp(`  ${code}  \\S+bad\\.json:\\d+:\\d+  `));
    const started = (await sh(['grep', '-c', 'execve', trace])).out.trim();
    expect(started).toBe('1');
  },
);

const unready: readonly [
  what: string,
  code: string,
  prepare: () => unknown,
  change: Record<string, unknown>,
][] = [
  ['a root file system that is not there', 'E050', () => undefined, { root_dir: './nowhere' }],
  ['the root of the host', 'E050', () => undefined, { root_dir: '/' }],
  [
    'a root file system whose /proc is a link',
    'E052',
    () => {
      mkdirSync(join(shop.directory, 'evil'));
      symlinkSync('/etc', join(shop.directory, 'evil/proc'));
    },
    { root_dir: './evil' },
  ],
  [
    'a subnet that is routed elsewhere',
    'H005',
    () => undefined,
    { ip: '198.51.100.9/24', bridge_ip: '198.51.100.8' },
  ],
  [
    'a bridge without the gateway’s address',
    'E062',
    () => sh(['ip', 'link', 'add', 'name', 'other0', 'type', 'bridge']),
    { bridge_name: 'other0' },
  ],
  [
    'a bridge that is none',
    'E060',
    () => undefined,
    { bridge_name: 'wan0', ip: '192.168.0.100/16' },
  ],
];

test.each(unready)('%s: exit 4, and nothing is touched', async (_, code, prepare, change) => {
  await prepare();
  const file = shop.config('unready', tutorial(change));
  const before = await snapshot();
  const ran = await ctr(['up', file, '--', 'sh']);
  expect(ran.err).toContain(`  ${code}  `);
  expect(ran.code).toBe(4);
  expect(await snapshot()).toBe(before);
});

test('with a FORWARD policy of DROP ctr announces its rules, and they let packets pass', async () => {
  const file = shop.config('tutorial', tutorial());
  await sh(['iptables', '-P', 'FORWARD', 'DROP']);
  const before = await snapshot();
  const ran = await ctr(['up', file, '--', 'wget', '-q', '-O', '-', 'http://downloads.example/']);
  expect(ran.err).toContain('W103');
  expect(ran.out).toContain('you came from 198.51.100.2');
  expect(await snapshot()).toBe(before);
  await sh(['iptables', '-P', 'FORWARD', 'ACCEPT']);
});

test('flags may stand after the verb, and a wrong one is exit 2', async () => {
  expect(JSON.parse((await ctr(['ps', '--json'])).out)).toEqual({ version: 1, containers: [] });
  expect((await ctr(['ps', '--jason'])).code).toBe(2);
  expect((await ctr(['nosuchverb'])).code).toBe(2);
  expect((await ctr(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
