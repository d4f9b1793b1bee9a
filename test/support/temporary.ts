import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** Makes a directory for the tests of one file, and removes it after them. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ctr-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
