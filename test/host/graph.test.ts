import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import { compareTopologies } from '../../src/graph/compare.ts';
import type { Topology } from '../../src/graph/topology.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
});
afterAll(() => shop.remove());

async function topologyOf(target: string): Promise<Topology> {
  const { out, code } = await ctr(['graph', target, '--json']);
  expect(code).toBe(0);
  return JSON.parse(out) as Topology;
}

/** What differs, with the fields that do. */
function differences(before: Topology, after: Topology) {
  const { places, devices, addresses, routes, cables, forwarding, rules } = compareTopologies(
    before,
    after,
  );
  return [...places, ...devices, ...addresses, ...routes, ...cables, ...forwarding, ...rules]
    .filter(({ status }) => status !== 'same')
    .map(({ id, status, was = {} }) => [id, status, ...Object.keys(was)]);
}

test.each([
  ['one family', {}],
  ['two families', { bridge_ip6: 'auto' }],
])(
  'the picture of a config is that of the kernel once the config is up: %s',
  async (name, change) => {
    const config = shop.config(name.replace(' ', '-'), tutorial(change));
    const planned = await topologyOf(config);
    expect((await ctr(['-q', 'up', '-d', config, '--', 'sleep', '60'])).code).toBe(0);
    const found = await topologyOf('labex');
    // Only the kernel knows the pid.
    expect(differences(planned, found)).toEqual([['container/labex', 'changed', 'pid']]);
    expect(found.source.from).toBe('kernel');
    expect((await ctr(['down', 'labex'])).code).toBe(0);
  },
);

test('the picture of a run is what the kernel has, not what was asked for', async () => {
  await ctr(['-q', 'up', '-d', file, '--', 'sleep', '60']);
  const before = await topologyOf('labex');
  const port = before.devices.find(({ role }) => role === 'port')?.name ?? '';
  await sh(['ip', 'link', 'set', port, 'down']);
  await sh(['ip', 'addr', 'del', '192.168.0.1/16', 'dev', 'ctr0']);
  await sh(['iptables', '-t', 'nat', '-F', 'POSTROUTING']);
  const changes = differences(before, await topologyOf('labex'));
  expect(changes).toContainEqual([`host/${port}`, 'changed', 'state']);
  expect(changes).toContainEqual(['container/labex/eth0', 'changed', 'state']);
  expect(changes).toContainEqual(['host/ctr0/address/192.168.0.1/16', 'gone']);
  expect(changes).toContainEqual(['host/masquerade/ctr0/192.168.0.0/16', 'gone']);
  // Without a name it is the run that is up.
  const { out } = await ctr(['graph']);
  expect(out).toMatch(/eth0 .*other end down/);
  expect(out).not.toContain('MASQUERADE');
  const picture = join(shop.directory, 'labex.svg');
  expect(await ctr(['graph', 'labex', '--out', picture])).toMatchObject({ code: 0, out: '' });
  expect(readFileSync(picture, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  await ctr(['down', 'labex']);
});

describe('what there is no picture of', () => {
  test('a run that is not up', async () => {
    const { code, err } = await ctr(['graph', 'nosuch']);
    expect(code).toBe(2);
    expect(err).toContain('there is no run named nosuch');
  });

  test('no run at all', async () => {
    const { code, err } = await ctr(['graph']);
    expect(code).toBe(2);
    expect(err).toContain('ctr graph CONFIG');
  });

  test('a format that does not exist, or is not that of --json', async () => {
    expect((await ctr(['graph', file, '--format', 'png'])).err).toContain('text|ascii|alt|svg');
    expect((await ctr(['graph', file, '--format', 'svg', '--json'])).code).toBe(2);
  });
});

test('a user sees a run in a sandbox host with the pids of this machine', async () => {
  const state = join(shop.directory, 'state');
  const program = copyOfCtr(shop.directory);
  mkdirSync(state);
  for (const path of [shop.directory, file]) chmodSync(path, 0o755);
  await sh(['chown', '-R', String(userId), shop.directory]);
  const userCtr = async (args: readonly string[]) =>
    await sh([...asUser, 'env', `CTR_STATE_DIR=${state}`, ...program, ...args]);
  expect((await userCtr(['-q', 'up', '-d', file, '--', 'sleep', '60'])).code).toBe(0);
  const { containers } = JSON.parse((await userCtr(['ps', '--json'])).out) as {
    containers: readonly { pid: number }[];
  };
  const drawn = await userCtr(['graph', 'labex', '--lang', 'zh']);
  expect(drawn.code).toBe(0);
  expect(drawn.out).toContain(`容器 labex, pid ${containers[0]?.pid} `);
  expect(drawn.out).toContain('downloads.example');
  expect((await userCtr(['down', 'labex'])).code).toBe(0);
});
