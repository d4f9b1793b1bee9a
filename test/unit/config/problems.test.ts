import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadConfig } from '../../../src/config/load.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { crossProblems } from '../../../src/config/problems.ts';
import { valueProblems } from '../../../src/config/value-problems.ts';
import type { Words } from '../../../src/config/words.ts';
import { CtrError, type Problem } from '../../../src/model/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'ctr-problems-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const han = /\p{Script=Han}/u;
function isWhole({ message, fix }: Words): void {
  expect(message.en).toMatch(/^\S.*\S$/);
  expect(message.en).not.toMatch(han);
  expect(message.zh).toMatch(han);
  expect(fix.en).toMatch(/^\S.*\S$/);
  expect(fix.en).not.toMatch(han);
  expect(fix.zh).toMatch(/\S/);
}

test.each(Object.entries(valueProblems))(
  '%s: of a wrong value it is said in both languages what to write instead',
  (_, { code, say }) => {
    expect(code).toMatch(/^E\d{3}$/);
    isWhole(say('key', 'value'));
    isWhole(say('key', 'key'));
  },
);

const rules: Readonly<Record<keyof typeof crossProblems, Words>> = {
  E047: crossProblems.E047('8080:80/tcp', { en: 'another', zh: '另一项' }),
  E048: crossProblems.E048(64),
  E013: crossProblems.E013('a', undefined),
  E014: crossProblems.E014('eth0'),
  E015: crossProblems.E015('br0', 'a'),
  E016: crossProblems.E016('a', 'b'),
  E017: crossProblems.E017('host'),
  E018: crossProblems.E018(2, 1),
  E019: crossProblems.E019('eth0'),
  E029: crossProblems.E029('10.0.0.2/24', '10.0.0.0/16'),
  E033: crossProblems.E033('10.0.0.1'),
  E034: crossProblems.E034('front', 'address6'),
  withoutPrefix: crossProblems.withoutPrefix(
    '10.0.0.1',
    '10.1.0.0/16',
    '10.1.0.1 – 10.1.255.254',
    '10.0.0.0/15',
  ),
  E044: crossProblems.E044('a-1'),
  E071: crossProblems.E071('a', '"b"'),
  E021: crossProblems.E021('127.0.0.1', 'loopback'),
  E022: crossProblems.E022('10.0.0.1', '10.1.0.0/24', '10.1.0.1 – 10.1.0.254'),
  E023: crossProblems.E023('10.0.0.1', '10.1.0.0/24', '10.1.0.1 – 10.1.0.254'),
  E024: crossProblems.E024('10.0.0.1'),
  E025: crossProblems.E025('10.0.0.1', 'a'),
  E026: crossProblems.E026('10.0.0.0/8', '10.0.0.0/24', 'a'),
  E028: crossProblems.E028('10.0.0.1/8', '10.0.0.0/8'),
  E031: crossProblems.E031('02:00:00:00:00:01', 'a'),
  E032: crossProblems.E032('fe:00:00:00:00:01'),
  E041: crossProblems.E041('MAC'),
  E042: crossProblems.E042(2, 'a', 1),
  E043: crossProblems.E043('a-1'),
  E045: crossProblems.E045('eth9', { en: 'a', zh: '甲' }),
  E070: crossProblems.E070('127.0.0.1'),
  W071: crossProblems.W071(4),
};
test.each(Object.entries(rules))('%s has a message and a fix', (_, words) => {
  isWhole(words);
});

function refusal(file: string): readonly Problem[] {
  try {
    loadConfig(file);
  } catch (error) {
    if (error instanceof CtrError) return error.details.problems ?? [];
  }
  throw new Error(`${file} is taken`);
}

function fileOf(name: string, bytes: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}
const tar = Buffer.alloc(1024);
tar.write('name', 0);
tar.write('ustar', 257);
mkdirSync(join(directory, 'folder'));
symlinkSync('loop', join(directory, 'loop'));
const gbk = Buffer.from([0xc4, 0xe3, 0xba, 0xc3]);

