import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

/** The message if debootstrap is not installed. */
const noSuite = existsSync('/usr/sbin/debootstrap') ? undefined : 'debootstrap is not installed';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let program: readonly string[];
beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  chmodSync(shop.directory, 0o755);
  file = shop.config('tutorial', tutorial());
  program = copyOfCtr(shop.directory);
});
afterAll(() => shop.remove());

/** Runs ctr as an ordinary user with that user's state directory. */
async function userCtr(...words: string[]): Promise<Ran> {
  const state = join(shop.directory, 'state');
  mkdirSync(state, { recursive: true });
  await sh(['chown', String(userId), state]);
  return await sh([...asUser, ...program, '--state-dir', join(state, 'ctr'), ...words]);
}

test('what starts processes is loaded by verbs that start one, and by no other', async () => {
  const hook = join(shop.directory, 'hook.cjs');
  writeFileSync(
    hook,
    `process.on('exit', () => {
      const loaded = process.moduleLoadList.some((name) => / child_process$/.test(name));
      require('node:fs').writeSync(2, loaded ? 'loaded' : 'not loaded');
    });`,
  );
  const golden = join(process.cwd(), 'test/golden/tutorial');
  const facts = ['--facts', join(golden, 'facts.json')];
  const cases: readonly (readonly [words: readonly string[], loaded: string])[] = [
    [['--version'], 'not loaded'],
    [['--help'], 'not loaded'],
    [['plan', join(golden, 'config.json'), ...facts], 'not loaded'],
    [['plan', file], 'loaded'],
  ];
  for (const [words, loaded] of cases) {
    const { err } = await sh([process.execPath, '-r', hook, ctrPath, ...words]);
    expect([words, err]).toEqual([words, expect.stringMatching(new RegExp(`(^|\\n)${loaded}$`))]);
  }
});

test('after the file and after the name every word is the command’s', async () => {
  const cases: readonly (readonly [words: readonly string[], out: RegExp])[] = [
    [['ls', '-d', '/etc'], /^\/etc\n$/],
    [['--', 'ls', '-d', '/etc'], /^\/etc\n$/],
    [['echo', '--', '-q', '--json', '--lang', 'zh'], /^-- -q --json --lang zh\n$/],
    [['echo', '-V', '--version', '-h'], /^-V --version -h\n$/],
    [['sh', '-c', 'echo "$0 $*"', '--sandbox', '-d', '--fast'], /^--sandbox -d --fast\n$/],
    [['ping', '-c1', '127.0.0.1'], /1 packets received/],
    [['grep', '-q', 'x', '/etc/hosts'], /^$/],
  ];
  for (const [words, out] of cases) expect((await ctr(['up', file, ...words])).out).toMatch(out);
  expect((await ctr(['-q', 'up', '-d', file, 'sleep', '600'])).code).toBe(0);
  for (const [words, out] of cases)
    expect((await ctr(['exec', 'labex', ...words])).out).toMatch(out);
  expect((await ctr(['exec', 'labex', 'hostname', '--help'])).err).toContain('BusyBox');
  expect((await ctr(['exec', '-q', 'labex', 'grep', '-q', 'labex', '/etc/hosts'])).code).toBe(0);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect((await ctr(['sandbox', 'echo', '-q', '--json'])).out).toBe('-q --json\n');
  expect((await ctr(['sandbox', '--', 'echo', '--', '-d'])).out).toBe('-- -d\n');
}, 300_000);

