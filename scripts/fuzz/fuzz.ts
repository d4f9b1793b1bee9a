import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { bridgeLink } from '../../rig/bridge-link.ts';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Outcome } from '../../src/exec/runner.ts';
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
import type { Context } from '../../src/run/context.ts';
import { headStart } from '../../src/run/head-start.ts';
import { readSource, savePlan } from '../../src/run/saved-plan.ts';
import { teardown, teardownOrders } from '../../src/teardown.ts';
import { up } from '../../src/verbs/up.ts';
import { configTexts } from './configs.ts';
import { lintPlan } from './lint-plan.ts';

/** What came of one text. */
export interface Verdict {
  readonly valid: boolean;
  readonly planned: boolean;
  /** Commands that were linted. */
  readonly commands: number;
  readonly codes: readonly string[];
}

/** Escape sequences, and whatever else moves a cursor or turns text around; a line may end. */
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

/** A host on which this config meets what it might: its own bridge, other runs, a terminal. */
function factsFor(config: Config, dice: readonly number[]): Facts {
  const [shape = 0, bits = 0] = dice;
  const bit = (n: number) => ((bits >> n) & 1) === 1;
  const networks = Object.values(config.networks);
  const bridges = networks.map(({ bridge, subnets: [subnet] }) =>
    bridgeLink(bridge.name, ...(bit(0) ? [`${subnet?.gateway ?? '10.0.0.1'}/24`] : [])),
  );
  let facts = freshFacts({
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
    // Another run that is up shares everything with this one.
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

/** A context whose runner counts what is started, and starts nothing. */
function counting(): { readonly context: Context; readonly started: () => number } {
  let started = 0;
  const refused = (argv: readonly string[]): Outcome => ({
    ...{ argv, ok: false, exitCode: 1, signal: undefined, timedOut: false, missing: false },
    ...{ stdout: '', stderr: 'nothing is started here', durationMs: 0 },
  });
  const count = async (argv: readonly string[]) => {
    started += 1;
    return refused(argv);
  };
  const context: Context = {
    ...{ language: 'en', json: false, quiet: true, verbose: false, color: false },
    ...{ mayAsk: false, colorOnError: false },
    ...{ stateDir: '/nonexistent', stateChosen: true, environment: {} },
    runner: {
      run: count,
      tool: count,
      drop: async () => undefined,
      timeoutMs: 5000,
      start: (argv) => {
        started += 1;
        throw new Error(`started: ${argv.join(' ')}`);
      },
    },
    print: () => undefined,
    tell: () => undefined,
    tellColored: () => undefined,
  };
  return { context, started: () => started };
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
  const { context, started } = counting();
  const start = await headStart(context, false);
  const again = await up(context, start, file, {}, []).catch((thrown: unknown) => thrown);
  insist(again instanceof CtrError && again.exitCode === exitCodes.config, () => 'up takes it');
  insist(started() === 0, () => `up has started ${started()} processes`);
  return { valid: false, planned: false, commands: 0, codes: problems.map((one) => one.code) };
}

function judgePlan(config: Config, dice: readonly number[]): Verdict {
  const facts = factsFor(config, dice);
  const [shape = 0] = dice;
  const { lab, problems } = settle(config, facts);
  const checked = preflight(lab, facts);
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

/** What there is once a plan has run: a peer that moves on is not where it was. */
function lasting({ steps }: Plan): readonly string[] {
  const made = steps.flatMap(({ commands }) => commands.flatMap(madeBy));
  const stays = made.filter((one) => !(one.kind === 'peer' && one.moves));
  return [...new Set(stays.map((one) => JSON.stringify(one)))].sort();
}

export interface Fuzzer {
  judge(text: string, dice: readonly number[]): Promise<Verdict>;
  remove(): void;
}

/** Judges texts as `ctr` would, in a folder of its own. */
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
  readonly commands: number;
  /** How often each problem was given. */
  readonly codes: ReadonlyMap<string, number>;
}

/** Judges so many texts. @throws the smallest text that is judged wrongly, with its seed. */
export async function fuzz(texts: number, seed: number): Promise<Tally> {
  const one = fuzzer();
  const codes = new Map<string, number>();
  let valid = 0;
  let planned = 0;
  let commands = 0;
  let judged = 0;
  const dice = fc.array(fc.nat({ max: 255 }), { minLength: 2, maxLength: 2 });
  try {
    await fc.assert(
      fc.asyncProperty(configTexts, dice, async (text, rolls) => {
        const verdict = await one.judge(text, rolls);
        judged += 1;
        if (verdict.valid) valid += 1;
        if (verdict.planned) planned += 1;
        commands += verdict.commands;
        for (const code of verdict.codes) codes.set(code, (codes.get(code) ?? 0) + 1);
      }),
      { numRuns: texts, seed, endOnFailure: false },
    );
  } finally {
    one.remove();
  }
  return { texts: judged, valid, planned, commands, codes };
}
