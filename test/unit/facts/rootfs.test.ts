import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { lookUp, readRootfs } from '../../../src/facts/rootfs.ts';

const root = mkdtempSync(join(tmpdir(), 'ctr-rootfs-'));
mkdirSync(join(root, 'srv/www'), { recursive: true });
symlinkSync('/srv/www', join(root, 'site'));
symlinkSync(tmpdir(), join(root, 'outside'));
writeFileSync(join(root, 'file'), '');
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['/', 'found'],
  ['/srv/www', 'found'],
  ['/srv/www/', 'found'],
  ['/srv/nosuch/../www', 'found'],
  ['/site', 'found'],
  ['/nosuch', 'not-found'],
  ['/file', 'not-found'],
  // The link is resolved inside the root file system, where its target does not exist.
  ['/outside', 'not-found'],
  // ctr makes or mounts these in every container.
  ['/root', 'found'],
  ['/tmp/', 'found'],
  ['/proc/sys', 'found'],
  ['/tmp/nosuch', 'not-found'],
])('a command that starts in %s: the directory is %s', (directory, found) => {
  const container = { rootfs: root, command: ['sh'], environment: {}, working_dir: directory };
  expect(readRootfs([container])[root]?.directories).toEqual({ [directory]: found });
});

test.each([
  ['/srv/www', 'not-executable'],
  ['/', 'not-executable'],
  ['/site', 'not-executable'],
  ['/file', 'not-executable'],
  ['/srv/nosuch', 'not-found'],
  // A search along PATH skips directories.
  ['www', 'not-found'],
  ['', 'not-found'],
])('the program %s is %s, as execvp(3) says', (program, found) => {
  expect(lookUp(root, program, '/srv')).toBe(found);
});
