import { expect, test } from '@jest/globals';
import { complaints, withoutPrograms } from '../../../src/engine/launcher.ts';

test('what env and setsid do at the head of a start is done as it is started', () => {
  expect(withoutPrograms(['env', '-i', 'A=1', 'B=x=y z', 'setsid', 'unshare', 'C=3'])).toEqual({
    argv: ['unshare', 'C=3'],
    environment: { A: '1', B: 'x=y z' },
    detached: true,
  });
  expect(withoutPrograms(['env', '-i', 'A=', 'sh', '-c', 'x', 'setsid'])).toEqual({
    argv: ['sh', '-c', 'x', 'setsid'],
    environment: { A: '' },
    detached: false,
  });
  expect(withoutPrograms(['setsid', 'env', '-i', 'A=1'])).toEqual({
    argv: ['setsid', 'env', '-i', 'A=1'],
  });
});

test('what keyctl has done is no complaint', () => {
  const said = 'Joined session keyring: 5\nunshare: no\nJoined session keyring: -7\n';
  expect(complaints(said)).toBe('unshare: no\n');
});
