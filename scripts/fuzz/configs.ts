import fc from 'fast-check';
import { configJsonSchema } from '../../src/config/json-schema.ts';

/** Strings that have broken similar programs: options, keywords, escapes, names of Object.prototype. */
export const dictionary: readonly string[] = [
  ...['-h', '--help', '-', '--', '../x', '/', '.', '..', '%d', 'x%d', '+', 'br+', '!x'],
  ...['all', 'default', 'lo', 'eth0', 'help', 'vf', 'type', 'dev', 'up', 'name', 'netns', 'any'],
  ...['host', 'lock', 'state', 'notes', 'none', 'constructor', 'toString', 'valueof', 'valueOf'],
  ...['hasOwnProperty', 'isPrototypeOf', '__proto__', 'prototype', 'length', 'null', 'true'],
  ...['a', 'a-', 'a-b', 'a-b-c', 'A', 'Z9', 'x.y', 'x_y', 'abcdefghijklmno', 'abcdefghijklmnop'],
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '\r\nnameserver 6.6.6.6',
    '\0',
    'a\0b',
    '\u001b[2J',
    '\u009b2J',
    '\u007f',
  ],
  ...['\u202e', '\u2028', '\ufeff', '\ud800', '😀', '👩‍💻', 'é', '名字', 'e\u0301', "it's", 'a"b'],
  ...[
    '$(id)',
    '`id`',
    ';id',
    '$\u007bIFS}',
    '&',
    '|',
    '*',
    '~',
    '#',
    '\\',
    'EOF',
    'EOF\n',
    'x=y',
    'a b',
  ],
  ...['0.0.0.0', '010.0.0.1', '0x7f.1', '1.2.3', '::ffff:1.2.3.4', '10.0.0.0/8', '10.0.0.2/31'],
  ...['10.0.0.2/32', '10.0.0.2/33', '255.255.255.255', '224.0.0.1', '127.0.0.1', '127.0.0.53'],
  ...['fe80::1%eth0', '192.168.0.1', '192.168.0.100', '192.168.0.100/16', '1.1.1.1', '10.0.0.1'],
  ...['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01', '02:00:00:00:00:01'],
  ...['fe:00:00:00:00:01', '02:00:00:00:01', 'AA:BB:CC:DD:EE:0F', 'auto', '/srv/labex', './labex'],
  ...[
    '/bin/sh',
    'sleep',
    '/srv/名',
    '/srv/a b',
    '/srv/a,b',
    '/srv/a:b',
    '/mnt/x',
    '/mnt',
    '/media',
  ],
  ...['x'.repeat(63), 'x'.repeat(64), 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(65_536)],
  ...["'".repeat(3000), '名'.repeat(40_000), 'x'.repeat(65_537)],
];

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

function strings(schema: Schema): fc.Arbitrary<string> {
  const pattern = new RegExp(schema.pattern ?? '', 'u');
  const fits = (text: string) =>
    pattern.test(text) && text.length <= (schema.maxLength ?? Number.POSITIVE_INFINITY);
  const known = dictionary.filter(fits);
  const choices: fc.Arbitrary<string>[] = known.length === 0 ? [] : [fc.constantFrom(...known)];
  try {
    choices.push(fc.stringMatching(new RegExp(schema.pattern ?? '^.{0,9}$'), { size: 'small' }));
  } catch {
    choices.push(fc.string({ unit: 'grapheme', minLength: 1 }).filter(fits));
  }
  return fc.oneof(...choices).filter(fits);
}

function objects(schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties: more } = schema;
  const fixed = Object.fromEntries(
    Object.entries(properties).map(([key, inner]) => [key, valuesOf(inner)]),
  );
  if (typeof more !== 'object') return fc.record(fixed, { requiredKeys: [...required] });
  return fc.dictionary(strings(schema.propertyNames ?? {}), valuesOf(more), { maxKeys: 3 });
}

/** Values that are valid by a JSON Schema. It supports the keywords of ctr's schema. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  switch (schema.type) {
    case 'string':
      return strings(schema);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 70_000 });
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object':
      return objects(schema);
    default:
      throw new Error(`the fuzz does not know this schema: ${JSON.stringify(schema)}`);
  }
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that the kernel reserves, or gives to new interfaces. */
const reserved = /^(?:all|default|lo|eth\d+)$/;

/**
 * Makes the values of a config consistent: existing networks, addresses inside them, no duplicates. Values that only
 * the schema restricts stay random.
 */
