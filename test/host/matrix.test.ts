import { expect, test } from '@jest/globals';
import { execa } from 'execa';

// Runs every twelfth case of the tutorial, so each command meets a twelfth of the faults. `npm run matrix` runs all.
test.each([
  ['the tutorial', ['--sample', '12'], 65],
  ['a lab in nftables', ['--plan', 'nftables', '--sample', '40'], 25],
  ['a lab in nftables, fast', ['--plan', 'nftables', '--fast', '--sample', '20'], 25],
])(
  'with a fault in any command of %s, ctr leaves nothing and reports correctly',
  async (_, options, least) => {
    const words = ['scripts/run.js', 'matrix', '--json', ...options];
    const ran = await execa(process.execPath, words, {
      reject: false,
      stdin: 'ignore',
      stderr: 'pipe',
    });
    expect(ran.stderr).toBe('');
    const figures = JSON.parse(ran.stdout);
    console.log(ran.stdout);
    expect(figures).toMatchObject({ residues: 0, 'wrong codes': 0, 'untrue messages': 0 });
    expect(figures.cases).toBeGreaterThan(least);
    // The commands that remove links may differ between runs, so a few cases are not reached.
    expect(figures['not reached']).toBeLessThan(figures.cases / 20);
  },
  3_600_000,
);
