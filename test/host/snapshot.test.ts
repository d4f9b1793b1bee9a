import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { type Moved, type Walk, walk } from '../../rig/walk.ts';
import { workshop } from '../../rig/workshop.ts';
import { madeBy } from '../../src/model/step.ts';
import type { CausedChange, Diff } from '../../src/snapshot/change.ts';
import { departures, explain } from '../../src/snapshot/index.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
const files: Record<string, string> = {};

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  const container = { rootfs: './labex', command: ['sleep', '60'] };
  files.tutorial = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
  const lab = (name: string, bridge: string) => ({
    version: 1,
    name,
    networks: {
      front: {
        bridge: { name: bridge },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
    },
    containers: {
      web: { ...container, interfaces: [{ network: 'front' }] },
      db: { ...container, interfaces: [{ network: 'front' }] },
    },
  });
  files.lab = shop.config('lab', lab('lab', 'ctr1'));
  files.existing = shop.config('existing', lab('existing', 'br0'));
});
afterAll(() => shop.remove());

function diffOf({ before, after, command }: Moved): Diff {
  return explain(before, after, { makes: madeBy(command), removes: command.removes ?? [] });
}

function line({ place, op, object, of, field, from, to }: CausedChange): string {
  return [place, op, object, of, field, from, to].join(' ');
}

/** What nobody asked for and no side effect explains, or a step promised and did not make. */
function unexplained(moves: readonly Moved[]): readonly string[] {
  return moves.flatMap((move) => {
    const { changes, missing } = diffOf(move);
    const unknown = changes.filter(({ cause, why }) => cause === 'surprise' && why === undefined);
    return [...unknown.map(line), ...missing.map(({ en }) => `missing: ${en}`)].map(
      (text) => `${move.line}: ${text}`,
    );
  });
}

/** The surprises of the commands whose line has these words. */
function surprises({ there }: Walk, words: string): readonly CausedChange[] {
  return there
    .filter((move) => move.line.includes(words))
    .flatMap((move) => diffOf(move).changes.filter(({ cause }) => cause === 'surprise'));
}

function find(changes: readonly CausedChange[], wanted: Partial<CausedChange>) {
  return changes.find((change) =>
    Object.entries(wanted).every(([key, value]) => change[key as keyof CausedChange] === value),
  );
}

describe.each([
  ['the tutorial', 'tutorial', false],
  ['the tutorial, fast', 'tutorial', true],
  ['two containers', 'lab', false],
  ['two containers, fast', 'lab', true],
  ['two containers on a bridge that was there', 'existing', false],
  ['two containers on a bridge that was there, fast', 'existing', true],
] as const)('%s', (_, name, fast) => {
  let walked: Walk;
  beforeAll(async () => {
    if (name === 'existing') {
      const { err } = await sh([
        'sh',
        '-c',
        'ip link add name br0 type bridge && ip addr add 10.88.0.1/24 dev br0 && ip link set dev br0 up',
      ]);
      expect(err).toBe('');
    }
    walked = await walk(files[name] ?? '', fast);
  }, 120_000);
  afterAll(async () => {
    if (name === 'existing') await sh(['ip', 'link', 'del', 'dev', 'br0']);
  });

  test('every change is asked for or explained, and every resource appears', () => {
    expect(unexplained([...walked.there, ...walked.back])).toEqual([]);
    expect(walked.there.length).toBeGreaterThan(fast ? 5 : 20);
  });

  test('the way back ends in the first state', () => {
    const last = walked.back.at(-1)?.after;
    expect(last && departures(walked.first, last)).toEqual([]);
  });

  test('no reading waited until its limit', () => {
    expect(walked.there.filter(({ ms }) => ms > 2000).map((move) => move.line)).toEqual([]);
  });

  if (fast) return;

  test('the outer end waits for the other one', () => {
    const found = walked.there
      .flatMap((move) => diffOf(move).changes)
      .filter(({ to }) => to === 'LOWERLAYERDOWN');
    expect(found.map(({ cause }) => cause)).toEqual(found.map(() => 'surprise'));
    expect(found.length).toBe(name === 'tutorial' ? 1 : 2);
    expect(found[0]?.why?.en).toContain('LOWERLAYERDOWN means');
  });

  test('the connected route and the carrier come by themselves', () => {
    const found = surprises(walked, '--net ip link set dev eth0 up');
    const route = find(found, { object: 'route', op: 'added', kind: 'kernel unicast' });
    expect(route?.why?.en).toContain('The kernel makes this route');
    expect(find(found, { kind: 'veth', field: 'state', to: 'UP' })?.why?.en).toContain(
      'both ends are up',
    );
    // A bridge that was there and has no ports keeps the carrier that it began with.
    if (name === 'existing') return;
    const bridge = name === 'lab' ? 'ctr1' : 'ctr0';
    expect(find(found, { of: bridge, field: 'state', to: 'UP' })?.why?.en).toContain(
      'as soon as one of its ports works',
    );
    expect(find(found, { object: 'route', field: 'linkdown', to: 'no' })?.why).toBeDefined();
    const raised = surprises(walked, `ip link set dev ${bridge} up`);
    expect(find(raised, { object: 'route', to: 'linkdown' })?.why?.en).toContain('no carrier yet');
  });
});
