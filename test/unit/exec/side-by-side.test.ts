import { expect, test } from '@jest/globals';
import { sideBySide } from '../../../src/exec/side-by-side.ts';

/** Yields its name this many times, and logs beginning and end. */
async function* lane(name: string, times: number, log: string[]): AsyncGenerator<string, void> {
  log.push(`${name} begins`);
  for (let index = 0; index < times; index += 1) yield name;
  log.push(`${name} ends`);
}

test('all events arrive, and no more lanes than allowed run at once', async () => {
  const log: string[] = [];
  const seen: string[] = [];
  for await (const one of sideBySide(
    [lane('a', 3, log), lane('b', 1, log), lane('c', 2, log)],
    2,
  )) {
    seen.push(one);
    const under =
      log.filter((line) => line.endsWith('begins')).length -
      log.filter((line) => line.endsWith('ends')).length;
    expect(under).toBeLessThanOrEqual(2);
  }
  expect(seen.sort()).toEqual(['a', 'a', 'a', 'b', 'c', 'c']);
});

test('a lane continues only after its event has been consumed', async () => {
  const log: string[] = [];
  const one = sideBySide([lane('a', 1, log)], 2);
  await one.next();
  expect(log).toEqual(['a begins']);
  await one.next();
  expect(log).toEqual(['a begins', 'a ends']);
});

test('no lanes are no work', async () => {
  expect(await sideBySide([], 2).next()).toEqual({ done: true, value: undefined });
});
