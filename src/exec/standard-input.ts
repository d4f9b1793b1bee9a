import { fstatSync } from 'node:fs';
import type { Running } from './runner.ts';

/**
 * How a container gets our standard input. Not as it is when it is a file: whoever has a
 * descriptor may open it again by /proc/self/fd, also to write. And never a directory, from which
 * one can walk on (the class of CVE-2024-21626).
 */
export function standardInput(): 'inherit' | 'pipe' | 'ignore' {
  try {
    const stat = fstatSync(0);
    if (stat.isDirectory()) return 'ignore';
    return stat.isFile() || stat.isBlockDevice() ? 'pipe' : 'inherit';
  } catch {
    return 'ignore';
  }
}

/** Hands a file on, when that is how it is given. */
export function feed(running: Running): void {
  if (standardInput() !== 'pipe') return;
  const input = running.input(0);
  // What it did not want to read.
  input.on('error', () => process.stdin.unpipe(input));
  process.stdin.pipe(input);
}
