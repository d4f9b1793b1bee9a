import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { assertSandbox, ctrPath } from '../support/host.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = new URL('../..', import.meta.url).pathname;
const directory = temporaryDirectory();
const prefix = join(directory, 'prefix');
const bin = join(prefix, 'bin');
const foreign = '#!/bin/sh\necho containerd\n';
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
let tarball: string;

/** Runs a program where nothing but this prefix and the system is on the path. */
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

/** What was tracked of this checkout, without what was built: a clone. */
beforeAll(async () => {
  assertSandbox();
  const clone = join(directory, 'clone');
  const left = ['node_modules', 'dist', '.git', 'examples/labex', 'results', 'coverage'];
  cpSync(root, clone, {
    recursive: true,
    filter: (path) => !left.some((name) => path.replace(/\/$/, '') === `${root}${name}`),
  });
  symlinkSync(`${root}node_modules`, join(clone, 'node_modules'));
  const packed = await run(['npm', 'pack', '--silent'], clone);
  expect(packed).toMatchObject({ exitCode: 0, stdout: `ctrnet-${version}.tgz` });
  tarball = join(clone, packed.stdout);
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
