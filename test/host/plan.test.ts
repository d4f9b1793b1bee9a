import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { parseTrace, straceOptions } from '../../rig/executed.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import { loadConfig } from '../../src/config/load.ts';
import { runner } from '../../src/exec/runner.ts';
import type { Facts } from '../../src/facts/index.ts';
import { readHost } from '../../src/facts/read.ts';
import { sandboxFacts } from '../../src/facts/sandbox.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['true'] }));
});
afterAll(() => shop.remove());

test('a plan is the same bytes each time, and the dry run prints the plan', async () => {
  const before = await snapshot();
  const first = await ctr(['plan', file, '--format', 'json']);
  const second = await ctr(['plan', file, '--format', 'json']);
  expect(second.out).toBe(first.out);
  expect(first.code).toBe(0);
  expect((await ctr(['up', '--dry-run', file])).out).toBe((await ctr(['plan', file])).out);
  expect(await snapshot()).toBe(before);
});

type Word = string | { pid_of: string; before?: string; after?: string };
interface ShownStep {
  readonly commands: readonly { readonly argv: Word[]; readonly removes?: unknown[] }[];
}

const withoutPids = (text: string) =>
  text.replaceAll(/^\d+$/g, 'PID').replaceAll(/\/proc\/\d+\//g, '/proc/PID/');

function lines(steps: readonly ShownStep[]): readonly string[] {
  return steps.flatMap(({ commands }) =>
    commands.map(({ argv }) =>
      JSON.stringify(
        argv.map((word) =>
          typeof word === 'string'
            ? withoutPids(word)
            : `${word.before ?? ''}PID${word.after ?? ''}`,
        ),
      ),
    ),
  );
}

/** Commands that ctr starts to read the host, to lock, and as shells. None of them changes the host. */
const reads = [
  /^\["(?:ip","-j|iptables(?:-legacy|-nft)?-save"|nft","-j|flock"|sh"\])/,
  /^\["sh","-c","(?:set -- |# reads|.*ctr-end-of-probe)/,
];
/** Builtins of the shell, which strace(1) does not show as processes. */
const builtIn = /^\["(?:echo|test|kill)"/;

describe.each([
  ['staged', []],
  ['fast', ['--fast']],
  ['one by one', ['--one-by-one']],
])('what strace sees of a run equals its plan: %s', (name, flags) => {
  let seen: readonly string[];
  let plan: { steps: ShownStep[]; teardown: ShownStep[] };

  beforeAll(async () => {
    const trace = join(shop.directory, `trace-${flags.join('')}`);
    plan = JSON.parse((await ctr(['plan', file, ...flags, '--format', 'json'])).out);
    const traced = ['strace', ...straceOptions, '-o', trace];
    const ran = await sh([...traced, process.execPath, ctrPath, '-q', 'up', ...flags, file]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const all = parseTrace(readFileSync(trace, 'utf8'));
    const byPid = new Map(all.map((one) => [one.pid, one]));
    const [own] = all;
    // Counts processes that ctr starts itself or by one of its shells, but not their children.
    const isCtrOrShell = (pid: number | undefined): boolean => {
      const found = pid === undefined ? undefined : byPid.get(pid);
      if (found === undefined) return false;
      if (found === own) return true;
      return found.programs.length === 1 && JSON.stringify(found.programs[0]) === '["sh"]';
    };
    seen = all
      .filter((one) => one !== own && isCtrOrShell(one.parent))
      .map(({ programs }) => JSON.stringify((programs[0] ?? []).map(withoutPids)));
  });

  test('up runs every command of the plan as ctr plan prints it', () => {
    const missing = lines(plan.steps).filter(
      (line) => !seen.includes(line) && (name === 'one by one' || !builtIn.test(line)),
    );
    expect(missing).toEqual([]);
  });

  test('up runs no command that ctr plan does not print', () => {
    const printed = new Set([...lines(plan.steps), ...lines(plan.teardown)]);
    const others = seen.filter(
      (line) => !printed.has(line) && !reads.some((pattern) => pattern.test(line)),
    );
    expect(others).toEqual([]);
  });
});

test('up runs a saved plan, refuses an edited one, and names the change for a stale one', async () => {
  const saved = join(shop.directory, 'saved.plan');
  expect((await ctr(['plan', file, '--out', saved])).code).toBe(0);
  expect((await ctr(['-q', 'up', saved])).code).toBe(0);

  const edited = JSON.parse(readFileSync(saved, 'utf8'));
  edited.plan.steps[0].commands[0].argv = ['touch', '/tmp/owned'];
  const other = join(shop.directory, 'edited.plan');
  writeFileSync(other, JSON.stringify(edited));
  const refused = await ctr(['up', other]);
  expect(refused.code).toBe(3);
  expect(refused.err).toContain('does not match the config and facts');

  const before = await snapshot();
  await sh(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  const stale = await ctr(['up', saved]);
  await sh(['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
  expect(stale.code).toBe(8);
  expect(stale.err).toContain('sysctls.net/ipv4/ip_forward: "0" → "1"');
  expect(await snapshot()).toBe(before);
});

test.each([
  ['one family', {}],
  ['two families', { bridge_ip6: 'auto' }],
])('the facts assumed for a sandbox host are those of a real one: %s', async (name, change) => {
  const { config } = loadConfig(shop.config(name.replace(' ', '-'), tutorial(change)));
  const held = { runs: [], reserved: {}, reservedInterfaces: [], shared: {} };
  const real: Facts = { ...(await readHost(runner, config, null)), ...held };
  const planned = await sandboxFacts(runner, config, null);
  // The neighbours of a host are not known beforehand.
  const plain = ({ versions: _v, neighbours: _n, sysctls, ...rest }: typeof real) => ({
    ...rest,
    sysctls: Object.fromEntries(Object.entries(sysctls).filter(([key]) => /ipv[46]/.test(key))),
  });
  expect(plain(planned)).toEqual(plain(real));
});

test('saved facts give the same plan on any machine', async () => {
  const facts = join(shop.directory, 'facts.json');
  const here = await ctr(['plan', file, '--facts-out', facts]);
  const there = await ctr(['plan', file, '--facts', facts]);
  expect(there.out).toBe(here.out);
});

const standing: readonly [
  what: string,
  code: string,
  before: readonly string[],
  after: readonly string[],
  change: Record<string, unknown>,
][] = [
  ['a root file system that is not there', 'E050', [], [], { root_dir: './nowhere' }],
  ['a command that is not in it', 'E051', [], [], { command: ['nosuch'] }],
  ['a working directory that is not in it', 'E053', [], [], { working_dir: '/nosuch' }],
  ['a bridge that is none', 'E060', [], [], { bridge_name: 'wan0' }],
  [
    'a bridge of somebody else',
    'E062',
    ['ip', 'link', 'add', 'name', 'theirs0', 'type', 'bridge'],
    ['ip', 'link', 'del', 'dev', 'theirs0'],
    { bridge_name: 'theirs0' },
  ],
  [
    'a subnet that is routed elsewhere',
    'H005',
    [],
    [],
    { ip: '198.51.100.9/24', bridge_ip: '198.51.100.8' },
  ],
];
test.each(standing)(
  '%s: the plan is printed, what up would refuse is said beside it, and up refuses it',
  async (_, code, before, after, change) => {
    const config = shop.config('standing', tutorial({ command: ['true'], ...change }));
    if (before.length > 0) await sh(before);
    const planned = await ctr(['plan', config]);
    const asJson = await ctr(['plan', config, '--format', 'json']);
    const script = await ctr(['plan', config, '--format', 'sh', '--lang', 'zh']);
    const dry = await ctr(['up', '--dry-run', config]);
    const ran = await ctr(['up', config]);
    if (after.length > 0) await sh(after);
    // `up` exits with 127 for a missing command, as a shell does.
    const refused = code === 'E051' ? 127 : 4;
    const codes = [planned, asJson, script, dry, ran].map((one) => one.code);
    expect(codes).toEqual([4, 4, 4, 4, refused]);
    expect(planned.out).toContain('Nothing has been run.');
    expect(dry).toEqual(planned);
    expect(JSON.parse(asJson.out).name).toBe('labex');
    expect(script.out).toMatch(/^#!/);
    const problems = ({ err }: { err: string }) =>
      err.split('\n').filter((line) => /^ {2}[EH]/.test(line));
    expect(problems(planned)).toEqual(problems(ran));
    expect(problems(planned).join('\n')).toContain(`  ${code}  `);
    expect(script.err).toMatch(/\p{Script=Han}/u);
  },
);

test('plan reports a used name, and the problems of facts from another host', async () => {
  const config = shop.config('taken', tutorial({ command: ['sleep', '60'] }));
  const facts = join(shop.directory, 'elsewhere.json');
  expect((await ctr(['plan', config, '--facts-out', facts])).code).toBe(0);
  expect((await ctr(['-q', 'up', '-d', config])).code).toBe(0);
  const taken = await ctr(['plan', config]);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  expect(taken.code).toBe(4);
  expect(taken.err).toContain('  H003  ');

  const text = readFileSync(facts, 'utf8');
  writeFileSync(facts, text.replace(/"unshare": "[^"]*"/, '"unshare": null'));
  const there = await ctr(['plan', config, '--facts', facts]);
  expect(there.code).toBe(4);
  expect(there.err).toContain('  H001  unshare  ');
  expect(there.out).toContain('Nothing has been run.');
});

test('plan also checks a plan for a sandbox host', async () => {
  const config = shop.config('nowhere', tutorial({ root_dir: './nowhere' }));
  const planned = await ctr(['plan', '--sandbox', config]);
  expect(planned.code).toBe(4);
  expect(planned.err).toContain('  E050  ');
  expect(planned.out).toContain('Nothing has been run.');
});

test.each([
  ['cut off', '{ "version": 1,', 'E001'],
  ['of something else', '{ "version": 1 }', 'kernel is missing'],
  ['not there', null, 'no such file'],
])('facts that are %s are refused with what is wrong, in exit 3', async (_, text, said) => {
  const facts = join(shop.directory, 'bad-facts.json');
  if (text !== null) writeFileSync(facts, text);
  const ran = await ctr(['plan', file, '--facts', text === null ? `${facts}.none` : facts]);
  expect(ran.code).toBe(3);
  expect(ran.err).toContain(said);
  expect(ran.out).toBe('');
});
