import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Temporary files of a run of tests have a directory of their own; it must be empty at the end. */
export default function beforeAll(): void {
  if (process.env.CTR_TESTS_TMPDIR !== undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'ctr-tests-'));
  // Some tests are another user.
  chmodSync(directory, 0o1777);
  process.env.TMPDIR = directory;
  process.env.CTR_TESTS_TMPDIR = directory;
}