test.each([
  [['up', 'FILE', '-d'], 'ctr up -d FILE'],
  [['up', 'FILE', '-d', 'sleep', '5'], 'ctr up -d FILE sleep 5'],
  [['up', '--fast', 'FILE', '--sandbox', '-q'], 'ctr up --fast --sandbox -q FILE'],
  [['up', 'FILE', '--timeout', '9', 'ls', '-l'], 'ctr up --timeout 9 FILE ls -l'],
  [['up', 'FILE', '--lang=zh'], 'ctr up --lang=zh FILE'],
  [['up', 'FILE', '--help'], 'ctr up --help'],
  [['exec', 'FILE', '--json', 'ls'], 'ctr exec --json FILE ls'],
  [['exec', 'FILE', '-it', 'sh'], 'ctr exec FILE sh'],
])(
  'an option in the command’s place is wrong usage, and the line that was meant is told: %j',
  async (words, meant) => {
    const before = await snapshot();
    const ran = await ctr(words.map((word) => word.replace('FILE', file)));
    expect(ran.code).toBe(2);
    expect(ran.out).toBe('');
    expect(ran.err).toContain(`  try     ${meant.replace('FILE', file)}\n`);
    expect(await snapshot()).toBe(before);
  },
);

test('a command that is not there is 127 and one that is no program 126, with nothing touched', async () => {
  writeFileSync(join(shop.rootfs, 'bin/plain'), '#!/bin/sh\n', { mode: 0o644 });
  const before = await snapshot();
  for (const [program, code] of [
    ['/bin/nosuch', 127],
    ['nosuch', 127],
    ['/bin/plain', 126],
    ['/bin', 126],
    ['', 127],
  ] as const) {
    for (const flags of [[], ['-d'], ['--sandbox']]) {
      const ran = await ctr(['up', ...flags, file, program]);
      expect({ program, flags, code: ran.code }).toEqual({ program, flags, code });
      expect(ran.err).toContain('E051');
    }
    for (const flags of [[], ['-d']]) {
      expect((await userCtr('up', ...flags, file, program)).code).toBe(code);
    }
  }
  const both = shop.config('both', tutorial({ root_dir: './nowhere' }));
  expect((await ctr(['up', both, 'nosuch'])).code).toBe(4);
  expect(await snapshot()).toBe(before);
  expect((await ctr(['-q', 'up', '-d', file, 'sleep', '600'])).code).toBe(0);
  for (const [program, code] of [
    ['nosuch', 127],
    ['/bin/plain', 126],
    ['/bin', 126],
  ] as const) {
    const ran = await ctr(['exec', 'labex', program]);
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(/^ctr: .*(nosuch|plain|bin).*\n$/);
  }
  await ctr(['-q', 'down', 'labex']);
}, 300_000);

test('a run that is not there is exit 2 with every verb, and 125 with exec', async () => {
  for (const call of [ctr, (words: readonly string[]) => userCtr(...words)]) {
    for (const verb of ['inspect', 'logs', 'check', 'repair', 'down', 'exec']) {
      const ran = await call([verb, 'nobody']);
      const code = verb === 'exec' ? 125 : 2;
      expect({ verb, code: ran.code, out: ran.out }).toEqual({ verb, code, out: '' });
      expect(ran.err).toContain('there is no run named nobody');
    }
  }
});

test('usage errors and help are Chinese, however Chinese is asked for', async () => {
  const said = async (words: readonly string[], environment: readonly string[] = []) => {
    const unset = ['env', '-u', 'CTR_LANG', ...environment];
    const ran = await sh([...unset, process.execPath, ctrPath, ...words]);
    return ran.out + ran.err;
  };
  const wrong: readonly (readonly string[])[] = [
    ['nosuch'],
    ['ps', '--nosuch'],
    ['up', '--detch', 'F'],
    ['up'],
    ['ps', 'one'],
    ['ps', '--timeout'],
    ['ps', '--timeout', 'x'],
    ['help', 'nosuch'],
    ['up', file, '-d'],
    ['plan', '--format', 'x', file],
    ['down'],
  ];
  for (const words of wrong) {
    for (const flag of [['--lang', 'zh'], ['--lang=zh_CN'], ['--lang', 'zh-CN']]) {
      expect(await said([...flag, ...words])).toMatch(/[\u4e00-\u9fff]/);
    }
    for (const variable of ['CTR_LANG=zh', 'LANG=zh_CN.UTF-8', 'LC_ALL=zh_CN']) {
      expect(await said(words, [variable])).toMatch(/[\u4e00-\u9fff]/);
    }
    expect(await said(words, ['LC_ALL=C', 'LANG=zh_CN'])).not.toMatch(/[\u4e00-\u9fff]/);
  }
  for (const verb of ['', 'up', 'plan', 'down', 'gc', 'ps', 'logs', 'exec', 'rootfs', 'init']) {
    const page = await said([...(verb === '' ? [] : [verb]), '--lang=zh', '--help']);
    expect(page).toContain('用法：');
    expect(page).toContain('选项：');
    // Only names, and words to type, may be English.
    expect(page).not.toMatch(/Usage|Options|Commands|display|output the|choices/);
  }
}, 300_000);

