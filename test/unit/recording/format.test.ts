import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../../src/config/parse.ts';
import { CtrError } from '../../../src/model/errors.ts';
import { makePlan } from '../../../src/plan.ts';
import { patched, patchOf } from '../../../src/recording/patch.ts';
import { parseRecording } from '../../../src/recording/read.ts';
import { writtenLine } from '../../../src/recording/schema.ts';
import { stopsOf } from '../../../src/recording/stops.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { goldenCases } from '../../support/golden-cases.ts';
import { emptyNetwork, recordPlan, textOf } from '../../support/recorded.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const directory = temporaryDirectory();

function tutorial() {
  const [text, facts] = goldenCases.tutorial ?? [];
  const { config } = parseConfig(text ?? '', 'config.json');
  if (config === undefined || facts === undefined) throw new Error('no tutorial');
  return { config, facts, plan: makePlan(config, facts) };
}

/** A bridge that gets a value more with each step, and a container from step 6 on. */
function stateAt(at: number): Snapshot {
  const sysctls = Object.fromEntries([...Array(at).keys()].map((key) => [`net/${key}`, `${at}`]));
  const process = { pid: 42, start: '1', command: ['sh'], hostname: 'labex', mounts: [] };
  return {
    version: 1,
    host: { ...emptyNetwork, sysctls },
    containers: at > 5 ? { labex: { ...emptyNetwork, process } } : {},
  };
}

const made = recordPlan(directory, tutorial(), stateAt).then(textOf);

test('what is read back is what was recorded, snapshot for snapshot', async () => {
  const { header, moments, rest, cut } = parseRecording('x', await made);
  const { plan } = tutorial();
  expect(cut).toBe(false);
  expect(header.steps.map(({ id }) => id)).toEqual(plan.steps.map(({ id }) => id));
  expect(header.steps.map(({ title, why }) => [title, why])).toEqual(
    plan.steps.map(({ title, why }) => [title, why]),
  );
  expect(moments.map(({ state }) => state)).toEqual(
    [...Array(plan.steps.length + 1).keys()].map(stateAt),
  );
  expect(moments.map(({ step }) => step)).toEqual([-1, ...plan.steps.keys()]);
  expect(moments.map(({ ms }) => ms)).toEqual(
    moments.map(({ ms }) => ms).toSorted((a, b) => a - b),
  );
  expect(rest.map(({ event }) => event.event)).toEqual(['ready']);
});

test('every line is as the published schema says, and events are whole again when read', async () => {
  const text = await made;
  for (const line of text.trim().split('\n')) {
    const checked = writtenLine.safeParse(JSON.parse(line));
    expect([line.slice(0, 80), checked.success]).toEqual([line.slice(0, 80), true]);
  }
  const { moments } = parseRecording('x', text);
  const told = moments[1]?.events.find(({ event }) => event.event === 'step');
  const [first] = tutorial().plan.steps;
  expect(told?.event).toMatchObject({ title: first?.title, why: first?.why });
});

test('snapshots after the first are recorded as what is different', async () => {
  const lines = (await made)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const snapshots = lines.filter(({ line }) => line === 'snapshot');
  expect(snapshots[0].state).toBeDefined();
  expect(snapshots.slice(1).filter(({ patch }) => patch !== undefined).length).toBeGreaterThan(10);
});

test('a recording that was cut off anywhere can be read up to there', async () => {
  const text = await made;
  const first = text.indexOf('\n') + 1;
  const whole = parseRecording('x', text);
  for (let at = first; at < text.length; at += 97) {
    const part = parseRecording('x', text.slice(0, at));
    expect(part.cut).toBe(text[at - 1] !== '\n');
    expect(part.moments.length).toBeLessThanOrEqual(whole.moments.length);
    const stops = stopsOf(part);
    expect(stops.length).toBeGreaterThanOrEqual(part.moments.length);
  }
});

test('steps without a snapshot are stops as well', async () => {
  const lines = (await made)
    .split('\n')
    .filter((line) => !/^\{"line":"(?:snapshot|diff)"/.test(line));
  const stops = stopsOf(parseRecording('x', lines.join('\n')));
  expect(stops.length).toBe(tutorial().plan.steps.length);
  expect(stops[3]?.ran.map(({ line }) => line)).toEqual(['ip link set dev veth-labex master ctr0']);
});

function codeOf(text: string): readonly [code: string, exit: number, message: string] {
  try {
    parseRecording('run.ndjson', text);
  } catch (error) {
    if (error instanceof CtrError) return [error.code, error.exitCode, error.text.en];
    throw error;
  }
  throw new Error('it was read');
}

test('what is no recording, newer or damaged is refused, with the line', async () => {
  const text = await made;
  const lines = text.split('\n');
  const replaced = (at: number, line: string) =>
    lines.map((one, index) => (index === at ? line : one)).join('\n');
  expect(codeOf('')).toEqual(['not-a-recording', 3, 'run.ndjson is not a recording of ctr']);
  expect(codeOf('{"version": 1}\n')[0]).toBe('not-a-recording');
  expect(codeOf('null\n')[0]).toBe('not-a-recording');
  expect(codeOf(text.slice(0, 200))[0]).toBe('not-a-recording');
  expect(codeOf(text.replace('"version":1', '"version":2'))).toEqual([
    'recording-newer',
    3,
    'run.ndjson was recorded by a newer ctr (format 2, this ctr reads 1)',
  ]);
  expect(codeOf(replaced(3, '{'))).toEqual(['recording-damaged', 3, 'run.ndjson:4 is damaged']);
  expect(codeOf(replaced(5, '{"line":"event","ms":"soon","event":{"event":"step"}}'))[2]).toBe(
    'run.ndjson:6 is damaged',
  );
  expect(
    codeOf(replaced(2, '{"line":"snapshot","ms":1,"moment":"start","step":-1,"patch":{}}'))[0],
  ).toBe('recording-damaged');
  expect(codeOf([lines[0], lines[0], ''].join('\n'))[2]).toBe('run.ndjson:2 is damaged');
});

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.oneof(fc.constantFrom('a', 'b', '__proto__'), fc.string()),
    tie('value'),
    {
      maxKeys: 4,
    },
  ),
}));

test('a patch takes any object to any other one', () => {
  fc.assert(
    fc.property(json.object, json.object, (before, after) => {
      const [one, other] = [before, after] as Record<string, unknown>[];
      const patch = JSON.parse(JSON.stringify(patchOf(one ?? {}, other ?? {})));
      expect(JSON.stringify(sorted(patched(one, patch)))).toBe(JSON.stringify(sorted(other)));
    }),
  );
});

/** Keys in one order: a patch adds new ones at the end. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, one]) => [key, sorted(one)]);
}
