import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath, startCtr } from '../../rig/ctr.ts';
import { privateHost } from '../../rig/private-host.ts';
import { sh } from '../../rig/sh.ts';
import { shell, shellIn } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import type { Results } from '../../src/json/results.ts';
import { worldOf } from '../../src/sandbox/find.ts';

/** The address of the sandbox host, and of its bridge. */
const host = '198.51.100.2';
const gateway = '10.88.0.1';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let world: readonly string[];

interface Asked {
  readonly name?: string;
  readonly at?: string;
  readonly ports?: readonly string[];
  readonly firewall?: string;
  readonly network?: object;
}

let written = 0;

function write(asked: Asked = {}): string {
  const { name = 'pub', at = '10.88.0.10', ports, firewall = 'nftables', network = {} } = asked;
  const front = {
    bridge: { name: 'ctr1' },
    subnets: [{ subnet: '10.88.0.0/24', gateway }],
    ...network,
  };
  written += 1;
  return shop.config(`${name}-${written}`, {
    version: 1,
    name,
    firewall,
    networks: { front },
    containers: {
      web: {
        rootfs: './labex',
        command: ['sh', '-c', 'httpd -p 80 -h /etc; httpd -p 81 -h /etc; exec sleep 600'],
        interfaces: [{ network: 'front', addresses: [at] }],
        ...(ports === undefined ? {} : { ports }),
      },
      peer: { rootfs: './labex', command: ['sleep', '600'], interfaces: [{ network: 'front' }] },
    },
  });
}

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = write({ ports: ['8080:80', '127.0.0.1:8090:80', `${host}:8000-8001:80-81`] });
  world = ['nsenter', '--target', String(worldOf(1)?.inside), '--net'];
});
afterEach(async () => {
  for (const run of ['pub', 'other']) await ctr(['-q', 'down', run]);
});
afterAll(() => shop.remove());

/** The wget of busybox has no time limit everywhere. */
const get = (url: string) => ['wget', '-q', '-O', '-', `http://${url}/hostname`];

async function answers(enter: readonly string[], url: string): Promise<boolean> {
  const { code, out } = await sh(['timeout', '4', ...enter, 'busybox', ...get(url)]);
  return code === 0 && out === 'web\n';
}

/** Whether a command in a container of the run exits with 0. */
async function inside(container: string, ...words: readonly string[]): Promise<boolean> {
  const exec = [process.execPath, ctrPath, 'exec', `pub/${container}`, '--', ...words];
  return (await sh(['timeout', '10', ...exec])).code === 0;
}

const pings = async (address: string) => await inside('web', 'ping', '-c1', '-W2', '-q', address);

/** Everything that nft(8) and iptables(8) show, without the tables that iptables leaves empty. */
async function rules(): Promise<string> {
  const { out: save } = await sh(['iptables-save']);
  const { out: list } = await sh(['nft', '-s', 'list', 'ruleset']);
  const kept = save.split('\n').filter((line) => line.startsWith('-A'));
  const others = list.replaceAll(/^table ip6? (filter|nat|mangle|raw) \{\n[\s\S]*?^\}\n/gm, '');
  return [...kept, others].join('\n');
}

async function tables(): Promise<readonly string[]> {
  const { out } = await sh(['nft', 'list', 'tables', 'ip']);
  return out.split('\n').flatMap((line) => /^table ip (ctr\/\S+)$/.exec(line)?.[1] ?? []);
}

async function up(...words: readonly string[]): Promise<void> {
  const ran = await ctr(['-q', 'up', '-d', ...words]);
  expect(ran.err).toBe('');
  expect(ran.code).toBe(0);
  await until(() => answers([], '10.88.0.10'));
}

/** What `ctr check` finds wrong. */
async function crosses(run = 'pub'): Promise<readonly string[]> {
  const { code, out } = await ctr(['check', run, '--json']);
  const checked = JSON.parse(out) as Results['check'];
  expect(code).toBe(checked.holds ? 0 : 7);
  return checked.findings.filter(({ holds }) => !holds).map(({ what }) => what.en);
}

