import { expect, test } from '@jest/globals';
import { CtrError } from '../../../src/model/errors.ts';
import { recordedPicture } from '../../../src/verbs/graph-recorded.ts';

const file = 'examples/tutorial.ctr.ndjson';

test('a step of a recording is drawn with what it has changed', () => {
  const { topology, among } = recordedPicture(file, 1);
  expect(topology.source).toMatchObject({ from: 'recording', step: 1 });
  expect(topology.devices.find(({ id }) => id === 'host/ctr0')?.status).toBe('new');
  expect(among).toContainEqual(expect.objectContaining({ source: topology.source }));
});

test('before the first step there is the host alone, and nothing to compare it with', () => {
  const { topology } = recordedPicture(file, 0);
  expect(topology.places.map(({ id, status }) => [id, status])).toEqual([
    ['host', 'same'],
    ['world', 'same'],
  ]);
});

test('without a number it is the last step', () => {
  const { topology, among } = recordedPicture(file, undefined);
  expect(topology.source.step).toBe(among.at(-1)?.source.step);
});

test('a step that is not there is refused with those that are', () => {
  expect(() => recordedPicture(file, 999)).toThrow(CtrError);
  expect(() => recordedPicture(file, 999)).toThrow(/steps are 0 .* to \d+/);
});
