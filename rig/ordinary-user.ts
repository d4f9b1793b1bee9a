import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ctrPath } from './ctr.ts';

/** A user without any privilege, and without an entry in /etc/passwd. */
export const userId = 54_321;

/** What stands before a command that this user runs. */
export const asUser: readonly string[] = [
  ...['setpriv', '--reuid', String(userId), '--regid', String(userId), '--clear-groups'],
];

/** Copies ctr to where this user may read it. @returns the words that run the copy. */
export function copyOfCtr(directory: string): readonly string[] {
  cpSync(dirname(ctrPath), join(directory, 'dist'), { recursive: true });
  return [process.execPath, join(directory, 'dist/ctr.js')];
}