test('hints and usage name the program as it was called, in a sandbox too', async () => {
  const called = join(shop.directory, 'ctrnet');
  symlinkSync(join(shop.directory, 'dist/ctr.js'), called);
  const inner = join(shop.directory, 'dist/ctrnet.js');
  for (const path of [called, inner]) {
    const run = async (...words: string[]) => await sh([process.execPath, path, ...words]);
    expect((await run('--help')).out).toMatch(/^Usage: ctrnet /);
    expect((await run('nosuch')).err).toMatch(/^ctrnet: .*\n {2}try {5}ctrnet --help\n$/);
    expect((await run('inspect', 'nobody')).err).toContain('  try     ctrnet ps -a\n');
    expect((await run('--json', 'check', 'nobody')).err).toContain('"en":"ctrnet ps -a"');
    expect((await run('up', file, '-d')).err).toContain(`  try     ctrnet up -d ${file}\n`);
    const refused = await run('up', '--sandbox', file, 'nosuch');
    expect(refused.err).toContain('ctrnet: cannot bring up labex');
  }
  expect((await ctr(['inspect', 'nobody'])).err).toContain('  try     ctr ps -a\n');
  // Names from the user and messages of tools are not translated.
  const named = join(shop.directory, 'ctr up.json');
  writeFileSync(named, '{}');
  expect((await sh([process.execPath, called, 'plan', named])).err).toContain(named);
});

test('a saved plan with another command or in another form is wrong usage, not a changed host', async () => {
  const saved = join(shop.directory, 'saved.json');
  expect((await ctr(['plan', '--out', saved, file])).code).toBe(0);
  for (const words of [
    ['up', saved, 'true'],
    ['up', '--fast', saved],
    ['up', '--sandbox', saved, '--', 'ls', '-l'],
    ['up', '--dry-run', saved, 'true'],
  ]) {
    const ran = await ctr(words);
    expect({ words, code: ran.code }).toEqual({ words, code: 2 });
    expect(ran.err).toContain('is a saved plan');
    expect(ran.err).not.toContain('changed');
  }
  const terminal = JSON.parse(readFileSync(saved, 'utf8')).facts.terminal;
  expect(terminal).toBeNull();
  const onTerminal = `${process.execPath} ${ctrPath} plan --out ${saved} ${file}`;
  await sh(['script', '--quiet', '--return', '--command', onTerminal, '/dev/null']);
  const other = await ctr(['up', '-d', saved]);
  expect(other.code).toBe(8);
  expect(other.err).toContain('was made for a run on a terminal');
  expect(other.err).not.toContain('the host has changed');
});

test('an ordinary user may plan for this host, and is told what could not be read', async () => {
  const before = await snapshot();
  for (const words of [
    ['plan', '--host', file],
    ['up', '--dry-run', '--host', file],
  ]) {
    const ran = await userCtr(...words);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('# undo: ip link del dev ctr0');
    expect(ran.err).toContain('W109');
    expect(ran.err).toContain('the firewall');
  }
  expect((await userCtr('up', '--host', file)).code).toBe(4);
  expect((await ctr(['plan', '--host', file])).err).not.toContain('W109');
  expect(await snapshot()).toBe(before);
});

