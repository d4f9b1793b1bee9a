import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import type { Ran } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { verbs } from '../../src/exec/called.ts';
import { events } from '../../src/json/events.ts';
import { results } from '../../src/json/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
});
afterAll(() => shop.remove());

/** Parses standard error. Every line must be an event that docs/json.md describes. */
function told(err: string): readonly { readonly event: string; readonly [key: string]: unknown }[] {
  const lines = err.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const value = JSON.parse(line);
    const shape = events[value.event as keyof typeof events];
    expect(shape).toBeDefined();
    const parsed = z.safeParse(shape as z.core.$ZodType, value);
    expect({ line, problems: parsed.error?.issues }).toEqual({ line, problems: undefined });
    return value;
  });
}

function result(verb: keyof typeof results, ran: Ran): Record<string, unknown> {
  const value = JSON.parse(ran.out);
  const parsed = z.safeParse(results[verb] as z.core.$ZodType, value);
  expect({ verb, problems: parsed.error?.issues }).toEqual({ verb, problems: undefined });
  told(ran.err);
  return value;
}

const asked = new Set<string>();
async function json(...words: string[]): Promise<Ran> {
  asked.add(words.find((word) => !word.startsWith('-')) ?? '');
  return await ctr(['--json', ...words]);
}

test('each verb prints JSON of its documented shape, and only events on standard error', async () => {
  const before = await snapshot();
  expect(result('validate', await json('validate', file))).toMatchObject({ valid: true });
  const plan = result('plan', await json('plan', file));
  expect(told((await json('plan', file)).err)).toMatchObject([{ event: 'warning' }]);
  expect(Object.keys(plan)).toEqual(['version', 'name', 'fast', 'lab', 'steps', 'teardown']);
  result('plan', await json('plan', '--fast', file));
  result('plan', await json('up', '--dry-run', file, 'ls', '-l'));
  result('up', await json('up', '-d', file));
  const exec = await json('exec', 'labex', 'echo', 'its own');
  expect(exec).toEqual({ code: 0, out: 'its own\n', err: '' });
  expect(result('ps', await json('ps'))).toMatchObject({ containers: [{ name: 'labex' }] });
  expect(result('inspect', await json('inspect', 'labex'))).toMatchObject({ state: 'up' });
  expect(result('check', await json('check', 'labex'))).toMatchObject({ holds: true });
  const watched = result('watch', await json('watch', '--count', '1', 'labex'));
  expect(watched).toMatchObject({ reading: 1, containers: [{ name: 'labex' }] });
  const traced = result('trace', await json('trace', 'labex', 'gateway'));
  expect(traced).toMatchObject({ arrives: true, to: '192.168.0.1' });
  result('why', await json('why', 'labex'));
  result('check --probe', await json('check', 'labex', '--probe'));
  expect(result('repair', await json('repair', 'labex'))).toMatchObject({ holds: true });
  expect(result('goto', await json('goto', 'labex', '4'))).toMatchObject({ at: 4, equal: true });
  const stage = result('check --stage', await json('check', 'labex', '--stage', '3'));
  expect(stage).toMatchObject({ holds: false, findings: [{ problem: 'extra', step: 4 }] });
  expect(result('down', await json('down', 'labex'))).toMatchObject({ runs: [{ name: 'labex' }] });
  result('up', await json('up', '-d', '--until', 'start', file));
  expect(result('down', await json('down', 'labex'))).toMatchObject({ runs: [{ name: 'labex' }] });
  expect(result('gc', await json('gc', '--dry-run'))).toMatchObject({ dry_run: true });
  expect(result('gc', await json('gc'))).toMatchObject({ recovered: [], removed: 0 });
  const made = join(shop.directory, 'made');
  result('rootfs create', await json('rootfs', 'create', made));
  const plugins = [join(shop.directory, 'plugins'), '--net-dir', join(shop.directory, 'net')];
  result('cni install', await json('cni', 'install', ...plugins));
  result('cni remove', await json('cni', 'remove', ...plugins));
  const nodes = join(shop.directory, 'nodes');
  result('cni example', await json('cni', 'example', '--nodes', '2', nodes));
  result('cni log', await json('cni', 'log'));
  result('init', await json('init', join(shop.directory, 'made.json')));
  result('explain', await json('explain'));
  result('explain codes', await json('explain', 'codes'));
  result('explain codes', await json('explain', 'H005'));
  for (const words of [['move-link'], ['cgroup'], ['veth pair'], ['ip', 'link', '--up']]) {
    result('explain words', await json('explain', ...words));
  }
  result('explain words', await json('explain', 'RTNETLINK answers: File exists'));
  result('doctor', await json('doctor'));
  result('version', await json('version'));
  result('version', await json('--version'));
  result('lab necessity', await json('lab', 'necessity', '--sample', '40', file));
  result('graph', await json('graph', file));
  const recording = 'examples/tutorial.ctr.ndjson';
  expect(result('replay', await json('replay', recording))).toMatchObject({ whole: true });
  const page = join(shop.directory, 'page.html');
  expect(result('report', await json('report', '--html', '--out', page, recording))).toMatchObject({
    format: 'html',
  });
  expect(JSON.parse((await json('schema')).out)).toHaveProperty('$schema');
  expect(await json('sandbox', 'echo', 'its own')).toMatchObject({ code: 0, out: 'its own\n' });
  for (const words of [
    ['logs', 'labex'],
    ['demo'],
    ['explain', 'chroot'],
    ['completion', 'bash'],
    ['init', '-'],
    ['plan', '--compare', file],
    ['up', '--step', file],
    ['plan', '--format', 'sh', file],
    ['help'],
    ['up', '--help'],
    ['--help'],
  ]) {
    const refused = await json(...words);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(told(refused.err)).toMatchObject([{ event: 'error', code: 'no-json', exit_code: 2 }]);
  }
  expect(verbs.filter((verb) => !asked.has(verb))).toEqual([]);
  expect(await snapshot()).toBe(before);
}, 300_000);

