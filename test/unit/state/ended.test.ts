import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  endedRuns,
  endingSupervisors,
  endOf,
  forgetEnd,
  keptLog,
  rememberEnd,
} from '../../../src/state/ended.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'ctr-ended-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const logOf = (container: string) => `${state}/${container}.source`;

function remember(name: string, logs: Readonly<Record<string, string | undefined>>): void {
  for (const [container, text] of Object.entries(logs)) {
    if (text !== undefined) writeFileSync(logOf(container), text);
  }
  const codes = new Map(Object.keys(logs).map((container, index) => [container, index]));
  rememberEnd(state, name, codes, logOf);
}

test('logs and exit codes are kept together, containers in the order of the run', () => {
  remember('lab', { web: 'from web\n', db: undefined });
  expect([...(endOf(state, 'lab')?.exitCodes ?? [])]).toEqual([
    ['web', 0],
    ['db', 1],
  ]);
  const kept = keptLog(state, 'lab', 'web');
  expect(kept?.cut).toBe(false);
  expect(readFileSync(kept?.path ?? '', 'utf8')).toBe('from web\n');
  expect(keptLog(state, 'lab', 'db')).toBeUndefined();
});

test('the logs of a run share one MiB, and only the end of a longer one is kept', () => {
  const long = `${'x'.repeat(1024 * 1024)}the end\n`;
  remember('lab', { web: long, db: long });
  for (const container of ['web', 'db']) {
    const kept = keptLog(state, 'lab', container);
    expect(kept?.cut).toBe(true);
    const text = readFileSync(kept?.path ?? '', 'utf8');
    expect(text).toHaveLength(512 * 1024);
    expect(text.endsWith('xthe end\n')).toBe(true);
  }
});

test('a name that is used again has only the logs of its last run', () => {
  remember('lab', { web: 'first\n' });
  remember('lab', { web: `${'y'.repeat(1024 * 1024)}second\n` });
  expect(keptLog(state, 'lab', 'web')).toMatchObject({ cut: true });
  expect(endedRuns(state)).toHaveLength(1);
});

test('the oldest of sixty-five runs is deleted, and each after an hour', () => {
  for (let index = 0; index < 64; index += 1) {
    remember(`run-${index}`, { web: 'x' });
    const at = new Date(Date.now() - 60_000 + index * 10);
    utimesSync(`${state}/.ended/run-${index}/exits`, at, at);
  }
  remember('last', { web: 'x' });
  const names = endedRuns(state).map(({ name }) => name);
  expect(names).toHaveLength(64);
  expect(names[0]).toBe('last');
  expect(names).not.toContain('run-0');
  const old = new Date(Date.now() - 3_600_001);
  utimesSync(`${state}/.ended/last/exits`, old, old);
  expect(endOf(state, 'last')).toBeUndefined();
});

test('the supervisor is kept beside the exit codes, and is none of the containers', () => {
  rememberEnd(state, 'lab', new Map([['supervisor', 3]]), logOf, { pid: 41, start: '900' });
  expect(endOf(state, 'lab')).toMatchObject({
    exitCodes: new Map([['supervisor', 3]]),
    supervisor: { pid: 41, start: '900' },
  });
  remember('other', { web: 'x' });
  expect(endOf(state, 'other')?.supervisor).toBeUndefined();
  expect(endingSupervisors(state)).toEqual([{ pid: 41, start: '900' }]);
});

test('forgetting the last one leaves nothing', () => {
  remember('one', { web: 'x' });
  remember('two', { web: 'x' });
  expect(forgetEnd(state, 'nobody')).toBe(false);
  expect(forgetEnd(state, 'one')).toBe(true);
  expect(endedRuns(state).map(({ name }) => name)).toEqual(['two']);
  expect(forgetEnd(state)).toBe(true);
  expect(() => readFileSync(`${state}/.ended`)).toThrow('ENOENT');
});