test('--quiet silences progress and leaves warnings, which are events under --json', async () => {
  const dns = ['8.8.8.8', '1.1.1.1', '114.114.114.114', '203.0.113.2'];
  const many = shop.config('many-servers', tutorial({ dns }));
  const quiet = await ctr(['-q', 'up', many, 'true']);
  expect(quiet).toMatchObject({ code: 0, out: '' });
  expect(quiet.err).toMatch(/^ {2}W071 .*\n.*\n$/);
  const events = (await ctr(['-q', '--json', 'up', many, 'true'])).err.trim().split('\n');
  expect(events.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'warning', code: 'W071' },
  ]);
});

test('ps -q lists each run once, and -a those that have ended by themselves with how and when', async () => {
  const lab = shop.config('lab', {
    version: 1,
    name: 'lab',
    networks: {
      net: { bridge: { name: 'ctr1' }, subnets: [{ subnet: '10.7.0.0/24', gateway: '10.7.0.1' }] },
    },
    containers: Object.fromEntries(
      ['web', 'db'].map((name, index) => [
        name,
        {
          rootfs: './labex',
          command: ['sh', '-c', `echo from ${name}; exit ${index + 3}`],
          interfaces: [{ network: 'net' }],
        },
      ]),
    ),
  });
  expect((await ctr(['-q', 'up', '-d', file, 'sleep', '600'])).code).toBe(0);
  expect((await ctr(['-q', 'up', '-d', lab])).code).toBe(0);
  await until(async () => (await ctr(['ps', '-q'])).out === 'labex\n', 30_000);
  expect((await ctr(['ps', '-aq'])).out).toBe('labex\nlab\n');
  const all = (await ctr(['ps', '--all'])).out;
  expect(all).toMatch(/^lab +web +ended .* 3 +\d{4}-\d\d-\d\dT/m);
  expect(all).toMatch(/^lab +db +ended .* 4 +\d{4}-\d\d-\d\dT/m);
  expect((await ctr(['-q', 'ps'])).out).toMatch(/^NAME /);
  expect(await ctr(['logs', 'lab/db'])).toEqual({ code: 0, out: 'from db\n', err: '' });
  const first = await ctr(['logs', 'lab']);
  expect(first.out).toBe('from web\n');
  expect(first.err).toContain('lab/db');
  expect((await ctr(['logs', 'lab/no'])).code).toBe(2);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect((await ctr(['-q', 'down', 'lab'])).code).toBe(0);
  expect((await ctr(['logs', 'lab'])).code).toBe(2);
}, 300_000);

test('logs -f prints what was written before, goes on, and ends with the container', async () => {
  const script = 'echo before; while [ ! -e /go ]; do sleep 0.1; done; echo after; exit 5';
  for (const call of [ctr, (words: readonly string[]) => userCtr(...words)]) {
    expect((await call(['-q', 'up', '-d', file, 'sh', '-c', script])).code).toBe(0);
    await until(async () => (await call(['logs', 'labex'])).out === 'before\n', 30_000);
    const following = call(['logs', '--follow', 'labex']);
    expect((await call(['exec', 'labex', 'touch', '/go'])).code).toBe(0);
    expect(await following).toEqual({ code: 0, out: 'before\nafter\n', err: '' });
    await until(async () => (await call(['ps', '-q'])).out === '', 30_000);
    expect((await call(['logs', 'labex'])).out).toBe('before\nafter\n');
    expect((await call(['inspect', 'labex'])).out).toMatch(/exit code +5/);
    expect((await call(['-q', 'down', 'labex'])).code).toBe(0);
  }
}, 300_000);

test.each([
  [['ps', '--lang'], 'ctr --help'],
  [['--jsn', 'ps'], 'ctr --help'],
  [['ps', '--al'], 'ctr ps --help'],
  [['rootfs', 'create'], 'ctr rootfs create --help'],
  [['rootfs', 'create', 'x', '--form', 'busybox'], 'ctr rootfs create --help'],
])('of %j, the hint is the page on which the answer stands: %s', async (words, page) => {
  const ran = await ctr(words);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(`  try     ${page}\n`);
});

