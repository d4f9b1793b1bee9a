import { expect, test } from '@jest/globals';
import { complaints } from '../../../src/exec/launcher.ts';

test('the message of keyctl is not an error', () => {
  const said = 'Joined session keyring: 5\nunshare: no\nJoined session keyring: -7\n';
  expect(complaints(said)).toBe('unshare: no\n');
});
