import { expect, test } from '@jest/globals';
import type { Stop } from '../../../src/recording/stops.ts';
import { actsOf, keysOf, move } from '../../../src/replay/player.ts';

const stops: readonly Stop[] = ['start', 'step', 'step', 'end'].map((kind, number) => ({
  kind: kind as Stop['kind'],
  number: number - 1,
  ms: number,
  ran: [],
  undone: [],
}));

test('next and back move by one, and say so at the ends', () => {
  expect(move(stops, 0, 'next')).toEqual({ at: 1, views: [{ show: 'stop', at: 1 }] });
  expect(move(stops, 3, 'next')).toEqual({ at: 3, views: [{ show: 'last' }] });
  expect(move(stops, 2, 'back')).toEqual({ at: 1, views: [{ show: 'stop', at: 1, back: true }] });
  expect(move(stops, 0, 'back')).toEqual({ at: 0, views: [{ show: 'first' }] });
});

test('the rest is every stop that is left, once', () => {
  const shown = (at: number) =>
    move(stops, at, 'rest').views.flatMap((one) => ('at' in one ? one.at : []));
  expect(shown(1)).toEqual([2, 3]);
  expect(shown(3)).toEqual([]);
  expect(move(stops, 1, 'rest').at).toBe(3);
});

test('keys come one by one, several at once, or as arrows', () => {
  expect(actsOf('n')).toEqual(['next']);
  expect(actsOf('nnb?')).toEqual(['next', 'next', 'back', 'help']);
  expect(actsOf('\u001b[C\u001b[D')).toEqual(['next', 'back']);
  expect(actsOf('\u0003')).toEqual(['quit']);
  expect(actsOf('xyz\u001b[A')).toEqual([]);
});

test('a file of keys has blanks, lines and comments', () => {
  const keys = keysOf('# to the bridge\nn n\n\ni # no comment here');
  expect(keys.slice(0, 3).map(({ act }) => act)).toEqual(['next', 'next', 'inspect']);
  expect(keys[3]).toEqual({ key: '#', act: undefined });
});
