import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ctrPath } from './ctr.ts';

/** An unprivileged user without an entry in /etc/passwd. */
export const userId = 54_321;

/** A command prefix that runs a command as this user. */
export const asUser: readonly string[] = [
  ...['setpriv', '--reuid', String(userId), '--regid', String(userId), '--clear-groups'],
];

/** Copies ctr to where this user can read it. @returns the command that runs the copy. */
export function copyOfCtr(directory: string): readonly string[] {
  cpSync(dirname(ctrPath), join(directory, 'dist'), { recursive: true });
  return [process.execPath, join(directory, 'dist/ctr.js')];
}
