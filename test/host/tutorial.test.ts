import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
});
afterAll(() => shop.remove());

test('the five keys give a container its address, its gateway, names and the world', async () => {
  const before = await snapshot();
  const script = [
    'ip -4 addr show dev eth0 | grep inet',
    'ping -c 1 -W 2 192.168.0.1 | grep transmitted',
    'nslookup downloads.example 114.114.114.114 | tail -n 3',
    'wget -q -O /tmp/hello http://downloads.example/hello && sh /tmp/hello',
    'hostname; cat /etc/resolv.conf',
    'exit 7',
  ].join('\n');
  const ran = await ctr(['up', file, '--', 'sh', '-c', script]);
  expect(ran.out).toContain('inet 192.168.0.100/16 brd 192.168.255.255 scope global eth0');
  expect(ran.out).toContain('1 packets transmitted, 1 packets received, 0% packet loss');
  expect(ran.out).toContain('Address: 203.0.113.80');
  expect(ran.out).toContain('hello from the internet, you came from 198.51.100.2');
  expect(ran.out).toContain('labex\nnameserver 114.114.114.114\n');
  expect(ran.code).toBe(7);
  expect(await snapshot()).toBe(before);
});

test('the container’s writes never reach its root file system', async () => {
  const ran = await ctr(['-q', 'up', file, '--', 'sh', '-c', 'echo x >/written; ls /written']);
  expect(ran.out).toBe('/written\n');
  const again = await ctr(['-q', 'up', file, '--', 'ls', '/written']);
  expect(again.code).toBe(1);
});

test('a command that is not in the root file system is refused before anything runs', async () => {
  const before = await snapshot();
  const ran = await ctr(['up', file, '--', 'nosuchprogram']);
  expect(ran.code).toBe(127);
  expect(ran.err).toContain('E051');
  expect(await snapshot()).toBe(before);
});

test('the first process has few capabilities, no way to more, and no descriptor of ours', async () => {
  const ran = await ctr([
    '-q',
    'up',
    file,
    '--',
    'sh',
    '-c',
    'grep -E "CapEff|NoNewPrivs" /proc/self/status; ls /proc/self/fd; readlink /proc/1/cwd; mount -t tmpfs t /tmp; echo x >/proc/sys/kernel/hostname',
  ]);
  expect(ran.out).toContain('CapEff:\t00000000a00425fb');
  expect(ran.out).toContain('NoNewPrivs:\t1');
  expect(ran.out).toContain('0\n1\n2\n3\n/\n');
  expect(ran.err).toMatch(/mount: permission denied|Operation not permitted/i);
  expect(ran.err).toMatch(/hostname: Read-only file system/);
});

test.each([0, 1, 42, 126, 255])(
  'exit code %i of the command is the exit code of up',
  async (code) => {
    expect((await ctr(['-q', 'up', file, '--', 'sh', '-c', `exit ${code}`])).code).toBe(code);
  },
);
