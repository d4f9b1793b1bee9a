import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { shellIn } from '../../rig/shell.ts';
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

let written = 0;

interface Asked {
  readonly ports?: readonly unknown[];
  readonly name?: string;
  readonly at?: string;
}

/** A config with a web server that publishes these ports, and a neighbour. */
function write({ ports = ['8080:80'], name = 'pub', at = '10.88.0.10' }: Asked = {}): string {
  const network = {
    bridge: { name: 'ctr1' },
    subnets: [{ subnet: '10.88.0.0/24', gateway }],
  };
  const serve = 'httpd -p 80 -h /etc; httpd -p 81 -h /etc; exec sleep 600';
  written += 1;
  return shop.config(`${name}-${written}`, {
    version: 1,
    name,
    networks: { front: network },
    containers: {
      web: {
        rootfs: './labex',
        command: ['sh', '-c', serve],
        interfaces: [{ network: 'front', addresses: [at] }],
        ports,
      },
      peer: { rootfs: './labex', command: ['sleep', '600'], interfaces: [{ network: 'front' }] },
    },
  });
}

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = write({
    ports: [
      '8080:80',
      '127.0.0.1:8090:80',
      `${host}:8000-8001:80-81`,
      '80-81:80-81/tcp',
      { host: 5353, container: 53, protocol: 'udp' },
    ],
  });
  world = ['nsenter', '--target', String(worldOf(1)?.inside), '--net'];
});
afterEach(async () => {
  for (const run of ['pub', 'other']) await ctr(['-q', 'down', run]);
});
afterAll(() => shop.remove());

/** The wget of busybox has no time limit everywhere. */
const get = (url: string) => ['wget', '-q', '-O', '-', `http://${url}/hostname`];
const brief = ['timeout', '4'];

async function answers(enter: readonly string[], url: string): Promise<boolean> {
  const { code, out } = await sh([...brief, ...enter, 'busybox', ...get(url)]);
  return code === 0 && out === 'web\n';
}

async function answersIn(container: string, url: string): Promise<boolean> {
  const { code, out } = await sh([
    ...['timeout', '10', process.execPath, ctrPath],
    ...['exec', `pub/${container}`, '--', ...get(url)],
  ]);
  return code === 0 && out === 'web\n';
}

/** Enters the network namespace of a container with the programs of the host. */
async function inNetworkOf(container: string): Promise<readonly string[]> {
  const { out } = await ctr(['inspect', 'pub', '--json']);
  const found = (JSON.parse(out) as Results['inspect']).containers.find(
    ({ name }) => name === container,
  );
  return ['nsenter', '--target', String(found?.pid), '--net'];
}

async function up(...words: readonly string[]): Promise<void> {
  const ran = await ctr(['-q', 'up', ...words, '-d', file]);
  expect(ran.err).toBe('');
  expect(ran.code).toBe(0);
  await until(() => answers([], '10.88.0.10'));
}

const echo = `
  const socket = require('dgram').createSocket('udp4');
  socket.on('message', (text, { port, address }) => socket.send(text, port, address));
  socket.bind(53);`;
const ask = (address: string) => `
  const socket = require('dgram').createSocket('udp4');
  const timer = setInterval(() => socket.send('hi', 5353, '${address}'), 100);
  setTimeout(() => process.exit(1), 3000);
  socket.on('message', () => process.exit(0));`;

/** Whether packets sent to the published port of UDP come back. */
async function echoes(enter: readonly string[], address: string): Promise<boolean> {
  return (await sh([...enter, process.execPath, '-e', ask(address)])).code === 0;
}

async function crosses(run = 'pub'): Promise<readonly string[]> {
  const { code, out } = await ctr(['check', run, '--json']);
  const checked = JSON.parse(out) as Results['check'];
  expect(code).toBe(checked.holds ? 0 : 7);
  return checked.findings.filter(({ holds }) => !holds).map(({ what }) => what.en);
}

async function hand(...lines: readonly string[]): Promise<void> {
  await shellIn([], ...lines);
}

