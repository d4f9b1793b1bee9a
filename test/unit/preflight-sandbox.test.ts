import { expect, test } from '@jest/globals';
import { freshFacts } from '../../rig/fresh-facts.ts';
import { tutorialConfig as config } from '../../rig/tutorial-config.ts';
import type { Facts, RootfsFact } from '../../src/facts/index.ts';
import { settle } from '../../src/resolve/lab.ts';
import { preflight } from '../../src/resolve/preflight.ts';

function warnings(rootfs: Partial<RootfsFact>, change: Partial<Facts> = {}): readonly string[] {
  const well: RootfsFact = {
    state: 'directory',
    realPath: '/srv/labex',
    unsafe: [],
    commands: {},
    directories: {},
  };
  const facts = freshFacts({ rootfs: { '/srv/labex': { ...well, ...rootfs } }, ...change });
  const { lab } = settle(config, facts);
  return preflight(lab, facts, []).warnings.map(({ code, message }) => `${code} ${message.en}`);
}

const elsewhere = freshFacts().links.map((link) => ({ ...link, mac: '02:00:00:00:00:09' }));

test('a root file system with a package manager causes a warning only in a sandbox host', () => {
  expect(warnings({ packageManager: 'apk' })).toContainEqual(expect.stringMatching(/^W115 apk /));
  expect(warnings({})).toEqual([]);
  expect(warnings({ packageManager: 'apk' }, { links: elsewhere })).toEqual([]);
});

test('a root file system of another user causes a warning if there is only one user', () => {
  const one = { userIds: 1 };
  expect(warnings({ foreign: true }, one)).toContainEqual(expect.stringMatching(/^W116 /));
  expect(warnings({ foreign: true })).toEqual([]);
  expect(warnings({}, one)).toEqual([]);
});
