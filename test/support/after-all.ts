import { existsSync, readdirSync, rmSync } from 'node:fs';

/** @throws an error that lists temporary files left by tests. */
export default function afterAll(): void {
  const directory = process.env.CTR_TESTS_TMPDIR;
  if (directory === undefined || !existsSync(directory)) return;
  const left = readdirSync(directory);
  rmSync(directory, { recursive: true });
  if (left.length > 0) throw new Error(`temporary files that the tests left: ${left.join(', ')}`);
}
