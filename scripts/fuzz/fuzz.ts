import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { bridgeLink } from '../../rig/bridge-link.ts';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Facts } from '../../src/facts/index.ts';
import { parseFacts } from '../../src/facts/schema.ts';
import { compact } from '../../src/fast/compact.ts';
import { CtrError, exitCodes } from '../../src/model/errors.ts';
import { groupOf } from '../../src/model/names.ts';
import type { Plan } from '../../src/model/plan.ts';
import { sharedAs } from '../../src/model/resource.ts';
import { madeBy } from '../../src/model/step.ts';
import { languages } from '../../src/model/text.ts';
import { makePlan, plannedResources } from '../../src/plan.ts';
import { renderers } from '../../src/render/index.ts';
import { problem } from '../../src/render/problem.ts';
import { settle } from '../../src/resolve/lab.ts';
import { preflight } from '../../src/resolve/preflight.ts';
import { readSource, savePlan } from '../../src/run/saved-plan.ts';
import { teardown, teardownOrders } from '../../src/teardown.ts';
import { configTexts } from './configs.ts';
import { lintPlan } from './lint-plan.ts';

/** The result for one text. */
export interface Verdict {
  readonly valid: boolean;
  readonly planned: boolean;
  /** The number of commands checked. */
  readonly commands: number;
  readonly codes: readonly string[];
}

