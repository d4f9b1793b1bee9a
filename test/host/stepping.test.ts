import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { dice } from '../../rig/dice.ts';

import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import { runner } from '../../src/exec/runner.ts';
import { shellQuote } from '../../src/model/command.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Context } from '../../src/run/context.ts';
import { headStart } from '../../src/run/head-start.ts';
import { readSource } from '../../src/run/saved-plan.ts';
import { departures } from '../../src/snapshot/index.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { faultsFor } from '../../src/stepping/faults.ts';
import { openStepping, type Stepping } from '../../src/stepping/session.ts';
import { full } from '../support/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let two: string;
let native: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({}));
  native = shop.config('native', tutorial({ firewall: 'nftables' }));
  const container = { rootfs: './labex', command: ['sleep', '600'] };
  two = shop.config('two', {
    version: 1,
    name: 'two',
    networks: {
      net: {
        bridge: { name: 'ctr2' },
        subnets: [{ subnet: '10.80.0.0/24', gateway: '10.80.0.1' }],
      },
    },
    containers: {
      web: { ...container, interfaces: [{ network: 'net' }] },
      db: { ...container, interfaces: [{ network: 'net' }] },
    },
  });
});
afterAll(() => shop.remove());
// A run that a failed test leaves must not fail the next one.
afterEach(async () => {
  await ctr(['down', '--all']);
});

function context(): Context {
  return {
    ...{ language: 'en', json: false, quiet: true, verbose: false, color: false },
    ...{ stateDir: join(shop.directory, 'state'), stateChosen: true, environment: {} },
    runner,
    print: () => undefined,
    tell: () => undefined,
    ...{ mayAsk: false, colorOnError: false, tellColored: () => undefined },
  };
}

async function open(path: string): Promise<Stepping & { stop(): Promise<void> }> {
  const { config, ...source } = readSource(path, {});
  const start = await headStart(context(), false);
  const stepping = await openStepping(context(), start, config, {
    fast: false,
    approve: source.approve,
    warn: () => undefined,
    see: () => undefined,
  });
  const stop = async () => {
    expect(await stepping.end()).toEqual([]);
    await start.drop();
    start.interrupt.stop();
  };
  return { ...stepping, stop };
}

describe('the console', () => {
  test.each([
    ['one family', {}],
    ['two families', { bridge_ip6: 'auto' }],
  ])(
    'forward to the end, back to the start, forward again, %s; each state equals its snapshot',
    async (name, change) => {
      const config = shop.config(name.replace(' ', '-'), tutorial(change));
      const keys = join(shop.directory, 'keys');
      writeFileSync(keys, `${'n'.repeat(17)} ${'b'.repeat(17)} ${'n'.repeat(17)} q\n`);
      const before = await snapshot();
      const ran = await ctr(['up', '--step', '--keys', keys, config]);
      expect(ran.code).toBe(0);
      expect(ran.out.match(/state equals the snapshot from before this step: yes/g)).toHaveLength(
        17,
      );
      expect(ran.out).not.toContain('this step: no');
      expect(ran.out.match(/✔ 17 release-child/g)).toHaveLength(2);
      expect(ran.out).toContain('everything is undone');
      expect(await snapshot()).toBe(before);
    },
  );

  test('a change by hand is a step of its own, and is taken back', async () => {
    const keys = join(shop.directory, 'keys');
    writeFileSync(
      keys,
      'nnnnnnnnn\n! ip route del default\nb i\n! ip addr add 10.1.1.1/24 dev eth0\nb q\n',
    );
    const before = await snapshot();
    const ran = await ctr(['up', '--step', '--keys', keys, file]);
    expect(ran.code).toBe(0);
    expect(ran.out.match(/9½ by hand/g)).toHaveLength(4);
    expect(ran.out).toContain('ip route add default via');
    expect(ran.out).toContain('ip addr del 10.1.1.1/24 dev eth0');
    expect(ran.out).not.toContain('this step: no');
    expect(await snapshot()).toBe(before);
  });

  test('what was broken is found again, and ctr says when it is right', async () => {
    const keys = join(shop.directory, 'keys');
    writeFileSync(keys, 'r x1 f h h f s q\n');
    const before = await snapshot();
    const ran = await ctr(['up', '--step', '--keys', keys, file]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('this is still different:');
    expect(ran.out).toContain('hint 1/');
    expect(ran.out).toContain('put right with: ');
    expect(await snapshot()).toBe(before);
  });

  test('a prediction is judged by what happened', async () => {
    const keys = join(shop.directory, 'keys');
    writeFileSync(keys, 'nnn 1 n 2 n q\n');
    const { out } = await ctr(['up', '--step', '--keys', keys, file]);
    expect(out).toMatch(/not this time\. A bridge has carrier/);
    expect(out).toMatch(/correct\. One end of a veth pair/);
  });

  test('words are explained, the network is drawn, and the recording has every move', async () => {
    const keys = join(shop.directory, 'keys');
    const recording = join(shop.directory, 'steps.ctr.ndjson');
    writeFileSync(keys, 'nnn e n g b i q\n');
    const ran = await ctr(['up', '--step', '--keys', keys, '--record', recording, file]);
    expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('recorded: ctr replay')]);
    expect(ran.out).toContain('└ iproute2, the tool that talks to the kernel');
    expect(ran.out).toContain('┌─ host ');
    const replayed = await ctr(['replay', recording]);
    expect(replayed.out).toContain('viewing step 4 of 17 ·');
    expect(replayed.out).toContain('viewing step 4 of 17, undone');
  });

  test('without a terminal and without keys it is refused before anything runs', async () => {
    const before = await snapshot();
    const ran = await ctr(['up', '--step', file]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('this is not a terminal');
    expect(await snapshot()).toBe(before);
  });

  test('both languages, without colour, within 80 columns but for commands', async () => {
    const keys = join(shop.directory, 'keys');
    writeFileSync(keys, 'nnnnnnn ie bb q\n');
    const { out } = await ctr(['--lang', 'zh', 'up', '--step', '--keys', keys, file]);
    expect(out).toContain('下一步');
    expect(out).toContain('状态与这一步之前的快照一致：是');
    expect(out).not.toContain('\u001b');
  });
});

