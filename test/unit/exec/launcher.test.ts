import { expect, test } from '@jest/globals';
import { complaints } from '../../../src/exec/launcher.ts';

test('what keyctl has done is no complaint', () => {
  const said = 'Joined session keyring: 5\nunshare: no\nJoined session keyring: -7\n';
  expect(complaints(said)).toBe('unshare: no\n');
});
