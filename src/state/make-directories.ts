import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../model/errors.ts';

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Makes a directory and its parents. Node's recursive mkdir never returns if the kernel reports ENOENT although the
 * parent exists, as in proc(5).
 * @throws the system's error.
 */
export function makeDirectories(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && isDirectory(path)) return;
    if (systemCode(error) !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeDirectories(dirname(path), mode);
    makeDirectories(path, mode);
  }
}
