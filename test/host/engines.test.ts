import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { callPlugin } from '../../rig/cni.ts';
import { dice } from '../../rig/dice.ts';
import { type EngineHost, engineHost, podmanSettings } from '../../rig/engine-host.ts';
import { environment } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';

let folder: string;
let engine: EngineHost;
let before: string;

beforeAll(async () => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-engines-'));
  engine = await engineHost(folder);
  const { host } = engine;
  await host.hand(
    'mkdir -p /etc/containers',
    `cp ${process.cwd()}/examples/cni/podman/10-ctr.conflist /etc/cni/net.d/`,
    `{ cat ${process.cwd()}/examples/cni/podman/containers.conf; cat <<'END'\n${podmanSettings}\nEND\n} >/etc/containers/containers.conf`,
    `echo '{"default":[{"type":"insecureAcceptAnything"}]}' >/etc/containers/policy.json`,
  );
  // podman makes its folders at first use.
  await podman('ps');
  before = await hostNow();
}, 300_000);
afterAll(() => {
  engine?.host.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Without what podman keeps for itself: its database and locks, and folders of namespaces. */
async function hostNow(): Promise<string> {
  return (await snapshot(engine.host.enter))
    .split('\n')
    .filter(
      (line) =>
        !/\/run\/(?:containers|libpod|netns|lock|crun|user)|\/var\/lib|podman|libpod/.test(line),
    )
    .join('\n');
}

/** No cgroups: the sandbox host has none, and they are not what is tried here. */
const run = (name: string, options: string, command: string) =>
  podman(
    `run --cgroups=disabled --cap-add NET_RAW --name ${name} ${options} --rootfs ${engine.rootfs} ${command}`,
  );
const podman = async (line: string) => await engine.line(`podman --storage-driver vfs ${line}`);

async function attached(): Promise<number> {
  return JSON.parse((await engine.host.ctr('ps', '--json')).out).containers.length;
}

test('podman: two containers reach gateway, outside, a name and each other; rm leaves the host as it was', async () => {
  for (const name of ['one', 'two']) {
    const up = await run(name, '-d', 'sleep 600');
    expect([name, up.code, up.err]).toEqual([name, 0, expect.anything()]);
  }
  expect(await attached()).toBe(2);
  const address = (
    await podman('inspect two --format "{{(index .NetworkSettings.Networks \\"ctr\\").IPAddress}}"')
  ).out.trim();
  expect(address).toMatch(/^10\.99\./);
  for (const target of ['10.99.0.1', '203.0.113.10', address]) {
    const ping = await podman(`exec one ping -c1 -W2 ${target}`);
    expect([target, ping.code, ping.err]).toEqual([target, 0, '']);
  }
  expect((await podman('exec one wget -qO- http://www.example/whoami')).code).toBe(0);
  expect((await podman('rm -f -t 0 one two')).code).toBe(0);
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});

test('podman: an address and a MAC that the user asks for', async () => {
  const ran = await run(
    'fixed',
    '--rm --ip 10.99.7.7 --mac-address 0a:00:00:00:00:07',
    'ip addr show dev eth0',
  );
  expect(ran.out).toContain('inet 10.99.7.7/16');
  expect(ran.out).toContain('0a:00:00:00:00:07');
  expect(await hostNow()).toBe(before);
});

test('podman: a published port', async () => {
  const up = await run(
    'web',
    '-d -p 8080:80',
    'sh -c "echo hello >/tmp/index.html; exec httpd -f -p 80 -h /tmp"',
  );
  expect([up.code, up.err]).toEqual([0, expect.anything()]);
  const address = (
    await engine.host.run('sh', '-c', "ip -4 -o addr show dev wan0 | sed 's/.*inet //; s,/.*,,'")
  ).out.trim();
  const fetched = async () =>
    await engine.host.run(
      process.execPath,
      '-e',
      `fetch('http://${address}:8080/').then((page) => page.text()).then((text) => process.stdout.write(text))`,
    );
  await until(async () => (await fetched()).code === 0, 20_000).catch(() => undefined);
  const page = await fetched();
  expect([page.out, page.err, (await podman('logs web')).err]).toEqual(['hello\n', '', '']);
  expect((await podman('rm -f -t 0 web')).code).toBe(0);
  expect(await attached()).toBe(0);
  expect(await hostNow()).toBe(before);
});

/** As an engine that has no container asks (CNI 1.1.0, "GC"). */
async function gc(): Promise<void> {
  const config = {
    cniVersion: '1.1.0',
    name: 'ctr',
    type: 'ctr',
    ipam: { subnet: '10.99.0.0/16' },
    'cni.dev/valid-attachments': [],
  };
  const answer = await callPlugin('/opt/cni/bin/ctr', 'GC', config, {}, engine.host.enter);
  expect([answer.code, answer.out]).toEqual([0, '']);
}

test('podman killed midway: its own cleanup and ctr gc leave nothing of ctr', async () => {
  const seed = Date.now() % 100_000;
  const rolled = dice(seed);
  for (let round = 0; round < 6; round += 1) {
    const [program = '', ...words] = engine.enter;
    const child = spawn(
      program,
      [
        ...words,
        'podman',
        '--storage-driver',
        'vfs',
        'run',
        '-d',
        '--cgroups=disabled',
        '--name',
        `k${round}`,
        '--rootfs',
        engine.rootfs,
        'sleep',
        '600',
      ],
      { stdio: 'ignore', env: environment },
    );
    await sleep(rolled.below(2500));
    child.kill('SIGKILL');
    await engine.line(`kill -9 $(pgrep -x podman) 2>/dev/null`);
    await podman('rm -f -t 0 --all');
    await engine.host.ctr('gc');
    // Killed between the plugin's answer and its own note of it, podman knows nothing to clean up. Then GC does it.
    await gc();
    expect([seed, round, await attached()]).toEqual([seed, round, 0]);
    expect([seed, round, await hostNow()]).toEqual([seed, round, before]);
  }
}, 300_000);