test.each([
  ['the tutorial', () => file],
  ['a lab in nftables', () => native],
])('%s: each fault breaks something, and its own commands put it right', async (_, path) => {
  const { stepper, plan, stop } = await open(path());
  while (stepper.at() < plan.steps.length) await stepper.forward();
  const faults = faultsFor(plan, stepper.state());
  expect(faults.map(({ id }) => id)).toEqual([
    ...['cable', 'unplugged', 'address', 'route', 'eth'],
    ...['bridge-ctr0', 'forwarding-ctr0', 'nat-ctr0'],
  ]);
  for (const { id, commands } of faults) {
    const { failed } = await stepper.run(commands);
    expect([id, failed]).toEqual([id, undefined]);
    expect([id, stepper.differs().length]).not.toEqual([id, 0]);
    const { lines, differs } = await stepper.restore();
    expect([id, differs]).toEqual([id, []]);
    // Without building the run anew.
    expect(lines.join('\n')).not.toContain('unshare');
  }
  await stop();
});

/** Moves at random, as a learner who tries everything. */
async function wander(path: string, moves: number, seed: number): Promise<Record<string, number>> {
  const stepping = await open(path);
  const { stepper, plan } = stepping;
  const { below } = dice(seed);
  const first: Snapshot[] = [stepper.state()];
  const count: Record<string, number> = { next: 0, back: 0, break: 0, hand: 0 };
  const expectSame = () => {
    const was = first[stepper.at()];
    if (was === undefined) first[stepper.at()] = stepper.state();
    else expect(departures(was, stepper.state())).toEqual([]);
  };
  for (let move = 0; move < moves; move += 1) {
    const roll = below(10);
    if (roll < 5 && stepper.at() < plan.steps.length) {
      const made = await stepper.forward();
      expect('failure' in made ? made.failure : undefined).toBeUndefined();
      count.next = (count.next ?? 0) + 1;
    } else if (roll < 8 && stepper.at() > 0) {
      const made = await stepper.back();
      expect('differs' in made ? made.differs : undefined).toEqual([]);
      count.back = (count.back ?? 0) + 1;
    } else {
      const faults = faultsFor(plan, stepper.state());
      const fault = faults[below(Math.max(1, faults.length))];
      if (roll === 8 && fault !== undefined) {
        await stepper.run(fault.commands);
        expect(stepper.differs()).not.toEqual([]);
        count.break = (count.break ?? 0) + 1;
      } else {
        const byHand = [
          'link add name hand type veth peer name other',
          'route add 10.99.0.0/16 dev lo',
        ];
        await sh(['sh', '-c', `ip ${byHand[below(byHand.length)]}; true`]);
        await stepper.look();
        count.hand = (count.hand ?? 0) + 1;
      }
      const { differs } = await stepper.restore();
      expect(differs).toEqual([]);
    }
    expectSame();
  }
  await stepping.stop();
  return count;
}

test.each([
  ['the tutorial', () => file, full ? 120 : 40, 1],
  ['two containers', () => two, full ? 90 : 25, 2],
  ['a lab in nftables', () => native, full ? 90 : 25, 3],
] as const)(
  'random walks through %s: each position is what it was at first',
  async (_, path, moves, seed) => {
    const before = await snapshot();
    const count = await wander(path(), moves, seed);
    console.log('stepping: walk', JSON.stringify(count));
    expect(await snapshot()).toBe(before);
  },
);

