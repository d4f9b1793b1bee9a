import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../../rig/fresh-facts.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { makePlan, plannedResources } from '../../../src/plan.ts';
import { checksum } from '../../../src/state/checksum.ts';
import { stateDirectory } from '../../../src/state/directory.ts';
import { type Note, parseNote, UnreadableState } from '../../../src/state/record.ts';
import { emptyState } from '../../../src/state/runs.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const text = readFileSync('examples/tutorial.json', 'utf8').replace('./labex', '/srv/labex');
const { config } = parseConfig(text, 'tutorial.json');
if (config === undefined) throw new Error('the example is not valid');
const facts = withRootfs(freshFacts(), '/srv/labex');
const state = emptyState(config, facts, {
  resources: plannedResources(makePlan(config, facts)),
  order: 'exact',
  reserved: { ctr0: ['192.168.0.100'] },
  detached: true,
  createdAt: '2026-01-01T00:00:00.000Z',
});
const written: readonly Note[] = [
  { note: 'supervisor', pid: 4711, start: '123456' },
  { note: 'child', container: 'labex', pid: 4713, start: '123460' },
  { note: 'ready' },
];

const path = join(temporaryDirectory(), 'ctr');
const directory = stateDirectory(path);
const file = (name: string) => join(path, 'labex', name);
beforeEach(() => {
  rmSync(path, { recursive: true, force: true });
  directory.open('labex');
  directory.save(state);
  for (const note of written) directory.append('labex', note);
});

/** All truncations of a file, and all copies with one flipped byte. */
function* damages(whole: Buffer): Generator<Buffer> {
  for (let length = 0; length < whole.length; length += 1) yield whole.subarray(0, length);
  for (let at = 0; at < whole.length; at += 1) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    yield flipped;
  }
}

function damageOf(): string {
  try {
    directory.load('labex');
    return 'none';
  } catch (error) {
    return error instanceof UnreadableState ? error.damage : String(error);
  }
}

test('what was recorded is read back as it was', () => {
  expect(directory.load('labex')).toEqual(state);
  expect([...directory.notes('labex')]).toEqual(written);
});

test('a state file with any byte flipped or cut off is never taken for a record', () => {
  const whole = readFileSync(file('state'));
  let tried = 0;
  for (const damaged of damages(whole)) {
    writeFileSync(file('state'), damaged);
    expect(damageOf()).toBe('damaged');
    tried += 1;
  }
  expect(tried).toBe(2 * whole.length);
});

test('notes with any byte flipped or cut off contain only true entries', () => {
  const genuine = written.map((note) => JSON.stringify(note));
  const end = Buffer.byteLength(readFileSync(file('notes'), 'latin1').trimEnd());
  const whole = readFileSync(file('notes')).subarray(0, end + 1);
  for (const damaged of damages(whole)) {
    writeFileSync(file('notes'), damaged);
    const read = [...directory.notes('labex')].map((note) => JSON.stringify(note));
    expect(read.filter((note) => !genuine.includes(note))).toEqual([]);
    // A flipped newline joins two lines.
    if (damaged.length === whole.length) expect(read.length).toBeGreaterThan(0);
  }
});

test('a record of a newer ctr is told from a damaged one', async () => {
  directory.save({ ...state, version: 3 } as never);
  expect(damageOf()).toBe('newer');
  directory.save({ ...state, version: 0 } as never);
  expect(damageOf()).toBe('damaged');
});

test('a state file that is a link, a directory, a pipe or removed is no record', () => {
  rmSync(file('state'));
  expect(damageOf()).toBe('damaged');
  symlinkSync('/etc/passwd', file('state'));
  expect(damageOf()).toBe('damaged');
  rmSync(file('state'));
  mkdirSync(file('state'));
  expect(damageOf()).toBe('damaged');
});

test('the record and all its notes need no room after the first change', () => {
  const before = readFileSync(file('notes')).length;
  rmSync(file('notes'));
  directory.save(state);
  const made = readFileSync(file('notes')).length;
  for (const note of written) directory.append('labex', note);
  expect(readFileSync(file('notes')).length).toBe(made);
  expect(made).toBe(before);
});

test('a note of the previous version is read as a current one', () => {
  const body = JSON.stringify({ note: 'keeper', pid: 4711, start: '123456' });
  expect(parseNote(`${checksum(body)} ${body}`)).toEqual([
    { note: 'supervisor', pid: 4711, start: '123456' },
  ]);
});

test('a run without a record is not a damaged one', () => {
  rmSync(path, { recursive: true, force: true });
  directory.open('labex');
  expect(damageOf()).toBe('none');
  expect(directory.load('labex')).toBeUndefined();
});

test('a state directory that cannot be made is an error, and not an endless loop', () => {
  expect(() => stateDirectory('/proc/nosuch/ctr').globalLock).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
});
