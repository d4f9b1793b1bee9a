import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect } from '@jest/globals';

/** Expects this text in a golden file. @throws an error with the command that rewrites golden files. */
export function expectGolden(text: string, path: string): void {
  try {
    expect(text).toBe(readFileSync(path, 'utf8'));
  } catch (error) {
    const file = relative(process.cwd(), path);
    const way = `If ${file} should change: npm run golden, then read git diff ${file}`;
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${way}`);
  }
}
