import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { attempts, inAChroot, typingWorks } from '../../scripts/escape/attempts.ts';
import { modes } from '../../scripts/escape/hostile-workshop.ts';
import { attemptTable } from '../../scripts/escape/table.ts';

beforeAll(() => assertSandbox());

const security = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8');

/** The table in SECURITY.md: the result of each attempt in each mode. */
function promised(): ReadonlyMap<string, string> {
  const rows = security.split('\n').filter((line) => / (held|\*\*open\*\*) \|/.test(line));
  return new Map(
    rows.flatMap((row) => {
      const [, attempt = '', ...cells] = row.split('|').map((cell) => cell.trim());
      return modes.map((mode, index) => [`${attempt}, ${mode}`, cells[index] ?? ''] as const);
    }),
  );
}

test.each(modes)(
  'in the mode “%s” a hostile container gets hold of what SECURITY.md says, and of nothing else',
  async (mode) => {
    const before = await snapshot();
    const found = await attempts([mode]);
    const outcomes = Object.fromEntries(
      found.map(({ attempt, held, detail }) => [attempt, held ? 'held' : `**open** ${detail}`]),
    );
    const wanted = Object.fromEntries(
      found.map(({ attempt }) => [
        attempt,
        (promised().get(`${attempt}, ${mode}`) ?? 'not in the table') === 'held'
          ? 'held'
          : expect.stringContaining(promised().get(`${attempt}, ${mode}`) ?? 'not in the table'),
      ]),
    );
    expect(outcomes).toEqual(wanted);
    // Every line of the table is tried.
    expect(found).toHaveLength(promised().size / modes.length);
    expect(await snapshot()).toBe(before);
  },
  120_000,
);

test('the table in SECURITY.md has the layout that the suite prints', () => {
  const all = [...promised()].map(([key, cell]) => {
    const at = key.lastIndexOf(', ');
    const mode = modes.find((one) => one === key.slice(at + 2)) ?? 'root';
    return { attempt: key.slice(0, at), mode, held: cell === 'held', detail: '' };
  });
  expect(security).toContain(attemptTable(all));
});

test('in a chroot the same attempts reach the host', async () => {
  // Further results depend on the kernel. These attempts succeed everywhere.
  expect(await inAChroot()).toEqual(
    expect.arrayContaining([
      'chroot',
      'open_by_handle_at',
      'core_pattern',
      'mount',
      'mknod',
      'host sysctls',
      'host name',
      'inherited descriptors',
      'environment',
      'a process of the host',
      'a setuid program',
      'more capabilities',
      'kernel keys of the caller',
    ]),
  );
}, 1_200_000);

test('TIOCSTI works without ctr', async () => {
  // Otherwise its failure in a container would prove nothing.
  expect(await typingWorks()).toBe(true);
});