const files: readonly [what: string, file: string, place: RegExp, message: RegExp, fix: RegExp][] =
  [
    ['no file', join(directory, 'none'), /none$/, /no such file/, /ctr init/],
    [
      'a path through a file',
      `${fileOf('f', '')}/x`,
      /f\/x$/,
      /not a directory/,
      /correct the path/,
    ],
    ['a directory', join(directory, 'folder'), /folder$/, /is a directory/, /root_dir/],
    ['a link to itself', join(directory, 'loop'), /loop$/, /symbolic links/, /namei/],
    ['a name that is too long', join(directory, 'x'.repeat(300)), /x$/, /too long/, /255 bytes/],
    ['a hyphen', '-', /^-$/, /no such file/, /\/dev\/stdin/],
    ['a device', '/dev/null', /null$/, /device/, /save the config/],
    [
      'a file of 2 MiB',
      fileOf('big', ' '.repeat(2 ** 21)),
      /big$/,
      /larger than 1 MiB/,
      /replicas/,
    ],
    [
      'a large saved plan that is cut off',
      fileOf('plan', `{"ctr_plan": 1, "x": "${'x'.repeat(2 ** 21)}`),
      /plan$/,
      /saved plan/,
      /--out/,
    ],
    ['a tar archive', fileOf('t.tar', tar), /t\.tar:1:1$/, /tar archive/, /ctr init/],
    ['a gzip archive', fileOf('t.gz', Buffer.from([0x1f, 0x8b, 8])), /:1:1$/, /gzip/, /ctr init/],
    [
      'a picture',
      fileOf('t.png', Buffer.from('\x89PNG', 'latin1')),
      /:1:1$/,
      /picture/,
      /ctr init/,
    ],
    ['a program', fileOf('t.elf', '\x7fELF'), /:1:1$/, /program/, /ctr init/],
  ];
test.each(files)('%s: place, message and fix', (_, file, place, message, fix) => {
  const [problem, ...more] = refusal(file);
  expect(more).toEqual([]);
  expect(problem?.code).toBe('E000');
  expect(problem?.place).toMatch(place);
  expect(problem?.message.en).toMatch(message);
  expect(problem?.message.zh).toMatch(han);
  expect(problem?.fix?.en).toMatch(fix);
  expect(problem?.fix?.zh).toMatch(han);
});

test.each([
  [
    'UTF-16 with a mark',
    Buffer.from('\ufeff{"a":1}', 'utf16le'),
    '1:1',
    /UTF-16;/,
    /iconv -f UTF-16 /,
  ],
  ['UTF-16 without one', Buffer.from('{"a":1}', 'utf16le'), '1:1', /UTF-16LE/, /-f UTF-16LE/],
  [
    'GB18030',
    Buffer.concat([Buffer.from('{\n "a": "'), gbk, Buffer.from('"}')]),
    '2:8',
    /seems to be encoded in GB18030/,
    /iconv -f GB18030 -t UTF-8 \S+\.json/,
  ],
  ['Latin-1', Buffer.from('{"a":"caf\xe9"}', 'latin1'), '1:10', /LATIN1/, /iconv -f LATIN1/],
  ['bytes of nothing', Buffer.from('{"a":"\xff\xfe\xff"}', 'latin1'), '1:7', /not UTF-8/, /UTF-8/],
])(
  '%s is called by its name where it begins, with the way to UTF-8',
  (_, bytes, at, message, fix) => {
    const [problem] = refusal(fileOf('text.json', bytes));
    expect(problem?.place).toBe(`${join(directory, 'text.json')}:${at}`);
    expect(problem?.message.en).toMatch(message);
    expect(problem?.message.zh).toMatch(han);
    expect(problem?.fix?.en).toMatch(fix);
  },
);

const flat = {
  host_name: 'labex',
  root_dir: './labex',
  ip: '192.168.0.100/24',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1',
  name: 'lab',
  command: ['sh', '-c', 'true'],
  mac: '02:00:00:00:00:01',
  mtu: 1400,
  dns: ['1.1.1.1', '8.8.8.8'],
  user_namespace: false,
  limits: { memory: '64M', pids: 10 },
  masquerade: true,
  environment: { LANG: 'C' },
  working_dir: '/',
};
const canonical = {
  version: 1,
  name: 'lab',
  networks: {
    front: {
      bridge: { name: 'ctr1', mac: '02:00:00:00:00:02' },
      subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      mtu: 1400,
      masquerade: true,
    },
  },
  containers: {
    web: {
      hostname: 'web',
      replicas: 1,
      rootfs: './labex',
      command: ['sh'],
      environment: { LANG: 'C' },
      working_dir: '/',
      user_namespace: false,
      limits: { memory: 2 ** 26, pids: 10 },
      interfaces: [
        {
          network: 'front',
          name: 'eth0',
          addresses: ['10.88.0.10'],
          gateway: '10.88.0.1',
          mac: '02:00:00:00:00:03',
        },
      ],
      dns: { servers: ['1.1.1.1'], search: ['example'], options: ['ndots:1'] },
      extra_hosts: { db: '10.88.0.9' },
    },
  },
};

type Path = readonly (string | number)[];
/** All values of a config, with their paths. */
function valuesIn(value: unknown, path: Path = []): readonly (readonly [Path, unknown])[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) =>
          valuesIn(one, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : [];
  return path.length === 0 ? inner : [[path, value], ...inner];
}

