import { expect, test } from '@jest/globals';
import { callsOf, callsUntilReady, casesOf } from '../../scripts/matrix/cases.ts';

const changes = ['ip link add name ctr0 type bridge', 'sysctl -qw net/ipv4/ip_forward=1'];
const lookBack = ['sh -c ip -j addr show; printf ctr-end-of-probe', 'ip -j addr show'];
const up = [...changes, ...lookBack];
const down = ['flock --exclusive 3', 'ip link del dev ctr0'];
const ready = callsUntilReady(up);
const calls = callsOf({ lines: [...up, ...down], ready, up: up.length });

function codesOf(line: string, mode: 'INT-before' | 'TERM-after' | 'fail-before' | 'kill-late') {
  const cases = casesOf(calls, ['changes', 'reads'], [mode]);
  return cases.filter(({ what }) => what === line).map(({ codes }) => codes);
}

test('the run is up once the last change of `up -d` was made', () => {
  expect(ready).toBe(changes.length);
  expect(calls.map((call) => [call.ready, call.undo])).toEqual([
    ...changes.map(() => [false, false]),
    ...lookBack.map(() => [true, false]),
    ...down.map(() => [true, true]),
  ]);
});

test('a signal ends what is not yet up, and has no effect on a run that is looked back at', () => {
  for (const change of changes) {
    expect(codesOf(change, 'INT-before')).toEqual([[130]]);
    expect(codesOf(change, 'TERM-after')).toEqual([[143]]);
  }
  for (const look of lookBack) {
    expect(codesOf(look, 'INT-before')).toEqual([[0]]);
    expect(codesOf(look, 'TERM-after')).toEqual([[0]]);
    expect(codesOf(look, 'fail-before')).toEqual([[0]]);
    expect(codesOf(look, 'kill-late')).toEqual([[null]]);
  }
  expect(codesOf('ip link del dev ctr0', 'TERM-after')).toEqual([[0, 143]]);
});
