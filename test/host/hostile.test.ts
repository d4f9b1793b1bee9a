import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import { configTexts } from '../../scripts/fuzz/configs.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
});
afterAll(() => shop.remove());

const program = [process.execPath, ctrPath];
const escapes = /[^\P{Cc}\n\t]|\p{Cf}/u;
const trace = /^\s+at .*:\d+:\d+\)?$/m;

/** Expects neither terminal control characters nor stack traces. */
function expectCalm(ran: { readonly out: string; readonly err: string }): void {
  expect(ran.out).not.toMatch(escapes);
  expect(ran.err).not.toMatch(escapes);
  expect(ran.err).not.toMatch(trace);
}

/** Runs ctr with additional environment variables, which must have no effect. */
async function withVariables(variables: Record<string, string>, args: readonly string[]) {
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return await sh(['env', ...words, ...program, ...args]);
}

describe('a config', () => {
  test('made at random goes through the real program as it does through its parts', async () => {
    const texts = fc.sample(configTexts, { numRuns: 16, seed: Date.now() % 1_000_000 });
    for (const { text } of texts) {
      const path = join(shop.directory, 'random.json');
      writeFileSync(path, text);
      const log = join(shop.directory, 'execs');
      const planned = await ctr(['validate', path]);
      expect([0, 3]).toContain(planned.code);
      expectCalm(planned);
      const verb = planned.code === 0 ? ['plan', path] : ['up', path];
      const ran = await sh([
        'strace',
        '-f',
        '-qq',
        '-e',
        'trace=execve',
        '-o',
        log,
        ...program,
        ...verb,
      ]);
      // Exit code 4 means that ctr prints a plan that `up` would refuse: most of these have no root file system.
      expect(planned.code === 0 ? [0, 4] : [3]).toContain(ran.code);
      if (planned.code === 0) expect(ran.out).toContain('Nothing has been run.');
      expectCalm(ran);
      if (ran.code === 3) expect(readFileSync(log, 'utf8').match(/execve\(/g)).toHaveLength(1);
    }
  });

  const kinds: readonly [what: string, make: (path: string) => unknown][] = [
    ['missing', () => undefined],
    ['empty', (path) => writeFileSync(path, '')],
    ['of NUL bytes', (path) => writeFileSync(path, Buffer.alloc(4096))],
    ['in UTF-16', (path) => writeFileSync(path, Buffer.from('\ufeff{}', 'utf16le'))],
    ['no UTF-8', (path) => writeFileSync(path, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
    [
      'of three gigabytes',
      (path) => {
        writeFileSync(path, '{');
        truncateSync(path, 3 * 1024 ** 3);
      },
    ],
    ['a directory', (path) => mkdirSync(path)],
    ['a pipe nobody writes to', (path) => sh(['mkfifo', path])],
    ['a link to itself', (path) => symlinkSync(path, path)],
    ['a device without end', (path) => symlinkSync('/dev/zero', path)],
    ['nested without end', (path) => writeFileSync(path, '['.repeat(900_000))],
  ];
  test.each(kinds)(
    'that is %s is refused with exit 3, without an end to wait for',
    async (_, make) => {
      const path = join(shop.directory, 'odd.json');
      rmSync(path, { recursive: true, force: true });
      await make(path);
      const ran = await ctr(['up', path]);
      expect(ran.code).toBe(3);
      expect(ran.err).toContain('odd.json');
      expectCalm(ran);
    },
  );
});

describe('a root file system', () => {
  const canary = () => join(shop.directory, 'canary');
  const marker = 'this file is the host’s\n';

  async function upIn(root: string, script: string) {
    const path = shop.config('rooted', tutorial({ root_dir: `./${root}` }));
    return await ctr(['-q', 'up', path, '--', 'sh', '-c', script]);
  }

  const kinds: readonly [what: string, spoil: (root: string) => unknown][] = [
    [
      'whose /etc is a link to the host’s',
      (root) => {
        rmSync(`${root}/etc`, { recursive: true });
        symlinkSync('/etc', `${root}/etc`);
      },
    ],
    [
      'whose /etc is a link to a folder of the host',
      (root) => {
        rmSync(`${root}/etc`, { recursive: true });
        mkdirSync(join(shop.directory, 'etc-of-host'), { recursive: true });
        writeFileSync(join(shop.directory, 'etc-of-host/hosts'), marker);
        symlinkSync(join(shop.directory, 'etc-of-host'), `${root}/etc`);
      },
    ],
    [
      'whose resolv.conf, hosts and hostname are links to a file of the host',
      (root) => {
        for (const name of ['resolv.conf', 'hosts', 'hostname']) {
          rmSync(`${root}/etc/${name}`, { force: true });
          symlinkSync(canary(), `${root}/etc/${name}`);
        }
      },
    ],
    [
      'whose resolv.conf and hosts are hard links to a file of the host',
      (root) => {
        for (const name of ['resolv.conf', 'hosts']) {
          rmSync(`${root}/etc/${name}`, { force: true });
          linkSync(canary(), `${root}/etc/${name}`);
        }
      },
    ],
    [
      'whose passwd and hosts are pipes',
      async (root) => {
        for (const name of ['passwd', 'hosts']) {
          rmSync(`${root}/etc/${name}`, { force: true });
          await sh(['mkfifo', `${root}/etc/${name}`]);
        }
      },
    ],
    ['whose hosts is a directory', (root) => mkdirSync(`${root}/etc/hosts`)],
    [
      'without /etc, /proc, /sys and /dev',
      (root) => {
        for (const name of ['etc', 'proc', 'sys', 'dev']) {
          rmSync(`${root}/${name}`, { recursive: true, force: true });
        }
      },
    ],
    ['whose path has blanks, quotes and letters of other alphabets', () => undefined],
  ];

  test.each(kinds)(
    '%s: its names are right inside, and no file of the host or of it changes',
    async (what, spoil) => {
      const name = what.includes('blanks') ? "it's a 名 \u200d#&;$x" : 'spoilt';
      const root = join(shop.directory, name);
      rmSync(root, { recursive: true, force: true });
      cpSync(shop.rootfs, root, { recursive: true, verbatimSymlinks: true });
      writeFileSync(canary(), marker);
      await spoil(root);
      const listing = async () =>
        (
          await sh([
            'sh',
            '-c',
            'cd "$1" && ls -lAR --time-style=full-iso && find . -type f -exec md5sum {} +',
            'x',
            root,
          ])
        ).out;
      const before = [
        await snapshot(),
        await listing(),
        (await sh(['sh', '-c', 'md5sum /etc/hosts /etc/hostname /etc/resolv.conf /etc/passwd']))
          .out,
      ];
      const ran = await upIn(
        name,
        'cat /etc/hostname; grep -c 192.168.0.100 /etc/hosts; cat /etc/resolv.conf; echo mine >/etc/hosts; echo mine >/etc/new; rm -f /bin/vi; ls /dev/null /proc/self /sys/class >/dev/null',
      );
      expect(ran.err).toBe('');
      expect(ran.out).toBe('labex\n1\nnameserver 114.114.114.114\n');
      expect(readFileSync(canary(), 'utf8')).toBe(marker);
      expect([
        await snapshot(),
        await listing(),
        (await sh(['sh', '-c', 'md5sum /etc/hosts /etc/hostname /etc/resolv.conf /etc/passwd']))
          .out,
      ]).toEqual(before);
    },
  );

  const refused: readonly [
    what: string,
    code: number,
    path: string,
    spoil: (root: string) => unknown,
  ][] = [
    ['that is a link to /', 4, 'E050', (root) => symlinkSync('/', root)],
    [
      'whose /dev is a file',
      4,
      'E052',
      (root) => {
        mkdirSync(root);
        writeFileSync(`${root}/dev`, '');
      },
    ],
    [
      'whose /sys is a link',
      4,
      'E052',
      (root) => {
        mkdirSync(root);
        symlinkSync('/etc', `${root}/sys`);
      },
    ],
    ['that is a file', 4, 'E050', (root) => writeFileSync(root, '')],
    ['that is a pipe', 4, 'E050', (root) => sh(['mkfifo', root])],
  ];
  test.each(refused)('%s is refused, and nothing is touched', async (_, code, problem, spoil) => {
    const root = join(shop.directory, 'bad');
    rmSync(root, { recursive: true, force: true });
    await spoil(root);
    const before = await snapshot();
    const ran = await upIn('bad', 'true');
    expect(ran.err).toContain(problem);
    expect(ran.code).toBe(code);
    expect(await snapshot()).toBe(before);
  });

  test.each(['a,upperdir=/etc', 'a:b', 'a"b', 'a\\b', 'a\u001b[2Jb'])(
    'in a folder called %j is refused before anything is started, and so is a config in that folder',
    async (name) => {
      const ran = await upIn(name, 'true');
      expect(ran.code).toBe(3);
      expect(ran.err).toContain('E050');
      expectCalm(ran);
      const folder = join(shop.directory, `in ${name}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'f.json'), JSON.stringify(tutorial()));
      const inside = await ctr(['plan', '--format', 'sh', join(folder, 'f.json')]);
      expect(inside.code).toBe(3);
      expectCalm(inside);
    },
  );
});

describe('the environment', () => {
  test('of the caller reaches neither the tools nor the container', async () => {
    const secrets = {
      SECRET_TOKEN: 'planted-1',
      SUDO_USER: 'planted-2',
      XTABLES_LIBDIR: '/planted-3',
      LD_LIBRARY_PATH: '/planted-4',
      LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/libm.so.6',
      BASH_ENV: '/planted-5',
      IFS: 'planted-6',
    };
    const log = join(shop.directory, 'execs');
    const words = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
    const strace = ['strace', '-f', '-qq', '-v', '-s', '500', '-e', 'trace=execve', '-o', log];
    const ran = await sh([...strace, 'env', ...words, ...program, '-q', 'up', file, '--', 'env']);
    expect(ran.code).toBe(0);
    expect(ran.out.trim().split('\n').sort()).toEqual([
      'HOME=/root',
      'HOSTNAME=labex',
      'OLDPWD=/',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'PWD=/',
    ]);
    const execs = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('execve('));
    // Ignores the start of env and node; the processes that ctr starts must not get the variables.
    const others = execs.filter((line) => !line.includes('"env"') && !line.includes(ctrPath));
    expect(others.length).toBeGreaterThan(30);
    expect(others.filter((line) => /planted|libm\.so/.test(line))).toEqual([]);
  });

  test('with somebody’s ip, sh, mount and iptables first in PATH starts none of them', async () => {
    const evil = join(shop.directory, 'evil-bin');
    const mark = join(shop.directory, 'evil-ran');
    mkdirSync(evil, { recursive: true });
    for (const name of [
      'ip',
      'sh',
      'mount',
      'iptables',
      'unshare',
      'nsenter',
      'setpriv',
      'env',
      'flock',
      'sysctl',
      'tee',
      'hostname',
      'mkfifo',
    ]) {
      writeFileSync(join(evil, name), `#!/bin/busybox sh\n/bin/busybox touch ${mark}\nexit 1\n`, {
        mode: 0o755,
      });
    }
    const variables = { PATH: `${evil}:/usr/bin:/bin` };
    const ran = await withVariables(variables, ['-q', 'up', file, '--', 'hostname']);
    expect(ran).toMatchObject({ code: 0, out: 'labex\n' });
    expect(await withVariables(variables, ['-q', 'up', '-d', file])).toMatchObject({ code: 0 });
    expect(await withVariables(variables, ['exec', 'labex', '--', 'hostname'])).toMatchObject({
      out: 'labex\n',
    });
    expect(await withVariables(variables, ['-q', 'down', 'labex'])).toMatchObject({ code: 0 });
    const made = await withVariables(variables, ['sandbox', '--', '/bin/hostname']);
    expect(made).toMatchObject({ code: 0, out: 'sandbox\n' });
    expect(existsSync(mark)).toBe(false);
  });

  test.each([
    ['closed', '<&- >&- 2>&-'],
    ['at its end and on a full device', '</dev/null >/dev/full 2>/dev/full'],
    ['a pipe that nobody reads', '</dev/null 2>&1 | true'],
  ])('with standard input and output %s leaves nothing behind', async (_, redirection) => {
    const before = await snapshot();
    const words = [...program, 'up', file, '--', 'true'].join(' ');
    const ran = await sh(['bash', '-c', `${words} ${redirection}; exit "\${PIPESTATUS[0]}"`]);
    expect(ran.err).not.toMatch(trace);
    expect([0, 4]).toContain(ran.code);
    expect(await snapshot()).toBe(before);
  });
});

describe('the terminal', () => {
  const nasty = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e';

  test('is told nothing by an argument, whatever it holds', async () => {
    const calls = [
      ['down', nasty],
      ['inspect', nasty],
      ['exec', nasty],
      ['exec', `labex/${nasty}`],
      ['logs', nasty],
      ['check', nasty],
      ['plan', nasty],
      ['up', `/tmp/${nasty}`],
      ['validate', '--json', nasty],
      ['plan', file, '--facts', nasty],
      ['plan', file, '--format', nasty],
      ['rootfs', 'create', join(shop.directory, 'made', nasty)],
      ['rootfs', 'create', join(shop.directory, 'made-too'), '--from', nasty],
      ['--state-dir', join(shop.directory, `state-${nasty}`), 'up', file],
      [nasty],
      [`--${nasty}`],
      ['ps', `--${nasty}`],
    ];
    for (const args of calls) {
      const ran = await ctr(args);
      expectCalm(ran);
      expect(ran.code).not.toBe(1);
    }
  });

  test('is told nothing by an interface, also when it is the way out', async () => {
    const name = '\u001b[31mx"\\\u009b';
    const made = await sh([
      'sh',
      '-c',
      'ip link add name "$1" type bridge && ip addr add 203.0.113.250/30 dev "$1" && ip link set dev "$1" up && ip route add default via 203.0.113.249 dev "$1" metric 9',
      'x',
      name,
    ]);
    expect(made).toMatchObject({ code: 0, err: '' });
    try {
      const before = await snapshot();
      const calls = [
        ['plan', file],
        ['plan', '--json', file],
        ['plan', '--format', 'sh', file],
        ['--lang', 'zh', 'up', file, '--', 'true'],
        ['--json', 'up', '-d', file],
        ['inspect', 'labex'],
        ['--json', 'inspect', 'labex'],
        ['check', 'labex'],
        ['ps'],
        ['down', 'labex'],
        ['gc'],
      ];
      for (const args of calls) {
        const ran = await ctr(args);
        expectCalm(ran);
        expect(ran.code).toBe(0);
        if (args[0] === 'plan' && args.length === 2) expect(ran.err).toContain('W104');
      }
      expect(await snapshot()).toBe(before);
    } finally {
      await sh(['ip', 'link', 'del', 'dev', name]);
    }
  });

  test('is told nothing by a command and its variables, and they arrive as they were written', async () => {
    const path = shop.config(
      'nasty',
      tutorial({ environment: { NASTY: nasty }, command: ['printf', '%s', nasty] }),
    );
    for (const args of [
      ['plan', path],
      ['plan', '--json', path],
      ['plan', '--format', 'sh', path],
    ]) {
      expectCalm(await ctr(args));
    }
    const shown = await ctr(['-v', 'up', path]);
    expect(shown.err).not.toMatch(escapes);
    expect(shown.out).toBe(nasty);
    const script = (await ctr(['plan', '--format', 'sh', path])).out;
    expect((await sh(['sh', '-s'], script)).out).toBe(nasty);
  });
});

describe('a state directory', () => {
  const state = () => join(shop.directory, 'state');

  const foreign: readonly [what: string, make: () => unknown][] = [
    [
      'that is a link',
      () => {
        mkdirSync(`${state()}-real`, { recursive: true });
        symlinkSync(`${state()}-real`, state());
      },
    ],
    ['that is a file', () => writeFileSync(state(), '')],
    [
      'of somebody else',
      async () => {
        mkdirSync(state());
        await sh(['chown', '54321', state()]);
      },
    ],
    [
      'that others can write to',
      () => {
        mkdirSync(state());
        chmodSync(state(), 0o777);
      },
    ],
    [
      'with other things in it',
      () => {
        mkdirSync(`${state()}/projects/precious`, { recursive: true });
        mkdirSync(`${state()}/docs`);
      },
    ],
  ];

  test.each(foreign)('%s is refused by every verb, and not touched', async (_, make) => {
    rmSync(state(), { recursive: true, force: true });
    await make();
    const listing = async () =>
      (await sh(['sh', '-c', 'ls -lanR --time-style=full-iso "$1" "$1"/', 'x', state()])).out;
    const before = [await listing(), await snapshot()];
    const calls = [
      ['up', file, '--', 'true'],
      ['up', '-d', file],
      ['up', '--sandbox', '-d', file],
      ['ps'],
      ['gc'],
      ['down', 'labex'],
      ['down', '--all'],
      ['exec', 'labex'],
      ['inspect', 'labex'],
      ['check', 'labex'],
    ];
    for (const args of calls) {
      const ran = await ctr(['--state-dir', state(), ...args]);
      expect(ran.err).toContain('the state directory');
      expect(ran.code).toBe(4);
    }
    expect([await listing(), await snapshot()]).toEqual(before);
    rmSync(state(), { recursive: true, force: true });
  });
});
