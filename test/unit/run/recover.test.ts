import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freshFacts } from '../../../rig/fresh-facts.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { runner } from '../../../src/exec/runner.ts';
import { recoverHeld } from '../../../src/run/recover.ts';
import { stateDirectory } from '../../../src/state/directory.ts';
import { emptyState } from '../../../src/state/runs.ts';
import { goldenCases } from '../../support/golden-cases.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const path = join(temporaryDirectory(), 'ctr');

const [text] = goldenCases.tutorial ?? [''];
const { config } = parseConfig(text, 'tutorial.json');
if (config === undefined) throw new Error('the example is not valid');
const dead = {
  ...emptyState(config, freshFacts(), {
    resources: [],
    order: 'exact',
    reserved: { ctr0: ['192.168.0.100'] },
    detached: true,
    createdAt: '2026-01-01T00:00:00.000Z',
  }),
  // The machine has been rebooted since then, so there is nothing to undo.
  bootId: 'another',
};

test('a run that was taken back holds nothing, even when the next one of its name has its folder already', async () => {
  const directory = stateDirectory(path);
  directory.open(dead.name);
  directory.save(dead);
  const watched = {
    ...directory,
    remove(name: string) {
      directory.remove(name);
      directory.open(name);
    },
  };
  const hold = 0;
  const found = await recoverHeld(runner, watched, hold, () => undefined);
  expect(found.recovered).toEqual([dead.name]);
  expect(directory.names()).toEqual([dead.name]);
  expect(found.remaining).toEqual([]);
});