test('goto reaches each stage in any order, and each is what it was', async () => {
  const before = await snapshot();
  const up = await ctr(['up', '-d', '--until', 'start', two]);
  expect([up.code, up.err]).toEqual([0, '']);
  const { steps } = JSON.parse((await ctr(['--json', 'plan', two])).out) as Plan;
  const { below } = dice(7);
  for (let turn = 0; turn < (full ? 20 : 5); turn += 1) {
    const stage = below(steps.length + 1);
    const went = await ctr(['--json', 'goto', 'two', String(stage)]);
    expect(JSON.parse(went.out)).toMatchObject({ at: stage, equal: true });
    const checked = await ctr(['check', 'two', '--stage', String(stage)]);
    expect([checked.code, checked.out]).toEqual([
      0,
      `✔ this is stage ${stage} of ${steps.length}\n`,
    ]);
  }
  expect((await ctr(['goto', 'two', 'nosuch'])).code).toBe(2);
  expect((await ctr(['down', 'two'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('goto takes over a run that nobody keeps at a stage', async () => {
  const before = await snapshot();
  expect((await ctr(['up', '-d', two])).code).toBe(0);
  expect((await ctr(['goto', 'two', 'create-veth'])).code).toBe(0);
  expect((await ctr(['check', 'two', '--stage', 'create-veth'])).code).toBe(0);
  expect((await ctr(['down', 'two'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

test('after kill -9 of its stage server, a run at a stage is cleaned up by the next ctr', async () => {
  const before = await snapshot();
  expect((await ctr(['up', '-d', '--until', '12', two])).code).toBe(0);
  const notes = readFileSync('/run/ctr/two/notes', 'utf8');
  const [, pid = ''] = /"stepper","pid":(\d+)/.exec(notes) ?? [];
  process.kill(Number(pid), 'SIGKILL');
  expect((await ctr(['gc'])).code).toBe(0);
  expect(await snapshot()).toBe(before);
});

describe('a stage that somebody builds by hand', () => {
  /** The plan's lines, each with the pid of the container once it has one. */
  function byHand(plan: Plan, stop: number, without: readonly [number, number]) {
    const script: string[] = [];
    const steps = plan.steps.slice(0, stop);
    for (const [step, { commands }] of steps.entries()) {
      for (const [index, command] of commands.entries()) {
        if (step === without[0] && index === without[1]) continue;
        const line = lineOf(command);
        if (command.starts !== undefined) {
          script.push(
            'mkfifo gate said',
            `${line} 3<>gate 4>said 5>/dev/null 2>/dev/null &`,
            'read -r name labex_pid <said',
          );
        } else if (command.gates !== undefined) script.push(`${line} >gate`);
        else script.push(line);
      }
    }
    return script.join('\n');
  }

  function lineOf({ argv, input }: Plan['steps'][number]['commands'][number]): string {
    const words = argv.map((arg) =>
      typeof arg === 'string'
        ? shellQuote(arg)
        : `"${arg.before ?? ''}\${labex_pid}${arg.after ?? ''}"`,
    );
    const text = typeof input === 'string' ? ` <<'END' >/dev/null\n${input}END` : '';
    return `${words.join(' ')}${text}`;
  }

  /** Builds a stage in a sandbox host of its own, and asks ctr about it. */
  async function asked(stop: number, without: readonly [number, number]): Promise<string> {
    const plan = join(shop.directory, 'stage.plan');
    const saved = JSON.parse(readFileSync(plan, 'utf8')).plan as Plan;
    const strict = saved.steps[without[0]]?.id === 'stage-root';
    const lines = byHand(saved, stop, without);
    const script = join(shop.directory, 'by-hand.sh');
    // Without its tmpfs, the next commands would write to this machine's /mnt: it ends at the first failure there.
    const ask = `${process.execPath} ${ctrPath} check ${plan} --stage ${stop}`;
    writeFileSync(
      script,
      `cd "$(mktemp -d -p ${shop.directory})"\ntrap 'set +e; ${ask}; echo "code $?"' EXIT\n${strict ? 'set -e\n' : ''}${lines}\n`,
    );
    const { out } = await ctr(['sandbox', '--', 'sh', script]);
    return out;
  }

  test('only the complete one passes; each command that is left out is named', async () => {
    const plan = join(shop.directory, 'stage.plan');
    expect(
      (await ctr(['sandbox', '--', process.execPath, ctrPath, 'plan', '--out', plan, file])).code,
    ).toBe(0);
    const { steps } = JSON.parse(readFileSync(plan, 'utf8')).plan as Plan;
    const stop = steps.length - 1;
    let left = 0;
    expect(await asked(stop, [-1, -1])).toContain(`✔ this is stage ${stop} of ${steps.length}`);
    for (const [step, { id, commands }] of steps.slice(0, stop).entries()) {
      for (const [index, { makes, starts }] of commands.entries()) {
        // A command that makes nothing only tests. Without the process, nothing after it has a place.
        if (makes.length === 0 || starts !== undefined) continue;
        left += 1;
        if (!full && left % 4 !== 1) continue;
        const out = await asked(stop, [step, index]);
        expect([id, index, out]).toEqual([id, index, expect.stringContaining('code 7')]);
        expect([id, index, out]).toEqual([
          id,
          index,
          expect.stringMatching(new RegExp(`missing: .*\\(${step + 1} ${id}\\)`)),
        ]);
      }
    }
  });
});