describe.each([
  ['staged', []],
  ['fast', ['--fast']],
])('published ports, %s plan', (_, words) => {
  test('answer from everywhere where they are published, and are gone after down', async () => {
    const before = await snapshot();
    await up(...words);
    // From the internet.
    expect(await answers(world, `${host}:8080`)).toBe(true);
    expect(await answers(world, `${host}:8001`)).toBe(true);
    expect(await answers(world, `${host}:81`)).toBe(true);
    expect(await answers(world, `${host}:8090`)).toBe(false);
    // From the host, by each of its addresses.
    for (const address of [host, gateway, '127.0.0.1', '127.0.0.2']) {
      expect([address, await answers([], `${address}:8080`)]).toEqual([address, true]);
    }
    expect(await answers([], '127.0.0.1:8090')).toBe(true);
    expect(await answers([], '127.0.0.2:8090')).toBe(false);
    expect(await answers([], `${host}:8000`)).toBe(true);
    expect(await answers([], '127.0.0.1:8000')).toBe(false);
    expect(await answers([], `${gateway}:8000`)).toBe(false);
    // From a neighbour, and from the container itself (hairpin).
    for (const from of ['peer', 'web']) {
      expect([from, await answersIn(from, `${host}:8080`)]).toEqual([from, true]);
      expect([from, await answersIn(from, `${gateway}:8080`)]).toEqual([from, true]);
    }
    expect(await crosses()).toEqual([]);
    expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
    expect(await snapshot()).toBe(before);
  });

  test.each(['1', '0'])(
    'reach the container itself with bridge-nf-call-iptables=%s',
    async (value) => {
      const key = 'net.bridge.bridge-nf-call-iptables';
      await hand(`sysctl -qw ${key}=${value}`);
      try {
        await up(...words);
        expect(await answersIn('web', `${host}:8080`)).toBe(true);
        expect(await answersIn('peer', `${host}:8080`)).toBe(true);
        // A neighbour that asks the container itself keeps its address.
        await hand('iptables -t nat -Z POSTROUTING');
        expect(await answersIn('peer', '10.88.0.10')).toBe(true);
        const { out } = await sh(['iptables', '-t', 'nat', '-nvxL', 'POSTROUTING']);
        const counts = out
          .split('\n')
          .flatMap((line) => /^ *(\d+) .*ctstate DNAT/.exec(line)?.[1] ?? []);
        expect(counts).toEqual(['0', '0']);
      } finally {
        await hand(`sysctl -qw ${key}=1`);
      }
    },
  );

  test('of UDP answer, and the kernel forgets their connections with them', async () => {
    await up(...words);
    const [program = '', ...enter] = await inNetworkOf('web');
    const server = spawn(program, [...enter, process.execPath, '-e', echo]);
    try {
      await until(() => echoes([], host));
      expect(await echoes(world, host)).toBe(true);
      expect(await echoes([], '127.0.0.1')).toBe(true);
      expect(await echoes(await inNetworkOf('peer'), host)).toBe(true);
      const known = async () => (await sh(['conntrack', '-L', '--dst-nat', '10.88.0.10'])).out;
      expect(await known()).toMatch(/^udp .*dport=5353/m);
      expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
      expect(await known()).toBe('');
    } finally {
      server.kill('SIGKILL');
    }
  });

  test('let nobody on the bridge in to the loopback addresses of the host', async () => {
    const serve = `require('net').createServer((one) => one.end('secret')).listen(7777, '127.0.0.1')`;
    const server = spawn(process.execPath, ['-e', serve]);
    try {
      await up(...words);
      const inside = await inNetworkOf('peer');
      await shellIn(
        inside,
        'sysctl -qw net.ipv4.conf.eth0.route_localnet=1',
        'ip addr flush dev lo',
        'ip route add 127.0.0.1 via 10.88.0.1 src "$(ip -4 -o addr show eth0 | sed \'s/.*inet //;s/[/].*//\')"',
      );
      const knock = `
        const socket = require('net').connect({ port: 7777, host: '127.0.0.1' });
        socket.on('data', () => process.exit(0));
        socket.on('error', () => process.exit(2));
        setTimeout(() => process.exit(1), 1500);`;
      const enters = async () => (await sh([...inside, process.execPath, '-e', knock])).code === 0;
      expect(await enters()).toBe(false);
      // Without the rule it would be open: so the test sees what it looks for.
      const rule = 'PREROUTING -d 127.0.0.0/8 -i ctr1 -m comment --comment ctr:ctr1 -j DROP';
      await hand(`iptables -t raw -D ${rule}`);
      expect(await enters()).toBe(true);
      expect(await crosses()).toEqual([expect.stringContaining('rule raw PREROUTING')]);
      expect((await ctr(['-q', 'repair', 'pub'])).code).toBe(0);
      expect(await enters()).toBe(false);
    } finally {
      server.kill('SIGKILL');
    }
  });
});

