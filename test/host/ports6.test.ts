import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
import { sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import type { Results } from '../../src/json/results.ts';
import { worldOf } from '../../src/sandbox/find.ts';

/** The addresses of the sandbox host. */
const host = '2001:db8:ffff::2';
const host4 = '198.51.100.2';

let shop: Awaited<ReturnType<typeof workshop>>;
let world: readonly string[];
let written = 0;

interface Asked {
  readonly name?: string;
  readonly ports: readonly unknown[];
  readonly firewall?: string;
  readonly network?: object;
}

/** A config whose container `web` answers on its ports 80 and 81, in both families. */
function write({ name = 'pub', ports, firewall = 'iptables', network = {} }: Asked): string {
  const front = {
    bridge: { name: 'ctr6' },
    subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
    subnet6: 'fd00:88::/64',
    ...network,
  };
  written += 1;
  const serve = "httpd -p '[::]:80' -h /etc; httpd -p '[::]:81' -h /etc; exec sleep 600";
  const interfaces = [{ network: 'front' }];
  return shop.config(`${name}-${written}`, {
    version: 1,
    name,
    firewall,
    networks: { front },
    containers: {
      web: { rootfs: './labex', command: ['sh', '-c', serve], interfaces, ports },
      peer: { rootfs: './labex', command: ['sleep', '600'], interfaces },
    },
  });
}

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  world = ['nsenter', '--target', String(worldOf(1)?.inside), '--net'];
});
afterEach(async () => {
  for (const run of ['pub', 'other']) await ctr(['-q', 'down', run]);
});
afterAll(() => shop.remove());

/** The wget of busybox has no time limit everywhere. */
async function answers(url: string, enter: readonly string[] = []): Promise<boolean> {
  const get = ['busybox', 'wget', '-q', '-O', '-', `http://${url}/hostname`];
  const { code, out } = await sh(['timeout', '4', ...enter, ...get]);
  return code === 0 && out === 'web\n';
}

async function inside(container: string, url: string): Promise<boolean> {
  const exec = [process.execPath, ctrPath, 'exec', `pub/${container}`, '--'];
  return await answers(url, exec);
}

async function up(...words: readonly string[]): Promise<void> {
  expect(await ctr(['-q', 'up', '-d', ...words])).toMatchObject({ code: 0 });
  await until(async () => await answers('[fd00:88::2]:80'));
}

/** What `ctr check` finds wrong. */
async function crosses(): Promise<readonly string[]> {
  const { code, out } = await ctr(['check', 'pub', '--json']);
  const checked = JSON.parse(out) as Results['check'];
  expect(code).toBe(checked.holds ? 0 : 7);
  return checked.findings.filter(({ holds }) => !holds).map(({ what }) => what.en);
}

const ports = ['8080:80', `[${host}]:8090-8091:80-81`, '0.0.0.0:7070:80', '[::]:7071:80'];

describe.each([
  ['iptables', 'staged', []],
  ['iptables', 'fast', ['--fast']],
  ['nftables', 'staged', []],
  ['nftables', 'fast', ['--fast']],
])('%s, %s', (firewall, _, words) => {
  test('a port is reached over IPv6 from everywhere but [::1], and down leaves what was there', async () => {
    const before = await snapshot();
    await up(...words, write({ ports, firewall }));
    for (const [at, enter] of [
      ['outside', world],
      ['the host', []],
    ] as const) {
      const said = await Promise.all(
        [
          `[${host}]:8080`,
          `${host4}:8080`,
          `[${host}]:8091`,
          `${host4}:7070`,
          `[${host}]:7071`,
        ].map(async (url) => [url, await answers(url, enter)]),
      );
      expect([at, said.filter(([, ok]) => ok !== true)]).toEqual([at, []]);
      // One family alone.
      for (const url of [`${host4}:8090`, `[${host}]:7070`, `${host4}:7071`]) {
        expect([at, url, await answers(url, enter)]).toEqual([at, url, false]);
      }
    }
    // The container itself, its neighbour, and the address of the gateway.
    for (const container of ['web', 'peer']) {
      for (const url of [`[${host}]:8080`, `[${host}]:8090`, '[fd00:88::1]:8080']) {
        expect([container, url, await inside(container, url)]).toEqual([container, url, true]);
      }
    }
    // ::1 refuses at once, so that programs turn to 127.0.0.1.
    const start = performance.now();
    expect(await answers('[::1]:8080')).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await answers('127.0.0.1:8080')).toBe(true);
    expect(await crosses()).toEqual([]);
    const known = async () =>
      (await sh(['conntrack', '-L', '-f', 'ipv6', '--dst-nat', 'fd00:88::2'])).out;
    expect(await known()).toContain('dport=8080');
    expect(await ctr(['-q', 'down', 'pub'])).toMatchObject({ code: 0 });
    expect(await known()).toBe('');
    expect(differences(before, await snapshot())).toEqual([]);
  });

  test('the exported script publishes it too, and takes it away', async () => {
    const before = await snapshot();
    const config = write({ ports, firewall });
    const script = (await ctr(['plan', ...words, '--format', 'sh', config])).out;
    const file = shop.config(`script-${written}`, {}).replace('.json', '.sh');
    await sh(['tee', file], script);
    const child = spawn('sh', [file], { stdio: 'ignore' });
    try {
      await until(async () => await answers(`[${host}]:8080`, world), 20_000);
    } finally {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await until(async () => differences(before, await snapshot()).length === 0);
  });
});