describe.each([
  ['staged', []],
  ['fast', ['--fast']],
])('%s plan', (_, words) => {
  test('everything works that works with iptables, and down leaves what was there', async () => {
    const before = await snapshot();
    const rulesBefore = await rules();
    await up(...words, file);
    expect(await tables()).toEqual(['ctr/ctr1', 'ctr/ctr1/pub/web']);
    const { out: marked } = await sh(['iptables-save']);
    expect(marked).not.toContain('ctr:');
    // To the outside, by name, and to a neighbour.
    expect(await pings('114.114.114.114')).toBe(true);
    expect(await inside('web', 'ping', '-c1', '-W2', '-q', 'example.com')).toBe(true);
    expect(await inside('web', 'ping', '-c1', '-W2', '-q', 'peer')).toBe(true);
    // From the internet.
    expect(await answers(world, `${host}:8080`)).toBe(true);
    expect(await answers(world, `${host}:8001`)).toBe(true);
    expect(await answers(world, `${host}:8090`)).toBe(false);
    // From the host, by each of its addresses.
    for (const address of [host, gateway, '127.0.0.1', '127.0.0.2']) {
      expect([address, await answers([], `${address}:8080`)]).toEqual([address, true]);
    }
    expect(await answers([], '127.0.0.1:8090')).toBe(true);
    expect(await answers([], `${gateway}:8000`)).toBe(false);
    // From a neighbour, and from the container itself (hairpin).
    for (const from of ['peer', 'web']) {
      for (const address of [host, gateway]) {
        expect([from, await inside(from, ...get(`${address}:8080`))]).toEqual([from, true]);
      }
    }
    expect(await crosses()).toEqual([]);
    expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
    expect(await rules()).toBe(rulesBefore);
    expect(await snapshot()).toBe(before);
  });

  test('a flush of all rules is seen by check, and mended by repair', async () => {
    const before = await snapshot();
    await up(...words, file);
    const during = await snapshot();
    await shell('nft flush ruleset');
    expect(await pings('114.114.114.114')).toBe(false);
    const found = await crosses();
    expect(found).toEqual(
      expect.arrayContaining([
        'table ip ctr/ctr1',
        expect.stringContaining('rule ip ctr/ctr1 postrouting ip saddr 10.88.0.0/24'),
        'table ip ctr/ctr1/pub/web',
      ]),
    );
    expect((await ctr(['-q', 'repair', 'pub'])).code).toBe(0);
    expect(await crosses()).toEqual([]);
    expect(await pings('114.114.114.114')).toBe(true);
    expect(await answers(world, `${host}:8080`)).toBe(true);
    expect(await snapshot()).toBe(during);
    // Without repair, too, the way back ends well.
    await shell('nft flush ruleset');
    expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
    expect(await snapshot()).toBe(before);
  });

  test('a rule that is gone is put back, and what others added to the table stays', async () => {
    const before = await snapshot();
    await up(...words, file);
    const { out } = await sh(['nft', '-a', 'list', 'chain', 'ip', 'ctr/ctr1', 'postrouting']);
    const handle = /masquerade .* # handle (\d+)/.exec(out)?.[1];
    await shell(
      `nft delete rule ip ctr/ctr1 postrouting handle ${handle}`,
      'nft add rule ip ctr/ctr1 forward meta mark 7 drop',
    );
    expect(await crosses()).toEqual([
      expect.stringMatching(/^rule ip ctr\/ctr1 postrouting .* masquerade /),
    ]);
    expect((await ctr(['-q', 'repair', 'pub'])).code).toBe(0);
    expect(await pings('114.114.114.114')).toBe(true);
    // Somebody else's rule stands in it: the table stays, and is named.
    const down = await ctr(['down', 'pub']);
    expect(down.out + down.err).toContain('it also holds what ctr did not add');
    expect(await tables()).toEqual(['ctr/ctr1']);
    await shell('nft delete table ip ctr/ctr1');
    expect(await snapshot()).toBe(before);
  });

  test('a second run on the bridge shares its table; its ports are its own', async () => {
    const before = await snapshot();
    await up(...words, file);
    const same = write({ name: 'other', at: '10.88.0.20', ports: ['127.0.0.1:8080:80'] });
    const refused = await ctr(['--json', 'up', '-d', same]);
    expect([refused.code, refused.out + refused.err]).toEqual([4, expect.stringContaining('H041')]);
    const another = write({ name: 'other', at: '10.88.0.20', ports: ['8085:80'] });
    expect((await ctr(['-q', 'up', ...words, '-d', another])).code).toBe(0);
    expect(await tables()).toEqual(['ctr/ctr1', 'ctr/ctr1/pub/web', 'ctr/ctr1/other/web']);
    await until(() => answers([], '127.0.0.1:8085'));
    expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
    expect(await tables()).toEqual(['ctr/ctr1', 'ctr/ctr1/other/web']);
    expect(await answers([], '127.0.0.1:8085')).toBe(true);
    expect(await answers(world, `${host}:8085`)).toBe(true);
    expect(await answers(world, `${host}:8080`)).toBe(false);
    expect(await crosses('other')).toEqual([]);
    expect((await ctr(['-q', 'down', 'other'])).code).toBe(0);
    expect(await snapshot()).toBe(before);
  });

  test('after kill -9 the next command leaves nothing', async () => {
    const before = await snapshot();
    const running = startCtr(['-q', 'up', ...words, file]);
    await until(async () => (await tables()).length === 2);
    process.kill(Number(running.pid), 'SIGKILL');
    await running;
    expect((await ctr(['-q', 'gc'])).code).toBe(0);
    await until(async () => (await snapshot()) === before);
    expect(await tables()).toEqual([]);
  });

  test('the exported script builds what up builds, and takes it away', async () => {
    const built = (text: string) =>
      text
        .split(/^== /m)
        .filter((section) => !/^(processes|files|state)\n/.test(section))
        .join('== ');
    const before = await snapshot();
    await up(...words, file);
    const byCtr = built(await snapshot());
    expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
    const script = (await ctr(['plan', ...words, file, '--format', 'sh'])).out;
    const interpreter = 'dash';
    const running = spawn(interpreter, [], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => {
      running.on('exit', resolve);
    });
    running.stdin.end(script);
    await until(async () => built(await snapshot()) === byCtr);
    running.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(await snapshot()).toBe(before);
  });
});

