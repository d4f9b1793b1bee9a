import { expect, test } from '@jest/globals';
import { execa } from 'execa';

interface Told {
  readonly id: string;
  readonly mistakes: readonly string[];
  readonly trace?: { readonly score: string };
  readonly why?: { readonly score: string };
}

// A few of the faults of `npm run diagnosis`, which asks about hundreds.
test('planted faults break what they should, are never diagnosed wrongly, and are mended', async () => {
  const ran = await execa(
    process.execPath,
    [
      ...['scripts/run.js', 'diagnosis', '--no-page', '--json', '--sample', '8', '--seed', '3'],
      ...['--lab', 'one', '--lab', 'two', '--jobs', '2'],
      ...['route', 'cable', 'forward', 'translation', 'target'].flatMap((one) => ['--family', one]),
    ],
    { reject: false, stdin: 'ignore' },
  );
  const results = ran.stdout.split('\n').map((line) => JSON.parse(line) as Told);
  expect(results).toHaveLength(8);
  for (const { id, mistakes, trace } of results) {
    expect([id, mistakes]).toEqual([id, []]);
    expect([id, trace?.score]).toEqual([id, 'named']);
  }
  expect(results.some(({ why }) => why?.score === 'named')).toBe(true);
  expect(ran.exitCode).toBe(0);
}, 180_000);
