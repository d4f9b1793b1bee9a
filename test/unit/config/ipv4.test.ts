import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  broadcastOf,
  contains,
  formatAddress,
  overlaps,
  parseAddress,
  subnetOf,
} from '../../../src/model/ipv4.ts';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const subnet = fc.record({ address, prefix: fc.integer({ min: 0, max: 32 }) }).map(subnetOf);

test('an address that is written is the one that is read', () => {
  fc.assert(fc.property(address, (one) => parseAddress(formatAddress(one)) === one));
});
test('a subnet holds its first and its last address and none beside them', () => {
  fc.assert(
    fc.property(subnet, (one) => {
      expect(contains(one, one.base)).toBe(true);
      expect(contains(one, broadcastOf(one))).toBe(true);
      expect(contains(one, broadcastOf(one) + 1)).toBe(false);
      expect(contains(one, one.base - 1)).toBe(false);
    }),
  );
});
test('two subnets overlap exactly when some address is in both, whichever is named first', () => {
  fc.assert(
    fc.property(subnet, subnet, (one, other) => {
      expect(overlaps(one, other)).toBe(overlaps(other, one));
      expect(overlaps(one, other)).toBe(
        one.base <= broadcastOf(other) && other.base <= broadcastOf(one),
      );
    }),
  );
});
test.each(['01.2.3.4', '1.2.3', '1.2.3.256', '0x1.2.3.4', ' 1.2.3.4', '1.2.3.4\n'])(
  '%j is no address',
  (text) => {
    expect(() => parseAddress(text)).toThrow();
  },
);
