import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freshFacts } from '../../../rig/fresh-facts.ts';
import { tutorialConfig as config } from '../../../rig/tutorial-config.ts';
import type { Launcher } from '../../../src/exec/launcher.ts';
import type { Event, Undone } from '../../../src/model/events.ts';
import { groupOf } from '../../../src/model/names.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { makePlan, plannedResources } from '../../../src/plan.ts';
import { type Applied, apply } from '../../../src/run/apply.ts';
import { walkBack } from '../../../src/run/walk-back.ts';
import { type TeardownOrder, teardown, teardownOrders } from '../../../src/teardown.ts';
import { outcome, ToyHost, toyRunner } from '../../support/world.ts';

// Forwarding is on in these facts, since the simulated host has no /proc/sys.
const plan = makePlan(
  config,
  freshFacts({
    sysctls: { 'net/ipv4/conf/default/forwarding': '1', 'net/ipv4/conf/wan0/forwarding': '1' },
  }),
);
const commands = plan.steps.reduce((sum, step) => sum + step.commands.length, 0);
// No process has this pid, so ctr finds at once that it has ended.
const pid = 4_194_303;

type Fault = 'before' | 'after' | undefined;

function launcherOf(host: ToyHost, fault: (line: string) => Fault): Launcher {
  return {
    async start(_container, argv) {
      const when = fault('start');
      if (when === 'before') return { outcome: outcome(argv, 'on purpose') };
      host.children.add(pid);
      const said = outcome(argv, when === 'after' ? 'on purpose' : '');
      return { outcome: said, started: { pid } };
    },
    async open() {},
    abandon: () => void host.children.delete(pid),
    ended: () => Promise.resolve(0),
    releaseNetworks: () => undefined,
  };
}

async function drain<T>(
  events: AsyncGenerator<Event, T>,
  see: (event: Event) => void = () => undefined,
): Promise<T> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    see(next.value);
  }
}

/** Runs the plan on the simulated host. The n-th command of the way up fails. */
async function run(host: ToyHost, at: number, when: 'before' | 'after') {
  let count = 0;
  const fault = (): Fault => {
    const now = count === at;
    count += 1;
    return now ? when : undefined;
  };
  const launcher = launcherOf(host, fault);
  const applied: Applied = await drain(
    apply(
      plan,
      { runner: toyRunner(host, fault), launcher, note: () => undefined, oneByOne: true },
      new AbortController().signal,
    ),
  );
  return { applied, launcher };
}

const group = groupOf('labex');

function wayBack(resources: readonly Resource[], order: TeardownOrder = 'exact') {
  return teardown(resources, { run: 'labex', group, order });
}

async function undo(
  host: ToyHost,
  resources: readonly Resource[],
  launcher?: Launcher,
  order: TeardownOrder = 'exact',
) {
  const seen: Undone[] = [];
  const left = await drain(
    walkBack(wayBack(resources, order), {
      runner: toyRunner(host, () => undefined),
      children: new Map([['labex', { pid, start: '1' }]]),
      stillUsedBy: () => undefined,
      stopMs: 0,
      letVanish: async (names) => names.filter((name) => host.links.has(name)),
      group,
      ...(launcher === undefined ? {} : { launcher }),
    }),
    (event) => {
      if (event.event === 'undo') seen.push(event);
    },
  );
  return { left, seen };
}

test('a failure at any command, before or after its effect, restores the host', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: commands }),
      fc.constantFrom('before' as const, 'after' as const),
      fc.constantFrom(...teardownOrders),
      async (at, when, order) => {
        const host = new ToyHost();
        const before = host.state();
        const { applied, launcher } = await run(host, at, when);
        expect(applied.result).toBe(at < commands ? 'failed' : 'applied');
        const { left } = await undo(host, applied.begun, launcher, order);
        expect(left).toEqual([]);
        expect(host.state()).toBe(before);
      },
    ),
    { numRuns: 6 * commands },
  );
});

