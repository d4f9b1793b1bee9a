import { expect, test } from '@jest/globals';
import { CtrError, exitCodes } from '../../../src/model/errors.ts';
import { errorLine } from '../../../src/render/result.ts';
import { leftDetails } from '../../../src/run/failure.ts';

/** The error in the output of --json. */
function told(unread: boolean): Record<string, unknown> {
  const left = {
    line: 'ip link del dev ctr0',
    result: 'failed',
    ...(unread ? { unread } : {}),
  } as const;
  const details = leftDetails([left], 'ctr down labex');
  const error = new CtrError('step-failed', exitCodes.left, { en: '', zh: '' }, details);
  return JSON.parse(errorLine(error)) as Record<string, unknown>;
}

test('a field of the error says whether ctr has verified what is left', () => {
  expect(told(false)).not.toHaveProperty('unread');
  expect(told(true)).toMatchObject({ unread: true, left: ['ip link del dev ctr0'] });
});
