import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { complaints, lineReader } from '../../../src/exec/launcher.ts';

test('the message of keyctl is not an error', () => {
  const said = 'Joined session keyring: 5\nunshare: no\nJoined session keyring: -7\n';
  expect(complaints(said)).toBe('unshare: no\n');
});

test('a line that arrives in parts is one line', async () => {
  const stream = new PassThrough();
  const next = lineReader(stream);
  const line = next(5000);
  stream.write('the first ');
  await new Promise(setImmediate);
  stream.write('part\nand');
  expect(await line).toBe('the first part');
  stream.end(' the rest\n');
  expect(await next(5000)).toBe('and the rest');
  expect(await next(5000)).toBeUndefined();
});
