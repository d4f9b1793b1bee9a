import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../../src/config/parse.ts';

const good = {
  host_name: 'labex',
  root_dir: './labex',
  ip: '192.168.0.100',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1',
};
const flat = (change: Record<string, unknown>) => JSON.stringify({ ...good, ...change }, null, 2);

const lab = (change: { network?: object; web?: object; db?: object; more?: object } = {}) => {
  const container = (address: string, extra = {}) => ({
    rootfs: '/r',
    interfaces: [{ network: 'front', addresses: [address] }],
    ...extra,
  });
  return JSON.stringify(
    {
      version: 1,
      name: 'lab',
      networks: {
        front: {
          bridge: { name: 'ctr1' },
          subnets: [{ subnet: '10.8.0.0/24', gateway: '10.8.0.1' }],
          ...change.network,
        },
        ...change.more,
      },
      containers: {
        web: container('10.8.0.10', change.web),
        db: container('10.8.0.11', change.db),
      },
    },
    null,
    1,
  );
};
const one = (extra: object) => ({ interfaces: [{ network: 'front', ...extra }] });

const bad: readonly [what: string, text: string, codes: readonly string[]][] = [
  ['empty', '', ['E001']],
  ['not JSON', '{"host_name": }', ['E001']],
  ['a list', '[]', ['E003']],
  ['too deep', '['.repeat(20_000), ['E001']],
  ['a misspelt key', flat({ bridge_nmae: 'x' }), ['E002']],
  [
    'a key twice',
    '{"host_name":"a","host_name":"b","root_dir":"r","ip":"10.0.0.2","bridge_name":"b0","bridge_ip":"10.0.0.1"}',
    ['E004'],
  ],
  ['a key missing', JSON.stringify({ ...good, ip: undefined }), ['E003']],
  ['a number for a name', flat({ host_name: 7 }), ['E003']],
  ['a host name with a dot', flat({ host_name: 'a.b' }), ['E010']],
  ['a bridge name of 16 bytes', flat({ bridge_name: 'abcdefghijklmnop' }), ['E011']],
  ['a bridge name that is an option', flat({ bridge_name: '-h' }), ['E011']],
  ['a bridge name with a format', flat({ bridge_name: 'x%d' }), ['E011']],
  ['a bridge called all', flat({ bridge_name: 'all' }), ['E012']],
  ['an address of three numbers', flat({ ip: '192.168.0' }), ['E020']],
  ['an octal address', flat({ ip: '192.168.010.1' }), ['E020']],
  ['a prefix of 33', flat({ ip: '10.0.0.2/33' }), ['E020']],
  ['the loopback address', flat({ ip: '127.0.0.2' }), ['E021']],
  ['the broadcast address', flat({ ip: '192.168.0.255/24' }), ['E021']],
  [
    'an address outside the subnet',
    flat({ ip: '10.0.0.5', bridge_ip: '192.168.0.1/24' }),
    ['E022'],
  ],
  ['the gateway’s address', flat({ ip: '192.168.0.1' }), ['E024']],
  ['a multicast MAC', flat({ mac: '01:00:5e:00:00:01' }), ['E030']],
  ['a MAC that begins with fe', flat({ mac: 'fe:00:00:00:00:01' }), ['E032']],
  ['a path with a comma', flat({ root_dir: '/a,b' }), ['E050']],
  ['a loopback name server', flat({ dns: ['127.0.0.53'] }), ['E070']],
  ['an MTU of 10', flat({ mtu: 10 }), ['E080']],
  ['a command that is an option', flat({ command: ['--help'] }), ['E005']],
  ['a NUL in an argument', flat({ command: ['sh', 'a\0b'] }), ['E006']],
  ['a variable with an equals sign', flat({ environment: { 'A=B': 'c' } }), ['E007']],
  ['a relative working directory', flat({ working_dir: 'x' }), ['E008']],
  ['a network that is not there', lab({ web: { interfaces: [{ network: 'frnot' }] } }), ['E013']],
  [
    'two interfaces of one name',
    lab({
      web: {
        interfaces: [
          { network: 'front', name: 'eth0', addresses: ['10.8.0.2'] },
          { network: 'front', name: 'eth0' },
        ],
      },
    }),
    ['E014'],
  ],
  [
    'one bridge for two networks',
    lab({
      more: {
        back: {
          bridge: { name: 'ctr1' },
          subnets: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.1' }],
        },
      },
    }),
    ['E015'],
  ],
  ['one host name twice', lab({ web: { hostname: 'x' }, db: { hostname: 'x' } }), ['E016']],
  [
    'a gateway outside',
    lab({ network: { subnets: [{ subnet: '10.8.0.0/24', gateway: '10.9.0.1' }] } }),
    ['E023'],
  ],
  ['one address twice', lab({ db: one({ addresses: ['10.8.0.10'] }) }), ['E025']],
  [
    'overlapping subnets',
    lab({
      more: {
        back: {
          bridge: { name: 'ctr2' },
          subnets: [{ subnet: '10.8.0.0/16', gateway: '10.8.9.1' }],
        },
      },
    }),
    ['E026'],
  ],
  [
    'a subnet with host bits',
    lab({ network: { subnets: [{ subnet: '10.8.0.7/24', gateway: '10.8.0.1' }] } }),
    ['E028'],
  ],
  [
    'one MAC twice',
    lab({
      web: one({ addresses: ['10.8.0.10'], mac: '02:00:00:00:00:09' }),
      db: one({ addresses: ['10.8.0.11'], mac: '02:00:00:00:00:09' }),
    }),
    ['E031'],
  ],
];

