import { fstatSync } from 'node:fs';
import type { Running } from './runner.ts';

/**
 * How a container gets ctr's standard input. A file goes through a pipe: a process with its descriptor could open it
 * again by /proc/self/fd, even for writing. A directory is never passed on, since a process could escape through it
 * (the class of CVE-2024-21626).
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

/** Copies standard input into the container's pipe, if it has one. */
export function feed(running: Running): void {
  if (standardInput() !== 'pipe') return;
  const input = running.input(0);
  // The container closed its input before it read everything.
  input.on('error', () => process.stdin.unpipe(input));
  process.stdin.pipe(input);
}
