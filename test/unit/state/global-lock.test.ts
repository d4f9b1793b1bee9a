import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sleep } from '../../../src/exec/processes.ts';
import { runner as plain, type Runner } from '../../../src/exec/runner.ts';
import { throughShells } from '../../../src/exec/shells.ts';
import { type StateDirectory, stateDirectory } from '../../../src/state/directory.ts';
import { releaseSoon, tryGlobalLock, withGlobalLock } from '../../../src/state/global-lock.ts';
import type { Lock } from '../../../src/state/lock.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const base = temporaryDirectory();
let path: string;
let directory: StateDirectory;
let runner: Runner;
let started: number;
/** The lock that the test holds. */
let mine: Lock | undefined;

beforeEach(() => {
  path = join(mkdtempSync(join(base, 'lock-')), 'ctr');
  directory = stateDirectory(path);
  // The directory of a running run stays.
  directory.open('one');
  started = 0;
  runner = throughShells({
    ...plain,
    start(argv, options) {
      started += 1;
      return plain.start(argv, options);
    },
  });
});

afterEach(async () => {
  await mine?.release();
  mine = undefined;
});

async function take(): Promise<Lock> {
  mine = await withGlobalLock(runner, directory);
  return mine;
}

/** Whether another process could acquire the lock. */
function isFree(): boolean {
  return spawnSync('flock', ['--nonblock', directory.globalLock, 'true']).status === 0;
}

async function untilFree(): Promise<void> {
  for (let tries = 0; tries < 6000 && !isFree(); tries += 1) await sleep(5);
  expect(isFree()).toBe(true);
}

test('a lock that is needed again at once is not released', async () => {
  const lock = await take();
  const between = releaseSoon(runner, directory, lock);
  expect(await between.acquire()).toBe(lock);
  await sleep(30);
  expect(isFree()).toBe(false);
});

test('after a delay other processes can acquire the lock, and no shell holds it', async () => {
  const between = releaseSoon(runner, directory, await take());
  await untilFree();
  mine = await between.acquire();
  expect(isFree()).toBe(false);
  expect(started).toBe(2);
});

test('ctr waits for another process that has acquired the lock meanwhile', async () => {
  const between = releaseSoon(runner, directory, await take());
  await untilFree();
  const other = await tryGlobalLock(plain, directory);
  let back = false;
  const again = between.acquire().then((lock) => {
    back = true;
    mine = lock;
  });
  await sleep(100);
  expect(back).toBe(false);
  await other?.release();
  await again;
  expect(isFree()).toBe(false);
});

test('if the lock file was replaced meanwhile, ctr locks the new one', async () => {
  const between = releaseSoon(runner, directory, await take());
  await untilFree();
  rmSync(path, { recursive: true });
  mine = await between.acquire();
  expect(mine.inPlace()).toBe(true);
  expect(isFree()).toBe(false);
});