/** The config as text with one value replaced, and the line where this value begins. */
function replaced(config: object, path: Path, wrong: unknown): readonly [string, number] {
  const mark = '"MARK"';
  const copy = structuredClone(config) as Record<PropertyKey, unknown>;
  const holder = path
    .slice(0, -1)
    .reduce<Record<PropertyKey, unknown>>(
      (one, key) => one[key] as Record<PropertyKey, unknown>,
      copy,
    );
  holder[path.at(-1) ?? ''] = 'MARK';
  const text = JSON.stringify(copy, null, 1);
  const line = text.slice(0, text.indexOf(mark)).split('\n').length;
  return [text.replace(mark, () => JSON.stringify(wrong)), line];
}

const spots = [flat, canonical].flatMap((config) =>
  valuesIn(config).map(([path, value]) => ({ config, path, value })),
);
const wrongs = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    false,
    -1,
    0,
    0.5,
    1e9,
    2 ** 60,
    '',
    ' ',
    'auto!',
    '-h',
    'A b',
    '300.1.1.1',
    'x\n',
  ],
  ...['127.0.0.1', '224.0.0.1', '01:00:5e:00:00:01', [], [[]], [1], [''], {}, { x: 1 }, [{ x: 1 }]],
);

test('one wrong value is one problem, at its place', () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...spots), wrongs, ({ config, path, value }, wrong) => {
      const [text, line] = replaced(config, path, wrong);
      const { problems } = parseConfig(text, 'f.json');
      const inside = typeof wrong === 'object' && wrong !== null;
      if (problems.length > 0) refused += 1;
      // A text instead of an object must not be told that it must be a text.
      const kind = typeof wrong === 'string' ? /must be a text/ : /must be an object, not \{/;
      for (const { message } of problems) expect(message.en).not.toMatch(kind);
      // An object may lack several keys, and a renamed network is missing where it is used.
      if (inside || (typeof value === 'object' && value !== null)) return;
      const at = problems.map(({ place }) => place?.split(':')[1]);
      expect({ path, wrong, at }).toEqual({
        path,
        wrong,
        at: problems.length === 0 ? [] : [`${line}`],
      });
    }),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(500);
});

test('a required key that is misspelt is one problem: the misspelt key', () => {
  const { bridge_name: bridge, ...rest } = flat;
  const text = JSON.stringify({ ...rest, bridge_nmae: bridge });
  const { problems } = parseConfig(text, 'f.json');
  expect(problems.map((one) => [one.code, one.fix?.en])).toEqual([
    ['E002', 'did you mean "bridge_name"?'],
  ]);
});

test.each([
  ['name', 'Lab', /as in "lab"/],
  ['host_name', 'a.b', /one label/],
])('in the tutorial’s form, a wrong %s is told what it may be', (key, value, fix) => {
  const [problem] = parseConfig(JSON.stringify({ ...flat, [key]: value }), 'f.json').problems;
  expect(problem?.code).toBe('E010');
  expect(problem?.fix?.en).toMatch(fix);
});

test.each<[string, Path, unknown, RegExp]>([
  ['a search domain', ['dns', 'search'], ['a_b'], /"corp\.example"/],
  ['a resolver option', ['dns', 'options'], ['N'], /resolv\.conf\(5\)/],
  ['a name of extra_hosts', ['extra_hosts'], { 'a b': '10.0.0.1' }, /"db\.example"/],
  ['a gateway', ['interfaces', 0, 'gateway'], 'x', /false for none/],
  ['the network of an interface', ['interfaces', 0, 'network'], 'X', /"front"/],
  ['the MAC of an interface', ['interfaces', 0, 'mac'], 'x', /or "auto"/],
  ['name servers', ['dns', 'servers'], 'x', /\["1\.1\.1\.1", "8\.8\.8\.8"\]/],
])('%s is told what that value may be, and not what another may', (_, path, wrong, fix) => {
  const [text] = replaced(canonical, ['containers', 'web', ...path], wrong);
  const { problems } = parseConfig(text, 'f.json');
  expect(problems.map((one) => one.fix?.en)).toEqual([expect.stringMatching(fix)]);
});

test.each([
  ['ip', '１９２.168.0.100', '192.168.0.100'],
  ['ip', '192。168。0。100／24', '192.168.0.100/24'],
  ['bridge_ip', '192．168．0．1', '192.168.0.1'],
  ['bridge_name', 'ｃｔｒ０', 'ctr0'],
])('full-width characters are named, with what was meant: %s %s', (key, wrong, meant) => {
  const config = {
    host_name: 'labex',
    root_dir: './labex',
    ip: '192.168.0.100',
    bridge_name: 'ctr0',
    bridge_ip: '192.168.0.1',
  };
  const text = JSON.stringify({ ...config, [key]: wrong });
  const [first, ...more] = parseConfig(text, 'config.json').problems;
  expect(more).toEqual([]);
  expect(first?.message).toEqual({
    en: `"${key}" contains full-width characters: "${wrong}"`,
    zh: `"${key}" 里有全角字符："${wrong}"`,
  });
  expect(first?.fix?.en).toBe(`write "${meant}"`);
});
