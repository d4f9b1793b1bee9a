import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { checksum } from '../../src/state/checksum.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let before: string;

/** The record that the previous version wrote for this config. */
const kept = JSON.parse(
  readFileSync('test/records/v1-labex.state', 'utf8').split('\n').slice(1).join('\n'),
);

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('labex', {
    host_name: 'labex',
    root_dir: './labex',
    ip: '192.168.0.100',
    bridge_name: 'ctr0',
    bridge_ip: '192.168.0.1/24',
    dns: ['203.0.113.2'],
    command: ['sleep', '600'],
  });
  before = await snapshot();
});
afterAll(() => shop.remove());

const path = '/run/ctr/labex/state';

/** The version before named every interface by a hash, as ctr now does when the better name is taken. */
const inTheWay = 'veth-labex';

async function upWithOldNames(): Promise<void> {
  await sh(['ip', 'link', 'add', 'name', inTheWay, 'type', 'veth', 'peer', 'name', 'other']);
  expect((await ctr(['-q', 'up', '-d', file])).code).toBe(0);
  await sh(['ip', 'link', 'del', 'dev', inTheWay]);
}

/** Writes the record as the previous version would, for this host and boot. */
function writeOldRecord(): void {
  const text = readFileSync(path, 'utf8');
  const { resources, order, ...now } = JSON.parse(text.slice(text.indexOf('\n') + 1));
  expect(resources).toHaveLength(kept.undos.length);
  const { reservedInterfaces, ...facts } = now.facts;
  expect(reservedInterfaces).toEqual([]);
  const links = facts.links.filter(
    ({ name }: { readonly name: string }) => name !== inTheWay && name !== 'other',
  );
  const old = { ...now, facts: { ...facts, links }, version: 1, undos: kept.undos };
  const body = JSON.stringify(old);
  writeFileSync(path, `${checksum(body)}\n${body}`);
}

test('ctr lists, checks, repairs and undoes a run of the previous version', async () => {
  await upWithOldNames();
  writeOldRecord();
  expect((await ctr(['ps'])).out).toMatch(/^labex +labex +running/m);
  expect((await ctr(['check', 'labex'])).code).toBe(0);
  expect(JSON.parse((await ctr(['--json', 'repair', 'labex'])).out)).toMatchObject({
    holds: true,
    commands: 0,
  });
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect(differences(before, await snapshot())).toEqual([]);
});

test('ctr cleans up after a crashed run of the previous version', async () => {
  await upWithOldNames();
  writeOldRecord();
  const { containers } = JSON.parse((await ctr(['--json', 'ps'])).out);
  const notes = readFileSync('/run/ctr/labex/notes', 'utf8');
  const supervisor = Number(/"note":"supervisor","pid":(\d+)/.exec(notes)?.[1]);
  process.kill(supervisor, 'SIGKILL');
  try {
    process.kill(containers[0].pid, 'SIGKILL');
  } catch (error) {
    // It may have ended with its supervisor (PR_SET_PDEATHSIG).
    expect(error).toMatchObject({ code: 'ESRCH' });
  }
  await until(
    () => !existsSync(`/proc/${supervisor}`) && !existsSync(`/proc/${containers[0].pid}`),
  );
  const collected = JSON.parse((await ctr(['--json', 'gc'])).out);
  expect(collected.recovered).toEqual(['labex']);
  expect(differences(before, await snapshot())).toEqual([]);
});
