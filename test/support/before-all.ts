import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a directory for the temporary files of all tests, which must be empty at the end. */
export default function beforeAll(): void {
  if (process.env.CTR_TESTS_TMPDIR !== undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'ctr-tests-'));
  // Some tests run as another user.
  chmodSync(directory, 0o1777);
  process.env.TMPDIR = directory;
  process.env.CTR_TESTS_TMPDIR = directory;
}