test('a foreground run leaves standard output to its command', async () => {
  const ran = await json('up', file, 'echo', 'its own');
  expect(ran).toMatchObject({ code: 0, out: 'its own\n' });
  const all = told(ran.err).map(({ event }) => event);
  for (const event of ['plan', 'step', 'command', 'ran', 'stepped', 'ready', 'undo']) {
    expect(all).toContain(event);
  }
});

test('one result lists runs in sandbox hosts together with those of this host', async () => {
  const before = await snapshot();
  const named = (name: string) =>
    shop.config(name, tutorial({ name, host_name: name, command: ['sleep', '600'] }));
  const files = [named('first'), named('second')];
  for (const one of files) result('up', await json('up', '--sandbox', '-d', one));
  result('up', await json('up', '-d', file));
  expect((result('ps', await json('ps')).containers as unknown[]).length).toBe(3);
  expect(result('inspect', await json('inspect', 'first'))).toMatchObject({ name: 'first' });
  result('gc', await json('gc'));
  result('gc', await json('gc', '--dry-run'));
  result('repair', await json('repair', 'first'));
  result('check', await json('check', 'second'));
  expect(result('down', await json('down', 'first'))).toMatchObject({ runs: [{ name: 'first' }] });
  const { runs } = result('down', await json('down', '--all')) as { runs: { name: string }[] };
  expect(runs.map(({ name }) => name).sort()).toEqual(['labex', 'second']);
  await until(async () => (await snapshot()) === before, 30_000);
}, 300_000);

test('for a run that has ended by itself, ps and inspect print the same shape as for one that is up', async () => {
  expect((await json('up', '-d', file, 'sh', '-c', 'exit 3')).code).toBe(0);
  const ended = async () => result('ps', await json('ps', '-a')).containers;
  await until(async () => JSON.stringify(await ended()).includes('"state":"ended"'), 30_000);
  await until(async () => (await ctr(['ps', '-q'])).out === '', 30_000);
  expect(await ended()).toMatchObject([{ name: 'labex', state: 'ended', exit_code: 3 }]);
  expect(result('inspect', await json('inspect', 'labex'))).toMatchObject({
    state: 'ended',
    containers: [{ exit_code: 3 }],
  });
  await ctr(['-q', 'down', 'labex']);
});

test('every error is one event of one shape, with the exit code of ctr', async () => {
  const broken = join(shop.directory, 'broken.json');
  writeFileSync(broken, '{');
  const cases: readonly (readonly [words: readonly string[], code: number, error: string])[] = [
    [['nosuch'], 2, 'unknown-command'],
    [['ps', '--nosuch'], 2, 'unknown-option'],
    [['ps', 'one', 'two'], 2, 'excess-arguments'],
    [['up'], 2, 'missing-argument'],
    [['--lang', 'fr', 'ps'], 2, 'invalid-argument'],
    [['ps', '--timeout'], 2, 'option-missing-argument'],
    [['up', file, '-d'], 2, 'option-after-operand'],
    [['rootfs'], 2, 'incomplete-command'],
    [['up', broken], 3, 'config-invalid'],
    [['plan', '/nowhere.json'], 3, 'config-invalid'],
    [['up', file, '/bin/nosuch'], 127, 'host-not-ready'],
    [['inspect', 'nobody'], 2, 'no-such-run'],
    [['exec', 'nobody', 'ls'], 125, 'no-such-run'],
    [['down', 'nobody'], 2, 'no-such-run'],
  ];
  for (const [words, code, error] of cases) {
    const { err, ...ran } = await ctr(['--json', ...words]);
    expect({ words, ...ran }).toEqual({ words, code, out: '' });
    expect(told(err).at(-1)).toMatchObject({ event: 'error', code: error, exit_code: code });
  }
  const judged = await json('validate', broken);
  expect(judged.code).toBe(3);
  expect(result('validate', judged)).toMatchObject({ valid: false, config: null });
});
