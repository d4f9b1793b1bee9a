import { expect, test } from '@jest/globals';
import { median, quantile } from '../../../rig/statistics.ts';

test('the median of an even number of samples lies between the middle two, whatever their order', () => {
  expect(median([9, 1, 4, 2])).toBe(3);
});

test('a quantile lies between its neighbours in proportion', () => {
  expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
  expect(quantile([0, 10], 0.75)).toBe(7.5);
});

test('median does not change the order of the samples', () => {
  const samples = [3, 1, 2];
  median(samples);
  expect(samples).toEqual([3, 1, 2]);
});

test('no samples have no median', () => {
  expect(median([])).toBeNaN();
});
