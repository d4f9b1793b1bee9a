import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { schemaId } from '../../src/config/json-schema.ts';

let directory: string;
beforeAll(() => {
  assertSandbox();
  directory = mkdtempSync(join(tmpdir(), 'ctr-init-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('what init writes is read by jq, names the installed schema, validates and is planned', async () => {
  const file = join(directory, 'lab.json');
  const made = await ctr(['init', file]);
  expect(made).toMatchObject({ code: 0, out: `${file}\n` });
  expect(made.err).toContain('bridge_ip');
  const keys = await sh(['jq', '-r', 'keys_unsorted | join(" ")', file]);
  expect(keys).toMatchObject({
    code: 0,
    out: '$schema host_name root_dir ip bridge_name bridge_ip\n',
  });

  const schema = (await sh(['jq', '-r', '."$schema"', file])).out.trim();
  expect(schema).toMatch(/^file:\/\/\//);
  expect(JSON.parse(readFileSync(fileURLToPath(schema), 'utf8')).$id).toBe(schemaId);

  expect(await ctr(['validate', file])).toMatchObject({ code: 0, err: '' });
  const [next = ''] = /ctr rootfs create \S+/.exec(made.err) ?? [];
  expect((await ctr(['-q', ...next.split(' ').slice(1)])).code).toBe(0);
  expect(existsSync(join(directory, 'labex/bin/sh'))).toBe(true);
  expect(await ctr(['plan', file])).toMatchObject({ code: 0, err: '' });
});

test('on standard output it is the same JSON, and nothing else', async () => {
  const { out, err, code } = await ctr(['init', '-']);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  expect(JSON.parse(out).bridge_name).toBe('ctr0');
});

test.each([
  ['en', '// the host name of the container'],
  ['zh', '// 容器的主机名'],
])('a .jsonc file has comments, in %s, and validates too', async (language, comment) => {
  const file = join(directory, `${language}.jsonc`);
  expect((await ctr(['--lang', language, '-q', 'init', file])).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain(comment);
  expect((await ctr(['validate', file])).code).toBe(0);
});

test('a file that is there stays as it is, but for --force', async () => {
  const file = join(directory, 'mine.json');
  writeFileSync(file, 'mine');
  const refused = await ctr(['init', file]);
  expect(refused.code).toBe(4);
  expect(refused.err).toContain(`ctr init ${file} --force`);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect((await ctr(['init', file, '--force'])).code).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8')).host_name).toBe('labex');
});

test('where there is no such directory, the way to make it is said', async () => {
  const refused = await ctr(['init', join(directory, 'no/lab.json')]);
  expect(refused.code).toBe(4);
  expect(refused.err).toContain(`mkdir -p ${join(directory, 'no')}`);
  expect(refused.err).not.toContain('ENOENT');
});

test.each(['tutorial', 'two-containers', 'everything'])(
  'examples/%s.json is plain JSON',
  (name) => {
    expect(() => JSON.parse(readFileSync(`examples/${name}.json`, 'utf8'))).not.toThrow();
  },
);