test.each([
  [['rootfs', 'create', '/run/made/x', '--from', 'tar:/nosuch'], 4, 'cannot read /nosuch: '],
  [['rootfs', 'create', '/run/made/x', '--from', 'tar:/etc'], 4, 'it is a directory'],
  [['rootfs', 'create', '/run/made/x', '--from', 'tar:/nosuch'], 4, 'docker export'],
  [['rootfs', 'create', '/run/made/x', '--from', 'debian:nosuch'], 4, noSuite ?? 'named nosuch'],
  [['rootfs', 'create', '/run/made/x', '--from', 'debian:../sid'], 4, noSuite ?? 'named ../sid'],
  [['plan', 'FILE', '--facts', '/etc/passwd'], 3, '/etc/passwd contains no facts of a host'],
  [['plan', 'FILE', '--facts', '/etc/passwd'], 3, 'ctr plan CONFIG --facts-out facts.json'],
  [['plan', 'FILE', '--facts', 'FILE'], 3, 'tutorial.json contains no facts of a host'],
  [['plan', 'FILE', '--facts', '/nosuch'], 3, 'from /nosuch: no such file'],
  [['--state-dir', '/etc/passwd', 'up', 'FILE'], 4, '/etc/passwd is not a directory\n'],
  [['--state-dir', '/etc/passwd', 'ps'], 4, '/etc/passwd is not a directory\n'],
  [['exec', '-it', 'labex', 'sh', '-c', 'ls'], 2, 'try     ctr exec labex sh -c ls\n'],
  [['exec', '-i', '-t', 'labex', 'sh'], 2, 'attaches the terminal when there is one'],
  [['sandbox', '--tty', 'ls', '-t'], 2, 'try     ctr sandbox ls -t\n'],
  [['ps', '-t'], 2, 'try     ctr ps --help\n'],
  [['init', '.'], 4, 'it is a directory'],
  [['init', '/proc/x.json'], 4, 'ctr init /tmp/ctr.json'],
  [['up', ''], 3, "cannot read ''"],
  [['inspect', '/'], 2, "no run named ''"],
  [['exec', './nobody.json', 'ls'], 125, 'no run named ./nobody.json'],
  [['down', '--all', 'nobody'], 2, 'not both'],
  [['gc', '--dry-run'], 0, 'nothing was left over'],
])('%j ends with %i and says %s', async (words, code, sentence) => {
  const ran = await ctr(words.map((word) => (word === 'FILE' ? file : word)));
  expect(ran.code).toBe(code);
  expect(ran.err).toContain(sentence);
  expect(existsSync('/run/made')).toBe(false);
});

test('of a run that has ended by itself, the verbs that need it alive say so, and up says nothing odd', async () => {
  const up = await ctr(['-q', 'up', '-d', file, 'true']);
  expect(up).toMatchObject({ code: 0, err: '' });
  await until(async () => (await ctr(['ps', '-a'])).out.includes('ended'));
  for (const [verb, code] of [
    ['check', 2],
    ['repair', 2],
    ['exec', 125],
  ] as const) {
    const ran = await ctr([verb, 'labex']);
    expect({ verb, code: ran.code }).toEqual({ verb, code });
    expect(ran.err).toMatch(/^ctr: labex has ended\n.*ctr ps -a\n.*ctr logs labex\n$/);
  }
  await ctr(['down', 'labex']);
});

test('down of one container of a run is refused, and the run goes on', async () => {
  expect((await ctr(['-q', 'up', '-d', file, 'sleep', '600'])).code).toBe(0);
  const ran = await ctr(['down', 'labex/labex']);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('try     ctr down labex\n');
  expect((await ctr(['ps', '-q'])).out).toBe('labex\n');
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
});