test('check names a rule of a port that is gone, and repair puts it back', async () => {
  const before = await snapshot();
  await up();
  const { out } = await sh(['iptables', '-t', 'nat', '-S', 'PREROUTING']);
  const rule = out.split('\n').find((line) => line.includes('--dport 8080')) ?? '';
  await hand(`iptables -t nat ${rule.replace('-A', '-D')}`);
  expect(await answers(world, `${host}:8080`)).toBe(false);
  expect(await crosses()).toEqual([
    expect.stringContaining('nat PREROUTING -p tcp -m tcp --dport 8080'),
  ]);
  expect((await ctr(['-q', 'repair', 'pub'])).code).toBe(0);
  expect(await answers(world, `${host}:8080`)).toBe(true);
  expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('check finds a rule that takes the packets first, and repair puts ours before it', async () => {
  await up();
  const theirs = 'PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 203.0.113.80:80';
  await hand(`iptables -t nat -I ${theirs}`);
  try {
    expect(await answers(world, `${host}:8080`)).toBe(false);
    expect(await crosses()).toEqual([expect.stringContaining('published port 8080:80/tcp')]);
    expect((await ctr(['-q', 'repair', 'pub'])).code).toBe(0);
    expect(await crosses()).toEqual([]);
    expect(await answers(world, `${host}:8080`)).toBe(true);
  } finally {
    await hand(`iptables -t nat -D ${theirs}`);
  }
});

test('check finds a firewall that drops what goes to the port, and nothing else', async () => {
  await up();
  await hand(
    'nft add table inet theirs',
    "nft 'add chain inet theirs forward { type filter hook forward priority 10; }'",
    "nft 'add rule inet theirs forward oifname ctr1 tcp dport 80 ct state new ct status dnat drop'",
  );
  try {
    expect(await answers(world, `${host}:8080`)).toBe(false);
    const found = await crosses();
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) expect(one).toMatch(/theirs forward drops .*published port/);
  } finally {
    await hand('nft delete table inet theirs');
  }
  expect(await crosses()).toEqual([]);
});

test('with a FORWARD policy of DROP the port answers, and the address of the container does not', async () => {
  await hand('iptables -P FORWARD DROP');
  try {
    await ctr(['-q', 'up', '-d', file]);
    await until(() => answers(world, `${host}:8080`));
    await sh([...world, 'ip', 'route', 'add', '10.88.0.0/24', 'via', host]);
    expect(await answers(world, '10.88.0.10')).toBe(false);
  } finally {
    await sh([...world, 'ip', 'route', 'del', '10.88.0.0/24']);
    await hand('iptables -P FORWARD ACCEPT');
  }
});

test.each(['staged', 'fast'])(
  'the exported script of the %s plan builds what up builds',
  async (form) => {
    const shell = 'dash';
    const built = (text: string) =>
      text
        .split(/^== /m)
        .filter((section) => !/^(processes|files|state)\n/.test(section))
        .join('== ');
    const words = form === 'fast' ? ['--fast'] : [];
    const before = await snapshot();
    await up(...words);
    const byCtr = built(await snapshot());
    expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
    const script = (await ctr(['plan', ...words, file, '--format', 'sh'])).out;
    const running = spawn(shell, [], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => {
      running.on('exit', resolve);
    });
    running.stdin.end(script);
    await until(async () => built(await snapshot()) === byCtr);
    running.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(await snapshot()).toBe(before);
  },
);

/** The codes of the problems that keep a config from coming up. */
async function refused(config: string): Promise<readonly string[]> {
  const before = await snapshot();
  const ran: Ran = await ctr(['--json', 'up', '-d', config]);
  expect(ran.code).toBe(4);
  expect(await snapshot()).toBe(before);
  return [...new Set((ran.out + ran.err).match(/\bH\d{3}\b/g) ?? [])];
}

test('a port on which a program listens is refused, by its name', async () => {
  const serve = `require('net').createServer().listen(8080, '127.0.0.1')`;
  const server = spawn(process.execPath, ['-e', serve]);
  try {
    await until(async () => (await sh(['ss', '-Hltn'])).out.includes(':8080'));
    expect(await refused(write())).toEqual(['H040']);
    const { err } = await ctr(['up', '-d', write()]);
    expect(err).toMatch(/node \(pid \d+\) listens on 127\.0\.0\.1:8080\/tcp/);
    // Another address, another protocol.
    const elsewhere = write({ ports: [`${host}:8080:80`, '8080:80/udp'] });
    expect((await ctr(['-q', 'up', '-d', elsewhere])).code).toBe(0);
  } finally {
    server.kill('SIGKILL');
  }
});

test('a port of another run is refused, and the two share the bridge otherwise', async () => {
  const before = await snapshot();
  await up();
  const same = write({ name: 'other', at: '10.88.0.20', ports: ['127.0.0.1:8080:80'] });
  expect(await refused(same)).toEqual(['H041']);
  expect((await ctr(['up', '-d', same])).err).toContain('run pub has published it');
  const another = write({ name: 'other', at: '10.88.0.20', ports: ['8085:80'] });
  expect((await ctr(['-q', 'up', '-d', another])).code).toBe(0);
  await until(() => answers([], '127.0.0.1:8085'));
  // What they share stays for the one that is left.
  expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
  expect(await answers([], '127.0.0.1:8085')).toBe(true);
  expect(await answers(world, `${host}:8085`)).toBe(true);
  expect(await answers(world, `${host}:8080`)).toBe(false);
  expect(await crosses('other')).toEqual([]);
  expect((await ctr(['-q', 'down', 'other'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test.each([
  'iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.9.9.9:80',
  'iptables -t nat -N THEIRS; iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j THEIRS; iptables -t nat -A THEIRS ! -i ctr9 -p tcp --dport 8000:8090 -j DNAT --to-destination 10.9.9.9',
])('a port that somebody else sends elsewhere is refused: %s', async (lines) => {
  await hand(lines);
  try {
    expect(await refused(write())).toEqual(['H042']);
    expect((await ctr(['-q', 'up', '-d', write({ ports: ['9080:80'] })])).code).toBe(0);
  } finally {
    await ctr(['-q', 'down', 'pub']);
    await hand(
      'iptables -t nat -F PREROUTING',
      'iptables -t nat -F THEIRS && iptables -t nat -X THEIRS || :',
    );
  }
});

test('gc removes the rules of a run that nobody knows, and no others', async () => {
  const before = await snapshot();
  await up();
  const during = await snapshot();
  const rule = (run: string) =>
    `PREROUTING -p tcp -m tcp --dport 9999 -m comment --comment ctr:ctr1:${run} -j DNAT --to-destination 10.88.0.99`;
  await hand(`iptables -t nat -A ${rule('ghost')}`);
  expect(await refused(write({ name: 'other', at: '10.88.0.20', ports: ['9999:80'] }))).toEqual([
    'H041',
  ]);
  expect((await ctr(['-q', 'gc'])).code).toBe(0);
  expect(await snapshot()).toBe(during);
  expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('where conntrack is not installed, the plan says what stays', async () => {
  const { out } = await sh(['sh', '-c', 'command -v conntrack']);
  const path = out.trim();
  expect(path).not.toBe('');
  const { err } = await ctr(['plan', file]);
  expect(err).not.toContain('conntrack');
  await hand(`mount --bind /dev/null ${path}`);
  try {
    const before = await snapshot();
    const plan = await ctr(['plan', file]);
    expect(plan.out + plan.err).toContain('the program conntrack is not installed');
    expect((await ctr(['-q', 'up', '-d', file])).code).toBe(0);
    expect((await ctr(['-q', 'down', 'pub'])).code).toBe(0);
    expect(await snapshot()).toBe(before);
  } finally {
    await hand(`umount ${path}`);
  }
});
