import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { type Firewalld, startFirewalld } from '../../rig/firewalld.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import type { Results } from '../../src/json/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let host: PrivateHost;
let firewalld: Firewalld;
/** The host without a run. */
let before: string;

const rejects =
  /W110 nft chain inet firewalld filter_FWD_public rejects packets from ctr0's containers out through wan0/;
const typed = 'firewall-cmd --zone=trusted --add-interface=ctr0';
const untyped = 'firewall-cmd --zone=trusted --remove-interface=ctr0';

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  host = await privateHost();
  firewalld = await startFirewalld(host);
  before = await baseline();
}, 60_000);
afterAll(() => {
  host.end();
  shop.remove();
});

let written = 0;

function write(firewall: 'iptables' | 'nftables' | 'auto'): string {
  // An address of its own: conntrack takes a ping with the same number from the same address for the one before.
  written += 1;
  const subnets = [{ subnet: `10.88.${written}.0/24`, gateway: `10.88.${written}.1` }];
  return shop.config(firewall, {
    ...{ version: 1, name: 'labex', firewall },
    networks: { front: { bridge: { name: 'ctr0' }, subnets } },
    containers: {
      web: {
        ...{ rootfs: './labex', command: ['sh', '-c', 'httpd -p 80 -h /etc; exec sleep 600'] },
        ...{ interfaces: [{ network: 'front' }], ports: ['8080:80'] },
      },
    },
  });
}

const pings = async () =>
  (await host.ctr('exec', 'labex', '--', 'ping', '-c1', '-W1', '203.0.113.10')).code === 0;

/** Whether the published port answers a machine of the internet. */
async function publishes(): Promise<boolean> {
  const { out } = await host.run(
    'sh',
    '-c',
    "ip -4 -o addr show dev wan0 | sed 's/.*inet //; s,/.*,,'",
  );
  const url = `http://${out.trim()}:8080/hostname`;
  const page = await host.ctr('exec', '--world', 'labex', '--', 'wget', '-T2', '-qO-', url);
  return page.out === 'web\n';
}

/** What `ctr check` finds wrong, each with what to type. */
async function crosses(): Promise<readonly { readonly what: string; readonly fix: string }[]> {
  const { code, out } = await host.ctr('check', 'labex', '--json');
  const { holds, findings } = JSON.parse(out) as Results['check'];
  expect(code).toBe(holds ? 0 : 7);
  return findings
    .filter((one) => !one.holds)
    .map(({ what, found, fix }) => ({ what: `${found} ${what.en}`, fix: fix?.en ?? '' }));
}

async function type(line: string): Promise<void> {
  const ran = await firewalld.line(line);
  expect([line, ran.code, ran.out]).toEqual([line, 0, 'success\n']);
}

/** firewalld makes the chains of a zone when the zone gets its first interface, and keeps them. */
async function baseline(): Promise<string> {
  await type(typed);
  await type(untyped);
  return await snapshot(host.enter);
}

async function up(file: string): Promise<string> {
  const ran = await host.ctr('up', '-d', file);
  expect([ran.code, ran.err]).toEqual([0, expect.not.stringContaining('Error')]);
  return ran.err;
}

async function down(): Promise<void> {
  expect((await host.ctr('-q', 'down', 'labex')).code).toBe(0);
  await type(untyped);
  expect(await snapshot(host.enter)).toBe(before);
}

test('doctor and plan say what firewalld does, what to type, and how to undo it', async () => {
  const { out } = await host.ctr('doctor', '--json');
  const { findings } = JSON.parse(out) as Results['doctor'];
  const found = (wanted: string) => findings.filter(({ id }) => id === wanted);
  expect(found('with-firewalld')).toMatchObject([
    {
      message: { en: 'firewalld is here: process firewalld, table inet firewalld' },
      fixes: [{ command: typed, costs: { en: expect.stringContaining(untyped) } }],
    },
  ]);
  expect(found('packets-lost')).toMatchObject([
    {
      message: {
        en: expect.stringContaining('nft chain inet firewalld filter_FWD_public rejects'),
      },
      fixes: [
        {
          command: typed,
          costs: {
            en: expect.stringContaining(untyped),
            zh: expect.stringContaining(untyped),
          },
        },
        {},
      ],
    },
  ]);
  const planned = await host.ctr('plan', write('iptables'));
  expect((planned.out + planned.err).replaceAll(/\s+/g, ' ')).toMatch(rejects);
  expect(planned.out + planned.err).toContain(typed);
});

test.each([
  ['iptables', 10],
  ['nftables', 0],
] as const)(
  'the rules in %s: what to type helps; a reload is seen by check and mended by repair',
  async (firewall, lost) => {
    // Nothing of iptables is in use on this host.
    const said = await up(write(firewall === 'nftables' ? 'auto' : firewall));
    expect(said.replaceAll(/\s+/g, ' ')).toMatch(rejects);
    expect(await pings()).toBe(false);
    // What DNAT has let in is accepted by firewalld itself.
    await until(publishes);
    const [first, ...more] = await crosses();
    expect([first?.what, more]).toEqual([expect.stringMatching(rejects), []]);
    const [, undo] = (first?.fix ?? '').split('# to undo: ');
    expect(undo).toBe(untyped);
    await type(first?.fix ?? 'false');
    expect([await pings(), await crosses()]).toEqual([true, []]);

    await type('firewall-cmd --reload');
    expect(await pings()).toBe(false);
    const seen = await crosses();
    expect(seen.filter(({ what }) => what.startsWith('no such rule'))).toHaveLength(lost);
    expect(seen.at(-1)?.what).toMatch(rejects);
    // The rules of ctr are added again; the zone of the bridge is for its user to say.
    const repaired = await host.ctr('repair', 'labex');
    expect([repaired.code, repaired.err.match(/^ {2}\+ /gm)?.length ?? 0]).toEqual([7, lost]);
    expect(repaired.out + repaired.err).toContain(typed);
    await type(typed);
    expect([await pings(), await publishes(), await crosses()]).toEqual([true, true, []]);
    await down();
  },
);

test('firewalld that uses iptables itself: ctr’s rules come first, and repair alone mends a reload', async () => {
  await firewalld.set('FirewallBackend', 'iptables');
  // A second reload orders the chains as each further one does.
  await type('firewall-cmd --reload');
  before = await baseline();
  expect(await up(write('iptables'))).not.toContain('W110');
  expect([await pings(), await crosses()]).toEqual([true, []]);
  await type('firewall-cmd --reload');
  expect(await pings()).toBe(false);
  const seen = await crosses();
  expect(seen.at(-1)).toEqual({
    what: expect.stringMatching(/^W110 iptables -t filter FWD_public rejects packets/),
    fix: 'ctr repair labex puts the rules of ctr first',
  });
  expect((await host.ctr('repair', 'labex')).code).toBe(0);
  expect([await pings(), await publishes(), await crosses()]).toEqual([true, true, []]);
  await type(typed);
  await down();

  // An accept in a table of nftables does not overrule firewalld's chains: its own command does.
  await up(write('nftables'));
  expect(await pings()).toBe(false);
  const [first] = await crosses();
  expect(first?.fix).toMatch(
    new RegExp(`^${typed}  # to undo: ${untyped}; or "firewall": "iptables"`),
  );
  await type(first?.fix ?? 'false');
  expect([await pings(), await crosses()]).toEqual([true, []]);
  await down();
});