/** Control characters except the line feed, and invisible characters such as those that reverse text. */
const dangerous = /[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u;

function insist(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}

function sanitize(text: string, what: string): void {
  insist(!dangerous.test(text), () => {
    const at = text.search(dangerous);
    return `${what} has power over the terminal: ${JSON.stringify(text.slice(Math.max(0, at - 40), at + 20))}`;
  });
}

/** Facts of a host with a random state: the config's bridge may exist, other runs may run. */
function factsFor(config: Config, dice: readonly number[]): Facts {
  const [shape = 0, bits = 0] = dice;
  const bit = (n: number) => ((bits >> n) & 1) === 1;
  const networks = Object.values(config.networks);
  const bridges = networks.map(({ bridge, subnets: [subnet] }) =>
    bridgeLink(bridge.name, ...(bit(0) ? [`${subnet?.gateway ?? '10.0.0.1'}/24`] : [])),
  );
  let facts = freshFacts({
    ...(bit(5) ? { tools: { ...freshFacts().tools, conntrack: '/usr/sbin/conntrack' } } : {}),
    terminal: bit(1) ? 'xterm-256color' : null,
    ...(bit(4)
      ? { cgroup: { mount: '/sys/fs/cgroup', controllers: ['memory', 'pids'], netns: 4026531840 } }
      : {}),
    ...(bit(2) ? { sysctls: { 'net/ipv4/ip_forward': '1' } } : {}),
  });
  for (const { rootfs, command } of Object.values(config.containers)) {
    facts = withRootfs(facts, rootfs, bit(3) ? ['/bin/sh'] : [command[0] ?? '']);
  }
  if (shape % 3 === 1) facts = { ...facts, links: [...facts.links, ...bridges] };
  if (shape % 3 === 2) {
    // Another run shares all its resources with this one.
    const first = plannedResources(makePlan({ ...config, name: 'other' }, facts));
    const shared = first.flatMap((one) => {
      const name = sharedAs(one);
      return name === undefined ? [] : [[name, one] as const];
    });
    facts = {
      ...facts,
      links: [...facts.links, ...bridges],
      runs: ['other'],
      reserved: Object.fromEntries(networks.map(({ bridge }) => [bridge.name, ['10.0.0.9']])),
      shared: Object.fromEntries(shared),
    };
  }
  return facts;
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

async function judgeRefusal(error: unknown, file: string): Promise<Verdict> {
  insist(
    error instanceof CtrError,
    () => `not an error of ours: ${String((error as Error)?.stack)}`,
  );
  const refusal = error as CtrError;
  const problems = refusal.details.problems ?? [];
  insist(refusal.exitCode === exitCodes.config, () => `exit code ${refusal.exitCode}`);
  insist(problems.length > 0, () => 'refused without a problem');
  for (const one of problems) {
    insist(/^E\d{3}$/.test(one.code), () => `no code of ours: ${one.code}`);
    insist(one.place?.startsWith(`${file}:`) === true, () => `no place: ${one.place}`);
    insist(!/undefined\b|\[object|NaN/.test(one.message.en), () => `unfinished: ${one.message.en}`);
    insist(
      /^E00[01]$/.test(one.code) || /"|: |^a config/.test(one.message.en),
      () => `names no field: ${one.message.en}`,
    );
    for (const text of [one.message, one.fix]) {
      insist((text?.en ?? '') !== '', () => `${one.code} says no way out`);
      insist((text?.zh ?? '') !== '', () => `${one.code} says nothing in Chinese`);
    }
  }
  for (const language of languages) {
    const shown = problem(refusal, language);
    sanitize(shown, 'an error');
    const lines = problems.length * 2 + 1;
    insist(shown.trimEnd().split('\n').length <= lines, () => `too many lines: ${shown}`);
  }
  // `up` reads it before it starts any process.
  const again = thrownBy(() => readSource(file, {}));
  insist(again instanceof CtrError && again.exitCode === exitCodes.config, () => 'up takes it');
  return { valid: false, planned: false, commands: 0, codes: problems.map((one) => one.code) };
}

function judgePlan(config: Config, dice: readonly number[]): Verdict {
  const facts = factsFor(config, dice);
  const [shape = 0] = dice;
  const { lab, problems } = settle(config, facts);
  const checked = preflight(lab, facts, []);
  for (const one of [...problems, ...checked.problems, ...checked.warnings]) {
    insist(/^[EHW]\d{3}$/.test(one.code), () => `no code of ours: ${one.code}`);
  }
  if (problems.length > 0)
    return { valid: true, planned: false, commands: 0, codes: problems.map((one) => one.code) };
  insist(
    JSON.stringify(parseFacts(JSON.parse(JSON.stringify(facts)))) === JSON.stringify({ facts }),
    () => 'saved facts are not taken back as they were',
  );
  const plan = makePlan(config, facts);
  const fast = compact(plan);
  const complaints = [...lintPlan(plan), ...lintPlan(fast)];
  insist(complaints.length === 0, () => `${complaints[0]}`);
  insist(
    JSON.stringify(makePlan(structuredClone(config), structuredClone(facts))) ===
      JSON.stringify(plan),
    () => 'the same config and facts make another plan',
  );
  insist(
    JSON.stringify(lasting(plan)) === JSON.stringify(lasting(fast)),
    () => 'the fast plan makes other resources',
  );
  for (const one of [plan, fast]) {
    const silent = one.steps
      .flatMap(({ commands }) => commands)
      .find((command) => madeBy(command).length === 0 && !command.argv.includes('test'));
    insist(silent === undefined, () => `a command says nothing of what it makes: ${silent?.argv}`);
    for (const order of teardownOrders) {
      const resources = plannedResources(one);
      const removed = teardown(resources, { run: one.name, group: groupOf(one.name), order })
        .flatMap(({ commands }) => commands)
        .flatMap(({ removes = [] }) => removes);
      insist(removed.length === resources.length, () => `the way back (${order}) leaves something`);
    }
  }
  const language = languages[shape % 2] ?? 'en';
  const options = { language, color: false, title: 'f.json' };
  sanitize(renderers.text(plan, options), 'a plan as text');
  sanitize(renderers.json(plan), 'a plan as JSON');
  for (const one of [plan, fast]) {
    sanitize(renderers.sh(one, options).replaceAll('\t', ''), 'a script');
  }
  const restored = JSON.parse(savePlan(config, facts, false)) as { readonly plan: unknown };
  insist(JSON.stringify(restored.plan) === JSON.stringify(plan), () => 'saved, it is another plan');
  return {
    valid: true,
    planned: true,
    commands: [plan, fast].flatMap(({ steps }) => steps.flatMap((step) => step.commands)).length,
    codes: [],
  };
}

/** The resources that exist after a plan has run. An interface that a later command moves is listed only at its end. */
function lasting({ steps }: Plan): readonly string[] {
  const made = steps.flatMap(({ commands }) => commands.flatMap(madeBy));
  const stays = made.filter((one) => !(one.kind === 'peer' && one.moves));
  return [...new Set(stays.map((one) => JSON.stringify(one)))].sort();
}

export interface Fuzzer {
  judge(text: string, dice: readonly number[]): Promise<Verdict>;
  remove(): void;
}

/** Checks texts as `ctr` does, in a new directory. */
export function fuzzer(): Fuzzer {
  const directory = mkdtempSync(join(tmpdir(), 'ctr-fuzz-'));
  mkdirSync(join(directory, 'labex'));
  const file = join(directory, 'f.json');
  return {
    async judge(text, dice) {
      writeFileSync(file, text);
      let config: Config;
      try {
        config = readSource(file, {}).config;
      } catch (error) {
        return await judgeRefusal(error, file);
      }
      return judgePlan(config, dice);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export interface Tally {
  readonly texts: number;
  readonly valid: number;
  readonly planned: number;
  /** Of texts whose values were made to agree: how many there were, and how many had a plan. */
  readonly agreed: { readonly texts: number; readonly planned: number };
  readonly commands: number;
  /** The number of reports of each problem. */
  readonly codes: ReadonlyMap<string, number>;
}

/** Checks this number of texts. @throws the smallest text with a wrong result, and its seed. */
export async function fuzz(texts: number, seed: number): Promise<Tally> {
  const one = fuzzer();
  const codes = new Map<string, number>();
  let valid = 0;
  let planned = 0;
  const agreed = { texts: 0, planned: 0 };
  let commands = 0;
  let judged = 0;
  const dice = fc.array(fc.nat({ max: 255 }), { minLength: 2, maxLength: 2 });
  try {
    await fc.assert(
      fc.asyncProperty(configTexts, dice, async ({ text, agrees }, rolls) => {
        const verdict = await one.judge(text, rolls);
        judged += 1;
        if (verdict.valid) valid += 1;
        if (verdict.planned) planned += 1;
        if (agrees) agreed.texts += 1;
        if (agrees && verdict.planned) agreed.planned += 1;
        commands += verdict.commands;
        for (const code of verdict.codes) codes.set(code, (codes.get(code) ?? 0) + 1);
      }),
      { numRuns: texts, seed, endOnFailure: false },
    );
  } finally {
    one.remove();
  }
  return { texts: judged, valid, planned, agreed, commands, codes };
}