function agreeing(config: Json, dice: readonly number[]): Json {
  let turn = 0;
  const roll = (sides: number) => {
    turn += 1;
    return (dice[turn % dice.length] ?? 0) % sides;
  };
  let published = 0;
  /** As many ports, each with a number of its own. */
  const distinct = (ports: unknown) =>
    Array.isArray(ports)
      ? {
          ports: ports.slice(0, 3).map(() => {
            published += 10;
            const from = 1000 + published;
            return [
              `${from}:80`,
              `127.0.0.1:${from}:53/udp`,
              `${from}-${from + 9}:${from}-${from + 9}`,
              `198.51.100.2:${from}-${from + 1}:80-81/sctp`,
              { host: from, container: 7, protocol: 'tcp', address: '10.0.0.9' },
              `[2001:db8::9]:${from}-${from + 1}:80-81`,
              `[::]:${from}:${from}`,
            ][roll(7)];
          }),
        }
      : {};
  const sane = (mac: unknown, n: number) =>
    mac === undefined || mac === 'auto' ? mac : `02:00:00:00:${n.toString(16).padStart(2, '0')}:0a`;
  if ('host_name' in config) {
    const base = `10.${roll(200)}.${roll(200)}`;
    const prefix = ['', '/24', '/28', '/16', '/8'][roll(5)] ?? '';
    const { mac, dns, bridge_name: bridge, ip6, bridge_ip6: six, masquerade6, ...rest } = config;
    const net6 = `fd00:${roll(200)}:`;
    return {
      ...rest,
      ...distinct(rest.ports),
      ...(six === undefined
        ? {}
        : {
            bridge_ip6: roll(2) === 0 || ip6 !== undefined ? `${net6}:1/64` : 'auto',
            ...(ip6 === undefined ? {} : { ip6: `${net6}:${roll(200) + 2}` }),
            ...(masquerade6 === undefined ? {} : { masquerade6 }),
          }),
      bridge_name: reserved.test(String(bridge)) ? 'br7' : bridge,
      ip: `${base}.${2 + roll(12)}${prefix}`,
      bridge_ip: `${base}.1${roll(2) === 0 ? '' : prefix}`,
      ...(mac === undefined ? {} : { mac: sane(mac, 1) }),
      ...(Array.isArray(dns) ? { dns: dns.map((_, index) => `1.1.1.${index}`) } : {}),
    };
  }
  const networks = isObject(config.networks) ? Object.entries(config.networks) : [];
  const given = networks.length > 0 ? networks : [['net', { bridge: { name: 'br7' } }] as const];
  const bridges = new Set<string>();
  const agreed = given.map(([name, network], index): [string, Json] => {
    const {
      bridge,
      subnet6: six,
      gateway6,
      masquerade6,
      ...rest
    } = network as Json & {
      bridge: Json;
    };
    const net6 = `fd00:${index}:${roll(200)}:`;
    let bridgeName = String(bridge.name).slice(0, 14);
    if (bridges.has(bridgeName) || reserved.test(bridgeName)) {
      bridgeName = `br${index}`;
    }
    bridges.add(bridgeName);
    const subnet = `10.${index}.${roll(200)}.0/${[24, 28, 29, 25][roll(4)]}`;
    return [
      name,
      {
        ...rest,
        bridge: {
          ...bridge,
          name: bridgeName,
          ...(bridge.mac === undefined ? {} : { mac: sane(bridge.mac, index) }),
        },
        ...(six === undefined
          ? {}
          : {
              subnet6: roll(2) === 0 ? 'auto' : `${net6}:/${[64, 80, 120][roll(3)]}`,
              ...(gateway6 === undefined ? {} : { gateway6: `${net6}:1` }),
              ...(masquerade6 === undefined ? {} : { masquerade6 }),
            }),
        subnets: [{ subnet, gateway: subnet.replace(/0\/\d+$/, '1') }],
      },
    ];
  });
  const hosts = new Set<string>();
  const containers = Object.entries(isObject(config.containers) ? config.containers : {});
  if (containers.length === 0) {
    containers.push(['c', { rootfs: '/srv/labex', interfaces: [{ network: 'x' }] }]);
  }
  const wired = containers.map(([name, value], at): [string, Json] => {
    const container = value as Json;
    const devices = new Set<string>();
    const interfaces = (container.interfaces as Json[]).map((one, index) => {
      const { name: device, mac: _, address6: __, ...rest } = one;
      const [network] = agreed[roll(agreed.length)] ?? ['net'];
      const named = typeof device === 'string' && !devices.has(device) && !reserved.test(device);
      if (named) devices.add(device);
      return {
        ...rest,
        network,
        ...(named ? { name: device } : {}),
        addresses: [],
        ...(one.gateway === false ? {} : { gateway: 'auto' }),
        ...(one.mac === undefined || container.replicas !== undefined
          ? {}
          : { mac: sane(one.mac, 16 * (at + 1) + index) }),
      };
    });
    const { hostname, dns, ...rest } = container;
    const wish = String(hostname ?? name).toLowerCase();
    const free = !hosts.has(wish);
    hosts.add(free ? wish : `h${at}`);
    return [
      name,
      {
        ...rest,
        ...(container.replicas === undefined ? distinct(rest.ports) : { ports: [] }),
        interfaces,
        ...(container.replicas === undefined ? {} : { replicas: 1 + roll(2) }),
        ...(free ? (hostname === undefined ? {} : { hostname }) : { hostname: `h${at}` }),
        ...(isObject(dns) ? { dns: { ...dns, servers: 'auto' } } : {}),
      },
    ];
  });
  return {
    ...config,
    networks: Object.fromEntries(agreed),
    containers: Object.fromEntries(wired),
  };
}

