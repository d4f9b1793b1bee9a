import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { runner } from '../../src/exec/runner.ts';
import { isRecord, parseJsonArray } from '../../src/facts/json.ts';
import { readHostView } from '../../src/facts/view.ts';
import { type Answer, waysOn } from '../../src/losses/lookup.ts';
import { formatAddress, parseAddress } from '../../src/model/ipv4.ts';

const links = ['a0', 'b0', 'c0'];

beforeAll(async () => {
  assertSandbox();
  for (const [index, name] of links.entries()) {
    await shell(
      `ip link add name ${name} type veth peer name ${name}p`,
      `ip addr add 10.${index + 1}.0.1/24 dev ${name}`,
      `ip link set dev ${name} up`,
      `ip link set dev ${name}p up`,
    );
  }
});
afterAll(async () => {
  for (const name of links) await shell(`ip link del dev ${name}`);
});

const table = fc.constantFrom('main', '52', '53');
const subnet = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.constantFrom(8, 13, 14, 16, 20, 24, 32))
  .map(([low, prefix]) => {
    const address = parseAddress('10.64.0.0') + low * 0x10101;
    return `${formatAddress(address - (address % 2 ** (32 - prefix)))}/${prefix}`;
  });
const route = fc
  .tuple(
    fc.oneof(subnet, fc.constant('default')),
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...links).map((name) => `dev ${name}`) },
      fc.constantFrom('blackhole', 'unreachable', 'prohibit', 'throw'),
      fc.constant('nexthop dev a0 nexthop dev b0'),
    ),
    table,
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([to, how, where, metric]) =>
    /^dev|^nexthop/.test(how)
      ? `route add ${to} table ${where} metric ${metric} ${how}`
      : `route add ${how} ${to} table ${where} metric ${metric}`,
  );
const rule = fc
  .tuple(
    fc.integer({ min: 100, max: 120 }),
    fc.constantFrom('', 'not '),
    fc.constantFrom(
      'from all',
      'from 10.1.0.0/16',
      'from 10.2.0.1',
      'iif lo',
      'iif a0',
      'fwmark 1',
      'fwmark 16/15',
    ),
    fc.oneof(
      fc.constant(''),
      subnet.map((one) => `to ${one}`),
    ),
    fc.oneof(
      table.map((one) => `lookup ${one}`),
      table.map((one) => `lookup ${one} suppress_prefixlength 13`),
      fc.constantFrom('blackhole', 'unreachable', 'prohibit', 'nop', 'goto 32766'),
    ),
  )
  .map(([pref, not, from, to, how]) => `rule add pref ${pref} ${not}${from} ${to} ${how}`);

/** Error messages of `ip route get`, with the results that they mean. */
const errors: readonly (readonly [RegExp, Answer['does']])[] = [
  [/Invalid argument/, 'blackhole'],
  [/No route to host/, 'unreachable'],
  [/Permission denied/, 'prohibit'],
  [/Network is unreachable/, 'none'],
];

/** The kernel's route for a packet that this host sends (`ip route get`). */
async function kernel(to: string, from: string): Promise<readonly string[]> {
  const source = from === '0.0.0.0' ? [] : ['from', from];
  const ran = await sh(['ip', '-j', 'route', 'get', to, ...source]);
  if (ran.code !== 0) return errors.flatMap(([said, does]) => (said.test(ran.err) ? does : []));
  const [found] = parseJsonArray(ran.out);
  return isRecord(found) ? [found.type === 'local' ? 'deliver' : String(found.dev)] : [];
}

test('ctr predicts the kernel’s routing for all rules and tables', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(route, { minLength: 1, maxLength: 10 }),
      fc.array(rule, { maxLength: 4 }),
      async (routes, rules) => {
        // -force skips commands that fail, such as a duplicate route.
        await sh(['ip', '-force', '-batch', '-'], `${[...routes, ...rules].join('\n')}\n`);
        try {
          const view = await readHostView(runner);
          const ways = waysOn(view);
          for (const to of ['10.64.0.0', '10.66.2.2', '10.70.6.6', '10.1.0.1', '203.0.113.9']) {
            for (const from of ['0.0.0.0', '10.1.0.1', '10.2.0.1']) {
              const packet = { to: parseAddress(to), from: parseAddress(from), iif: 'lo' };
              const answer = ways(packet).at(-1);
              // For a rule with the action `unreachable` the kernel returns the same error as for no route.
              const refused = answer?.does === 'unreachable' && answer.routes.length === 0;
              const told =
                answer?.does === 'send'
                  ? answer.routes.map(({ dev }) => dev)
                  : [refused ? 'none' : answer?.does];
              const [said] = await kernel(to, from);
              expect({ to, from, told }).toEqual({
                to,
                from,
                told: told.includes(said as never) ? told : [said],
              });
              compared += 1;
            }
          }
        } finally {
          await sh([
            'sh',
            '-c',
            `ip route flush table 52; ip route flush table 53; ip route flush table main proto boot
             for pref in $(ip rule | sed -n 's/^\\(1[0-9][0-9]\\):.*/\\1/p'); do ip rule del pref "$pref"; done
             ip route add default via 198.51.100.1 dev wan0`,
          ]);
        }
      },
    ),
    { numRuns: 25 },
  );
  expect(compared).toBeGreaterThan(200);
});
