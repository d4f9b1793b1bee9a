import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { kernelUses } from '../../../rig/kernel-uses.ts';

const golden = new URL('../../golden/', import.meta.url).pathname;
const plans = readdirSync(golden).filter((name) => existsSync(`${golden}${name}/plan.sh`));
const scripts = plans.flatMap((name) =>
  ['plan.sh', 'fast.sh'].map((form) => readFileSync(`${golden}${name}/${form}`, 'utf8')),
);

/** The features in a script that may be kernel modules: link types, tables, matches and targets. */
function uses(script: string): ReadonlySet<string> {
  return new Set(
    [
      ...script.matchAll(/^.*\bip link add .*? (type (?:bridge|\w+))/gm),
      ...script.matchAll(/^.*\biptables .*$/gm),
      ...script.matchAll(/^-A .*$/gm),
    ].flatMap(([line, kind]) =>
      kind === undefined
        ? [...line.matchAll(/ (-[mj] \w+|-t \w+)/g)].map(([, use = '']) => use)
        : [kind],
    ),
  );
}

test('useKernelOnce uses all kernel features of plans', () => {
  const known = uses(kernelUses.join('\n'));
  const needed = new Set(scripts.flatMap((script) => [...uses(script)]));
  expect([...needed].sort()).toEqual(
    expect.arrayContaining([
      '-j MASQUERADE',
      '-m comment',
      '-m conntrack',
      'type bridge',
      'type veth',
    ]),
  );
  expect([...needed].filter((use) => !known.has(use))).toEqual([]);
});
