import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { debianPlugins } from '../../rig/cni.ts';
import { type Candidate, obligations, tried } from '../../rig/cni-obligations.ts';
import { ctr } from '../../rig/ctr.ts';
import { shell } from '../../rig/shell.ts';

/** CTR_GOLDEN=write writes it. */
const page = 'docs/cni-conformance.md';

let folder: string;
beforeAll(async () => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-cni-'));
  expect((await ctr(['cni', 'install', `${folder}/bin`, '--net-dir', `${folder}/net`])).code).toBe(
    0,
  );
  await shell('ip netns add first', 'ip netns del first');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Tried = readonly [mine: boolean, reference: boolean];

const sign = (holds: boolean) => (holds ? 'yes' : '**no**');

function pageOf(results: readonly Tried[]): string {
  const rows = obligations.map(({ verb, weight, text }, index) => {
    const [mine = false, reference = false] = results[index] ?? [];
    return `| ${verb} | ${weight} | ${text} | ${sign(mine)} | ${sign(reference)} |`;
  });
  const kept = (column: 0 | 1, weight?: string) => {
    const asked = obligations.flatMap((one, index) =>
      weight === undefined || one.weight === weight ? [results[index]?.[column] === true] : [],
    );
    return `${asked.filter(Boolean).length} of ${asked.length}`;
  };
  const weights = ['must', 'should', 'engines', 'host'];
  return `<!-- Written by test/host/cni-conformance.test.ts with CTR_GOLDEN=write. -->

# What the CNI specification asks, and who does it

Both plugins were asked in the same run on the same host: \`ctr\` with its own addresses, and Debian's reference
plugin \`bridge\` with \`host-local\` (containernetworking-plugins 1.1.1, which knows the specification up to 1.0.0, so
it has neither GC nor STATUS). *must* and *should* are the words of [CNI 1.1.0](https://www.cni.dev/docs/spec/) or
follow from it; *engines* is what podman, containerd and CRI rely on; *host* is what a host deserves.

| | ctr | bridge + host-local |
|---|---|---|
${weights.map((one) => `| ${one} | ${kept(0, one)} | ${kept(1, one)} |`).join('\n')}
| all | ${kept(0)} | ${kept(1)} |

| verb | weight | obligation | ctr | bridge + host-local |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

test('ctr keeps every obligation; the page says how the reference plugin does', async () => {
  const candidates: readonly [Candidate, Candidate] = [
    {
      name: 'ctr',
      file: `${folder}/bin/ctr`,
      type: 'ctr',
      version: '1.1.0',
      ipam: (subnet) => ({ type: 'ctr', subnet }),
    },
    {
      name: 'bridge',
      file: `${debianPlugins}/bridge`,
      type: 'bridge',
      version: '1.0.0',
      ipam: (subnet) => ({ type: 'host-local', subnet, dataDir: `${folder}/leases` }),
    },
  ];
  const results: Tried[] = [];
  for (const one of obligations) {
    results.push([
      await tried(one, candidates[0], folder),
      await tried(one, candidates[1], folder),
    ]);
  }
  const text = pageOf(results);
  if (process.env.CTR_GOLDEN === 'write') writeFileSync(page, text);
  expect(
    obligations.filter((_, index) => results[index]?.[0] !== true).map(({ text }) => text),
  ).toEqual([]);
  expect(existsSync(page) && readFileSync(page, 'utf8')).toBe(text);
}, 900_000);