test.each(['iptables', 'nftables'])(
  '%s: a lost rule of IPv6 is found and mended, and what no run knows is collected',
  async (firewall) => {
    const before = await snapshot();
    await up(write({ ports: ['8080:80'], firewall }));
    await shell(
      firewall === 'nftables'
        ? 'nft flush chain ip6 ctr/ctr6/pub/web prerouting'
        : 'ip6tables -t nat -F PREROUTING',
    );
    expect(await answers(`[${host}]:8080`, world)).toBe(false);
    expect(await answers(`${host4}:8080`, world)).toBe(true);
    expect(await crosses()).toEqual([
      expect.stringMatching(/dnat to|DNAT --to-destination \[fd00/),
    ]);
    expect(await ctr(['-q', 'repair', 'pub'])).toMatchObject({ code: 0 });
    expect(await answers(`[${host}]:8080`, world)).toBe(true);
    expect(await crosses()).toEqual([]);
    expect(await ctr(['-q', 'down', 'pub'])).toMatchObject({ code: 0 });
    const rule =
      firewall === 'nftables'
        ? `nft 'add table ip6 ctr/ctr6/pub/web; add chain ip6 ctr/ctr6/pub/web forward; add rule ip6 ctr/ctr6/pub/web forward accept comment "ctr:ctr6:pub"'`
        : 'ip6tables -I FORWARD -i ctr6 -m comment --comment ctr:ctr6:pub -j ACCEPT';
    await shell(rule);
    expect(await ctr(['-q', 'gc'])).toMatchObject({ code: 0 });
    expect(differences(before, await snapshot())).toEqual([]);
  },
);

test('a socket of IPv6 that listens is found, and only where it would lose packets', async () => {
  const listen = (address: string, only: number) => {
    const program = `
      use Socket;
      socket(my $socket, Socket::AF_INET6, SOCK_STREAM, 0) or die;
      setsockopt($socket, 41, 26, pack('i', ${only})) or die;
      my $to = Socket::pack_sockaddr_in6(8080, Socket::inet_pton(Socket::AF_INET6, '${address}'));
      bind($socket, $to) or die;
      listen($socket, 1) or die;
      sleep 60`;
    return spawn('sh', ['-c', 'exec perl -e "$0"', program], { stdio: 'ignore' });
  };
  const asks = async (port: string, network = {}) => {
    const { code, err } = await ctr(['up', '-d', write({ ports: [port], network })]);
    await ctr(['-q', 'down', 'pub']);
    return [code, /H04\d/.exec(err)?.[0]];
  };
  const isListening = async () => (await sh(['ss', '-H', '-l', '-n', '-t'])).out.includes(':8080 ');
  for (const [address, only, cases] of [
    ['::', 1, { '8080:80': 'H040', '0.0.0.0:8080:80': undefined, '[::]:8080:80': 'H040' }],
    ['::', 0, { '8080:80': 'H040', '0.0.0.0:8080:80': 'H040', [`[${host}]:8080:80`]: 'H040' }],
    [host, 1, { '8080:80': 'H040', '[::1]:8080:80': undefined, [`[${host}]:8080:80`]: 'H040' }],
  ] as const) {
    const socket = listen(address, only);
    try {
      await until(isListening);
      for (const [port, found] of Object.entries(cases)) {
        expect([address, port, ...(await asks(port))]).toEqual([
          ...[address, port, found === undefined ? 0 : 4, found],
        ]);
      }
      // A container without IPv6 wants no packets of IPv6.
      const plain = await asks('8080:80', { subnet6: undefined });
      expect(plain).toEqual(only === 1 ? [0, undefined] : [4, 'H040']);
    } finally {
      socket.kill();
      await new Promise((resolve) => socket.once('exit', resolve));
    }
  }
});

test('the port of another run is found in each family, in both back ends', async () => {
  for (const firewall of ['iptables', 'nftables']) {
    await up(write({ ports: ['[::]:8080:80'], firewall }));
    const asks = async (port: string) => {
      const file = write({ name: 'other', ports: [port], firewall: 'iptables' });
      const { code, err } = await ctr(['up', '-d', file]);
      await ctr(['-q', 'down', 'other']);
      return [code, /H04\d/.exec(err)?.[0]];
    };
    expect(await asks('8080:80')).toEqual([4, 'H041']);
    expect(await asks(`[${host}]:8080:80`)).toEqual([4, 'H041']);
    expect(await asks('0.0.0.0:8080:80')).toEqual([0, undefined]);
    await ctr(['-q', 'down', 'pub']);
  }
});

test('an IPv6 address of the host for a container without, and [::1], are told', async () => {
  const plain = write({ ports: ['[::]:8080:80'], network: { subnet6: undefined } });
  const refused = await ctr(['up', '-d', plain]);
  expect([refused.code, /H045/.test(refused.err)]).toEqual([4, true]);
  const loop = await ctr(['up', '-d', write({ ports: ['[::1]:8080:80'] })]);
  expect([loop.code, /W146/.test(loop.err)]).toEqual([0, true]);
});
