import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctrPath } from '../../rig/ctr.ts';
import { fileNames } from '../../scripts/build/parts.js';
import { temporaryDirectory } from '../support/temporary.ts';

const root = new URL('../..', import.meta.url).pathname;
const directory = temporaryDirectory();
const prefix = join(directory, 'prefix');
const bin = join(prefix, 'bin');
const foreign = '#!/bin/sh\necho containerd\n';
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
let tarball: string;

/** Runs a program with a PATH of this prefix and the system's directories. */
async function run(argv: readonly string[], cwd = directory) {
  const [program = '', ...rest] = argv;
  return await execa(program, rest, {
    cwd,
    reject: false,
    extendEnv: false,
    stdin: 'ignore',
    env: {
      PATH: `${bin}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: directory,
      npm_config_cache: join(directory, 'npm-cache'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    },
  });
}

/** Makes a clone: the tracked files of this checkout, without build products. */
beforeAll(async () => {
  assertSandbox();
  const clone = join(directory, 'clone');
  const left = ['node_modules', 'dist', '.git', 'examples/labex', 'results', 'coverage'];
  cpSync(root, clone, {
    recursive: true,
    filter: (path) => !left.some((name) => path.replace(/\/$/, '') === `${root}${name}`),
  });
  symlinkSync(`${root}node_modules`, join(clone, 'node_modules'));
  // The package must not contain files that a user has made with the README's commands.
  mkdirSync(join(clone, 'examples/labex/bin'), { recursive: true });
  writeFileSync(join(clone, 'examples/labex/bin/busybox'), 'a program');
  const packed = await run(['npm', 'pack', '--silent'], clone);
  expect(packed).toMatchObject({ exitCode: 0, stdout: `ctrnet-${version}.tgz` });
  tarball = join(clone, packed.stdout);
});

/** The files of the package: the program and its source map, without files for this machine or one Node version. */
const contents = [
  ...['LICENSE', 'README.md', 'README.zh-CN.md', 'package.json'],
  ...['ctr.js', 'ctrnet.js', 'package.json'].map((name) => `dist/${name}`),
  ...[...fileNames, 'execa']
    .map((name) => (name === 'main' ? 'main-HASH' : name))
    .flatMap((name) => [`dist/${name}.js`, `dist/${name}.js.map`]),
  ...['everything', 'tutorial', 'two-containers'].map((name) => `examples/${name}.json`),
  ...['ctr.1', 'ctr.zh.1', 'ctrnet.1', 'ctrnet.zh.1'].map((name) => `man/man1/${name}`),
  // The page of `ctr report --html`, and the recording that `ctr demo` plays where nothing else can be done.
  ...['dist/page.js', 'dist/page-style.css', 'examples/tutorial.ctr.ndjson'],
  ...['config', 'recording'].map((name) => `schema/${name}.schema.json`),
];

test('the package holds what runs, its pages and examples, and nothing else', async () => {
  const { stdout } = await run(['tar', '-tvzf', tarball]);
  const files = stdout.split('\n').map((line) => {
    const [, , size, , , path = ''] = line.split(/\s+/);
    return {
      size: Number(size),
      path: path.replace(/^package\//, '').replace(/main-[\da-f]{12}/, 'main-HASH'),
    };
  });
  expect(files.map(({ path }) => path).sort()).toEqual([...contents].sort());
  expect(files.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(5_200_000);
  expect(statSync(tarball).size).toBeLessThan(1_500_000);
});

beforeEach(() => {
  rmSync(prefix, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
});

function putForeign(name: string): void {
  writeFileSync(join(bin, name), foreign);
  chmodSync(join(bin, name), 0o755);
}

const install = async () => await run(['npm', 'install', '-g', '--prefix', prefix, tarball]);

test('a package that was packed in a clone installs as ctrnet, and its demo works', async () => {
  expect(await install()).toMatchObject({ exitCode: 0 });
  expect((await run(['ctrnet', '--version'])).stdout).toBe(version);
  expect(
    (await run(['ctrnet', 'validate', `${prefix}/lib/node_modules/ctrnet/examples/tutorial.json`]))
      .exitCode,
  ).toBe(0);
  const demo = await run(['ctrnet', 'demo']);
  expect(demo.exitCode).toBe(0);
  expect(demo.stdout).toContain('hello from the internet, you came from 198.51.100.2');
});

test('an installed ctrnet needs nothing of the repository', async () => {
  expect(await install()).toMatchObject({ exitCode: 0 });
  const hidden = [root, join(directory, 'clone')].map((path) => `mount -t tmpfs none '${path}'`);
  const demo = `${hidden.join(' && ')} && ctrnet demo`;
  const ran = await run(['unshare', '--mount', 'sh', '-c', demo], '/');
  expect(ran).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain('hello from the internet, you came from 198.51.100.2');
});

test('an installed ctrnet completes itself, and not a ctr that may be somebody else’s', async () => {
  expect(await install()).toMatchObject({ exitCode: 0 });
  const press = `
    . <(ctrnet completion bash)
    complete -p ctrnet
    complete -p ctr
    COMP_WORDS=(ctrnet explain ch) COMP_CWORD=2
    _ctrnet
    echo "$COMPREPLY"`;
  const { stdout } = await run(['bash', '-c', press]);
  expect(stdout).toBe('complete -F _ctrnet ctrnet\nchroot');
});

test.each([
  ['ctrnet', 'EXIT STATUS'],
  ['ctr', 'EXIT STATUS'],
  ['ctrnet.zh', '退出状态'],
  ['ctr.zh', '退出状态'],
])('man %s shows the page that npm has installed, without a warning', async (page, heading) => {
  expect(await install()).toMatchObject({ exitCode: 0 });
  const words = ['-M', join(prefix, 'share/man'), '--warnings=all', page];
  const { exitCode, stdout, stderr } = await run(['env', 'LC_ALL=C.UTF-8', 'man', ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain(heading);
  expect(stdout).toContain('nsenter(1)');
});

test('beside a ctr of somebody else npm installs ctrnet and leaves ctr alone', async () => {
  putForeign('ctr');
  expect(await install()).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(bin, 'ctr'), 'utf8')).toBe(foreign);
  expect((await run(['ctrnet', '--version'])).stdout).toBe(version);
});

const link = async () => await run([`${root}scripts/link.sh`, bin]);

test('link.sh links ctrnet, and ctr where this machine has no other, once and again', async () => {
  const places = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const others = places
    .map((place) => join(place, 'ctr'))
    .filter((path) => existsSync(path) && realpathSync(path) !== ctrPath);
  const names = others.length === 0 ? ['ctrnet', 'ctr'] : ['ctrnet'];
  for (const _ of [1, 2]) {
    const linked = await link();
    expect(linked.exitCode).toBe(0);
    expect(linked.stdout.split('\n')).toEqual(names.map((name) => join(bin, name)));
    for (const name of names) expect(readlinkSync(join(bin, name))).toBe(ctrPath);
  }
});

test('link.sh leaves a ctr of somebody else alone, links ctrnet and says which to type', async () => {
  putForeign('ctr');
  const linked = await link();
  expect(linked).toMatchObject({ exitCode: 0, stdout: `${bin}/ctrnet` });
  expect(linked.stderr).toBe(
    `ctr: ${bin}/ctr is another program, and stays as it is\ntype ctrnet for ctr`,
  );
  expect(readFileSync(join(bin, 'ctr'), 'utf8')).toBe(foreign);
});

test('link.sh leaves alone what has the name ctrnet, and fails', async () => {
  symlinkSync('/nowhere', join(bin, 'ctrnet'));
  expect((await link()).exitCode).toBe(1);
  expect(readlinkSync(join(bin, 'ctrnet'))).toBe('/nowhere');
  expect(existsSync(join(bin, 'ctr'))).toBe(false);
});