test('after a crash at any moment, the recorded undos restore the host', async () => {
  for (let pulls = 0; pulls < 3 * commands; pulls += 1) {
    const host = new ToyHost();
    const before = host.state();
    const none = () => undefined;
    const launcher = launcherOf(host, none);
    const events = apply(
      plan,
      { runner: toyRunner(host, none), launcher, note: () => undefined, oneByOne: true },
      new AbortController().signal,
    );
    for (let pull = 0; pull < pulls; pull += 1) await events.next();
    // Simulates a crash of ctr. The container's process ends with it.
    host.children.clear();
    const { left } = await undo(host, plannedResources(plan), undefined, teardownOrders[pulls % 3]);
    expect(left).toEqual([]);
    expect(host.state()).toBe(before);
  }
});

test('undos run in the exact reverse of the order in which the changes were made', async () => {
  const host = new ToyHost();
  const { applied, launcher } = await run(host, -1, 'before');
  const { seen } = await undo(host, applied.begun, launcher);
  expect(
    seen.map(({ line }) => /-D \S+|link del dev \S+|kill -s KILL/.exec(line)?.[0] ?? line),
  ).toEqual([
    '-D POSTROUTING',
    '-D FORWARD',
    '-D FORWARD',
    '-D FORWARD',
    'kill -s KILL',
    `link del dev ${plan.lab.containers[0]?.attachments[0]?.outer}`,
    'link del dev ctr0',
  ]);
});

test('the fast way back merges, and walks what was planned', async () => {
  const host = new ToyHost();
  const { applied, launcher } = await run(host, -1, 'before');
  host.ran.length = 0;
  const { seen } = await undo(host, applied.begun, launcher, 'lanes');
  expect(new Set(seen.map(({ result }) => result))).toEqual(new Set(['done', 'gone']));
  const planned = wayBack(applied.begun, 'lanes').flatMap(({ commands: all }) =>
    all.map(({ argv }) => argv.map(String).join(' ')),
  );
  const own = host.ran.filter((line) => planned.includes(line));
  expect(own).toEqual(expect.arrayContaining(planned.filter((line) => !line.startsWith('kill'))));
});

test('ctr never removes a foreign link with one of its names', async () => {
  const host = new ToyHost();
  host.links.set('ctr0', { name: 'ctr0', group: 0 });
  const { left, seen } = await undo(host, plannedResources(plan));
  expect(host.links.has('ctr0')).toBe(true);
  expect(seen.at(-1)?.result).toBe('not-ours');
  expect(left).toEqual([]);
});

test('ctr does not undo something that existed before and made its command fail', async () => {
  const host = new ToyHost();
  host.links.set('ctr0', { name: 'ctr0', group: 0 });
  const { applied, launcher } = await run(host, -1, 'before');
  expect(applied).toMatchObject({ result: 'failed', begun: [] });
  await undo(host, applied.begun, launcher);
  expect([...host.links.keys()]).toEqual(['ctr0']);
});

test('an undo that keeps failing is reported as left, with its command, and the others still run', async () => {
  const host = new ToyHost();
  const { applied } = await run(host, -1, 'before');
  host.children.clear();
  const left = await drain(
    walkBack(wayBack(applied.begun), {
      runner: toyRunner(host, (line) => (line === 'ip link del dev ctr0' ? 'before' : undefined)),
      children: new Map(),
      stillUsedBy: () => undefined,
      stopMs: 0,
      group,
    }),
  );
  expect(left.map((one) => one.line)).toEqual(['ip link del dev ctr0']);
  expect(host.rules).toEqual([]);
  expect([...host.links.keys()]).toEqual(['ctr0']);
});

test('ctr keeps what another run still uses, and names that run', async () => {
  const host = new ToyHost();
  const { applied, launcher } = await run(host, -1, 'before');
  const seen: Event[] = [];
  await drain(
    walkBack(wayBack(applied.begun), {
      runner: toyRunner(host, () => undefined),
      children: new Map([['labex', { pid, start: '1' }]]),
      stillUsedBy: (key) => (key === 'bridge:ctr0' ? 'other' : undefined),
      stopMs: 0,
      group,
      launcher,
    }),
    (event) => seen.push(event),
  );
  expect(seen.at(-1)).toMatchObject({ result: 'kept', reason: 'other' });
  expect([...host.links.keys()]).toEqual(['ctr0']);
});