test.each(bad)('%s is refused with its code and its place', (_, text, codes) => {
  const { config, problems } = parseConfig(text, 'f.json');
  expect(config).toBeUndefined();
  expect(problems.map((one) => one.code)).toEqual(codes);
  for (const problem of problems) {
    expect(problem.place).toMatch(/^f\.json:\d+:\d+$/);
    expect(problem.message.zh).not.toBe('');
    expect(problem.message.en).not.toMatch(/undefined\b|\[object/);
  }
});

test('all problems are reported at once, in the order of the file', () => {
  const { problems } = parseConfig(
    flat({ host_name: '', bridge_name: 'lo', ip: 'x', extra: 1 }),
    'f.json',
  );
  expect(problems.map(({ code, place }) => `${place} ${code}`)).toEqual([
    'f.json:2:16 E010',
    'f.json:4:9 E020',
    'f.json:5:18 E012',
    'f.json:7:3 E002',
  ]);
});

test('the message about a misspelt key names the correct key', () => {
  const [problem] = parseConfig(flat({ bridge_nmae: 'x' }), 'f.json').problems;
  expect(problem?.fix?.en).toBe('did you mean "bridge_name"?');
});

describe('the tutorial’s form', () => {
  test('converts to the canonical form, which has the same meaning', () => {
    const { config, form } = parseConfig(`// a comment\n${flat({})}`, 'f.json');
    expect(form).toBe('tutorial');
    expect(config?.containers.labex?.dns.servers).toEqual(['114.114.114.114']);
    expect(config?.networks.default?.subnets).toEqual([{ subnet: 'auto', gateway: '192.168.0.1' }]);
    expect(parseConfig(JSON.stringify(config), 'g.json').config).toEqual(config);
  });
  test('takes its subnet from the address that has a prefix', () => {
    const subnet = (change: object) =>
      parseConfig(flat({ ...change }), 'f').config?.networks.default?.subnets[0]?.subnet;
    expect(subnet({ ip: '192.168.0.100/24' })).toBe('192.168.0.0/24');
    expect(subnet({ bridge_ip: '192.168.0.1/20' })).toBe('192.168.0.0/20');
  });
});

test('any text is a config or has problems, and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]":,/*\n01ea') })),
      (text) => {
        const { config, problems } = parseConfig(text, 'f');
        expect((config === undefined) === problems.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('with any value in a field, the config is refused at that field or planned', () => {
  const wild = fc.oneof(
    fc.constantFrom(
      '-h',
      '--help',
      '%d',
      'lo',
      'all',
      '../x',
      '/',
      '.',
      '\u001b[2J',
      '$(id)',
      '`id`',
      '\n',
      '\u202e',
      '0x7f.1',
      'a'.repeat(300),
    ),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.constant(null),
    fc.array(fc.string()),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(good), 'name', 'mac', 'dns', 'command'),
      wild,
      (key, value) => {
        const { config, problems } = parseConfig(flat({ [key]: value }), 'f');
        for (const problem of problems) expect(problem.code).toMatch(/^E0\d\d$/);
        expect((config === undefined) === problems.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