test('nobody on the bridge gets in to the loopback addresses of the host', async () => {
  await up(file);
  const { out } = await ctr(['inspect', 'pub', '--json']);
  const peer = (JSON.parse(out) as Results['inspect']).containers.find(
    ({ name }) => name === 'peer',
  );
  const enter = ['nsenter', '--target', String(peer?.pid), '--net'];
  const serve = `require('net').createServer((one) => one.end('secret')).listen(7777, '127.0.0.1')`;
  const server = spawn(process.execPath, ['-e', serve]);
  const knock = `
    const socket = require('net').connect({ port: 7777, host: '127.0.0.1' });
    socket.on('data', () => process.exit(0));
    socket.on('error', () => process.exit(2));
    setTimeout(() => process.exit(1), 1500);`;
  const enters = async () => (await sh([...enter, process.execPath, '-e', knock])).code === 0;
  try {
    await shellIn(
      enter,
      'sysctl -qw net.ipv4.conf.eth0.route_localnet=1',
      'ip addr flush dev lo',
      'ip route add 127.0.0.1 via 10.88.0.1 src "$(ip -4 -o addr show eth0 | sed \'s/.*inet //;s/[/].*//\')"',
    );
    expect(await enters()).toBe(false);
    // Without the rule it would be open: so the test sees what it looks for.
    await shell('nft flush chain ip ctr/ctr1/pub/web loopback');
    expect(await enters()).toBe(true);
    expect(await crosses()).toEqual([
      expect.stringContaining('rule ip ctr/ctr1/pub/web loopback iifname "ctr1"'),
    ]);
    expect((await ctr(['-q', 'repair', 'pub'])).code).toBe(0);
    expect(await enters()).toBe(false);
  } finally {
    server.kill('SIGKILL');
  }
});