const schema = configJsonSchema() as Schema;
const shaped = valuesOf(schema) as fc.Arbitrary<Json>;
const dice = fc.array(fc.nat(), { minLength: 16, maxLength: 16 });

/** A config that is valid by the schema and consistent. */
const agreeable: fc.Arbitrary<Json> = fc
  .tuple(shaped, dice)
  .map(([value, rolls]) => agreeing(value, rolls));

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...dictionary),
  fc.string({ unit: 'binary' }),
  fc.constantFrom<unknown>(
    0,
    -0,
    -1,
    Number.POSITIVE_INFINITY,
    2 ** 53 + 1,
    1.5,
    null,
    true,
    [],
    {},
    [[]],
    [null],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** The paths of all values inside a value. */
function placesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key])),
  ];
}

function replaced(
  value: unknown,
  path: readonly string[],
  change: (was: unknown) => unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.map((inner, index) =>
      String(index) === key ? replaced(inner, rest, change) : inner,
    );
  }
  return Object.fromEntries(
    Object.entries(value as Json).map(([name, inner]) => [
      name,
      name === key ? replaced(inner, rest, change) : inner,
    ]),
  );
}

/** A valid config with one change: another value, or a key added, removed or renamed. */
const nearlyRight: fc.Arbitrary<string> = fc
  .tuple(
    agreeable,
    fc.nat(),
    strange,
    fc.constantFrom('value', 'value', 'more', 'less', 'rename', 'twice'),
    fc.constantFrom(...dictionary),
  )
  .map(([config, where, value, kind, word]) => {
    const places = placesOf(config);
    const path = places[where % places.length] ?? [];
    const key = word.slice(0, 40);
    if (kind === 'value') return JSON.stringify(replaced(config, path, () => value));
    const parent = path.slice(0, -1);
    const name = path.at(-1) ?? '';
    const changed = replaced(config, parent, (was) => {
      if (!isObject(was)) return was;
      const entries = Object.entries(was);
      if (kind === 'more') return Object.fromEntries([...entries, [`${key}!`, value]]);
      if (kind === 'less') return Object.fromEntries(entries.filter(([one]) => one !== name));
      return Object.fromEntries(
        entries.map(([one, inner]) => [one === name ? `${key}?` : one, inner]),
      );
    });
    const text = JSON.stringify(changed);
    if (kind === 'more')
      return text.replace(`${JSON.stringify(`${key}!`)}:`, `${JSON.stringify(key)}:`);
    if (kind === 'rename')
      return text.replace(`${JSON.stringify(`${key}?`)}:`, `${JSON.stringify(key)}:`);
    return kind === 'twice' ? `${text.slice(0, -1)},"name":"x","name":"y"}` : text;
  });

/** Random text, which is a valid config only by accident. */
const wild: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.string({ unit: fc.constantFrom(...'{}[]":,/*\n\\01e-ua'), maxLength: 60 }),
  fc
    .tuple(agreeable, fc.nat(), fc.nat({ max: 0x10ff }), fc.boolean())
    .map(([config, at, code, cut]) => {
      const text = JSON.stringify(config, null, 1);
      const place = at % text.length;
      return cut
        ? text.slice(0, place)
        : text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
    }),
  fc.constantFrom(
    '',
    '\ufeff',
    '\ufeff{}',
    '{}',
    '[]',
    'null',
    '1e999',
    '"',
    '['.repeat(20_000),
    '{"a":'.repeat(5000),
    '\0'.repeat(100),
    '/*',
    '//',
  ),
);

/** A text, and whether it was made consistent: most consistent configs have a plan. */
interface ConfigText {
  readonly text: string;
  readonly agrees: boolean;
}

/** Valid configs, nearly valid ones, and random text. */
export const configTexts: fc.Arbitrary<ConfigText> = fc.oneof(
  {
    weight: 4,
    arbitrary: agreeable.map((config) => ({ text: JSON.stringify(config), agrees: true })),
  },
  {
    weight: 6,
    arbitrary: fc
      .oneof(
        { weight: 1, arbitrary: shaped.map((config) => JSON.stringify(config)) },
        { weight: 4, arbitrary: nearlyRight },
        { weight: 1, arbitrary: wild },
      )
      .map((text) => ({ text, agrees: false })),
  },
);