test('networks that masquerade otherwise have tables of their own', async () => {
  const before = await snapshot();
  await up(write());
  const routed = { name: 'other', at: '10.88.0.20', network: { masquerade: false } };
  expect((await ctr(['-q', 'up', '-d', write(routed)])).code).toBe(0);
  expect(await tables()).toEqual(['ctr/ctr1', 'ctr/ctr1/no.masquerade']);
  const watched = (await ctr(['watch', 'other', '--count', '1'])).out;
  for (const name of ['ctr/ctr1', 'ctr/ctr1/no.masquerade']) {
    expect(watched).toContain(`      -  ip ${name} forward iifname "ctr1"`);
  }
  expect((await ctr(['-q', 'down', 'other'])).code).toBe(0);
  const exempt = { ...routed, network: { masquerade_except: '203.0.113.0/24' } };
  expect((await ctr(['-q', 'up', '-d', write(exempt)])).code).toBe(0);
  expect(await tables()).toEqual(['ctr/ctr1', 'ctr/ctr1/except.203.0.113.0/24']);
  expect(await crosses('other')).toEqual([]);
  for (const run of ['other', 'pub']) expect((await ctr(['-q', 'down', run])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('networks of several subnets on a bridge that somebody else made have tables of their own', async () => {
  const bridge = ['10.88.0.1/24', '10.89.0.1/24'].map((one) => `ip addr add ${one} dev ctr1`);
  await shell('ip link add ctr1 type bridge', ...bridge, 'ip link set ctr1 up');
  // The carrier of a bridge that has had a port.
  const carrier = /,LOWER_UP|NO-CARRIER,|state \w+|tso_max_size \d+| linkdown/g;
  const now = async () => (await snapshot()).replaceAll(carrier, '');
  try {
    const before = await now();
    await up(write());
    const subnets = [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }];
    const beside = { name: 'other', at: '10.89.0.20', network: { subnets } };
    expect((await ctr(['-q', 'up', '--fast', '-d', write(beside)])).err).toBe('');
    expect(await tables()).toEqual(['ctr/ctr1/10.88.0.0/24', 'ctr/ctr1/10.89.0.0/24']);
    const reaches = ['exec', 'other/web', '--', 'ping', '-c1', '-W2', '-q', '114.114.114.114'];
    expect((await ctr(reaches)).code).toBe(0);
    expect(await pings('114.114.114.114')).toBe(true);
    expect([await crosses(), await crosses('other')]).toEqual([[], []]);
    // A run of one of these subnets shares the table of it.
    const same = { ...beside, name: 'third', at: '10.89.0.30' };
    expect((await ctr(['-q', 'up', '-d', write(same)])).err).toBe('');
    expect(await tables()).toHaveLength(2);
    for (const run of ['pub', 'other']) expect((await ctr(['-q', 'down', run])).code).toBe(0);
    expect(await tables()).toEqual(['ctr/ctr1/10.89.0.0/24']);
    await shell('nft delete table ip ctr/ctr1/10.89.0.0/24');
    expect(await crosses('third')).toContain('table ip ctr/ctr1/10.89.0.0/24');
    expect((await ctr(['-q', 'repair', 'third'])).code).toBe(0);
    expect(await crosses('third')).toEqual([]);
    expect((await ctr(['-q', 'down', 'third'])).code).toBe(0);
    expect(await now()).toBe(before);
  } finally {
    for (const run of ['other', 'third']) await ctr(['-q', 'down', run]);
    await ctr(['-q', 'down', 'pub']);
    await shell('ip link del ctr1');
  }
});

test('a table of somebody else under our name is refused, and survives gc', async () => {
  const theirs = 'table ip ctr/ctr1';
  await shell(`nft add ${theirs}`, `nft add chain ip ctr/ctr1 theirs`);
  await shell('nft add rule ip ctr/ctr1 theirs accept');
  try {
    const before = await snapshot();
    const ran = await ctr(['--json', 'up', '-d', write()]);
    expect([ran.code, ran.out + ran.err]).toEqual([4, expect.stringContaining('H044')]);
    expect((await ctr(['-q', 'gc'])).code).toBe(0);
    expect(await snapshot()).toBe(before);
  } finally {
    await shell(`nft delete ${theirs}`);
  }
});

test('gc removes a table that no run has recorded', async () => {
  const before = await snapshot();
  await shell(
    'nft add table ip ctr/ctr1',
    'nft add chain ip ctr/ctr1 forward',
    `nft 'add rule ip ctr/ctr1 forward accept comment "ctr:ctr1"'`,
  );
  const ran = await ctr(['--json', 'up', '-d', write()]);
  expect([ran.code, ran.out + ran.err]).toEqual([4, expect.stringContaining('ctr gc')]);
  expect((await ctr(['-q', 'gc'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

describe('on a host of its own', () => {
  async function onHost(
    work: (host: Awaited<ReturnType<typeof privateHost>>) => Promise<void>,
  ): Promise<void> {
    const own = await privateHost();
    try {
      await work(own);
    } finally {
      own.end();
    }
  }
  const reach = ['exec', 'pub/web', '--', 'ping', '-c1', '-W1', '-q', '114.114.114.114'];

  test.each(['nftables', 'auto'])('without iptables, "firewall": "%s" works', async (firewall) => {
    const config = write({ firewall, ports: ['8080:80'] });
    await onHost(async ({ enter, ctr: run, hand }) => {
      const { out } = await sh(['sh', '-c', 'ls -d /usr/sbin/iptables* /usr/sbin/xtables*']);
      await hand(
        ...out
          .trim()
          .split('\n')
          .map((path) => `mount --bind /dev/null ${path}`),
      );
      const before = await snapshot(enter);
      const started = await run('-q', 'up', '-d', config);
      expect([started.code, started.err]).toEqual([0, '']);
      expect((await run(...reach)).code).toBe(0);
      expect((await run('check', 'pub')).code).toBe(0);
      await hand('nft flush ruleset');
      expect((await run('check', 'pub')).code).toBe(7);
      expect((await run('-q', 'repair', 'pub')).code).toBe(0);
      expect((await run(...reach)).code).toBe(0);
      expect((await run('-q', 'down', 'pub')).code).toBe(0);
      expect(await snapshot(enter)).toBe(before);
    });
  });

  test('auto follows what the rules of the host are in', async () => {
    const config = write({ firewall: 'auto' });
    const planned = async (run: Awaited<ReturnType<typeof privateHost>>['ctr']) =>
      (await run('plan', config)).out.includes('nft -f -');
    await onHost(async ({ ctr: run, hand }) => {
      expect(await planned(run)).toBe(false);
      await hand(
        'nft add table inet site',
        "nft 'add chain inet site input { type filter hook input priority 0; }'",
        'nft add rule inet site input iifname lo accept',
      );
      expect(await planned(run)).toBe(true);
      await hand('iptables -A INPUT -i lo -j ACCEPT');
      expect(await planned(run)).toBe(false);
    });
  });

  test.each([
    [
      'a table of nftables with policy drop',
      [
        'nft add table inet site',
        "nft 'add chain inet site forward { type filter hook forward priority 10; policy drop; }'",
      ],
      /nft chain inet site forward drops .*policy drop/,
    ],
    [
      'a FORWARD policy of DROP',
      ['iptables -P FORWARD DROP'],
      /iptables -t filter FORWARD drops .*policy DROP/,
    ],
  ] as const)('%s is warned of, and what to type helps', async (_, lines, message) => {
    await onHost(async ({ enter, ctr: run, hand }) => {
      await hand(...lines);
      const config = write();
      const planned = await run('plan', config);
      expect((planned.out + planned.err).replaceAll(/\s+/g, ' ')).toMatch(message);
      expect((await run('-q', 'up', '-d', config)).code).toBe(0);
      expect((await run(...reach)).code).toBe(1);
      const checked = await run('check', 'pub', '--json');
      expect(checked.code).toBe(7);
      // Never fought over: repair changes nothing of it.
      await run('-q', 'repair', 'pub');
      expect((await run(...reach)).code).toBe(1);
      const { findings } = JSON.parse(checked.out) as Results['check'];
      const fixes = findings.flatMap(({ holds, fix }) =>
        holds || fix === undefined ? [] : fix.en.replace(/ \(or .*/, '').split('; '),
      );
      expect(fixes.length).toBeGreaterThan(0);
      await hand(...fixes);
      expect((await run(...reach)).code).toBe(0);
      expect((await run('check', 'pub')).code).toBe(0);
      expect((await run('-q', 'down', 'pub')).code).toBe(0);
      expect(await snapshot(enter)).not.toMatch(/ctr[:/]ctr1/);
    });
  });
});
