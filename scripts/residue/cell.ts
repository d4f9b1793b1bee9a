import { existsSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { differences, inWords } from '../../rig/differences.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { type ContestantName, contestants, keepPrivate, own } from './contestants.ts';

export const scenarios = {
  normal: 'normal teardown',
  gone: 'its namespace gone first',
  midway: 'set-up killed midway',
  flushed: 'firewall flushed meanwhile',
} as const;
export type Scenario = keyof typeof scenarios;

export const kinds = [
  'links',
  'addresses',
  'routes',
  'rules',
  'chains',
  'sysctls',
  'mounts',
  'processes',
  'files',
] as const;
export type Counts = Readonly<Record<(typeof kinds)[number], number>>;

export interface Cell {
  readonly contestant: ContestantName;
  readonly scenario: Scenario;
  /** The time of the kill in milliseconds after the start, and whether the set-up was still running then. */
  readonly at?: number;
  readonly killed?: boolean;
  readonly setUpMs: number;
  /** The exit code of the command that removed the container. */
  readonly exitCode: number;
  readonly counts: Counts;
  /** What is left, one line each. */
  readonly lines: readonly string[];
}

interface View {
  readonly host: string;
  readonly files: readonly string[];
}

async function look(): Promise<View> {
  // Lists the files after the snapshot, since iptables leaves its lock file under /run.
  const host = await snapshot();
  const found = await sh(['find', '/run', '/mnt', '-path', own, '-prune', '-o', '-print']);
  return { host, files: found.out.split('\n').sort() };
}

/** The interface name in a line about links, addresses or sysctls. */
const linkIn = /^(\S+?):? /;

function residue(before: View, after: View): { counts: Counts; lines: readonly string[] } {
  const all = differences(before.host, after.host).filter(({ section }) => section !== 'files');
  const added = (section: RegExp, line = /./) =>
    all.filter((one) => one.sign === '+' && section.test(one.section) && line.test(one.line));
  const files = after.files.filter((file) => !before.files.includes(file));
  // Counts only sysctls that existed before, since every leftover link has its own.
  const sysctls = all.filter((one) => one.section === 'sysctls' && one.sign === '-');
  const counts = {
    links: added(/^links$/).length,
    addresses: added(/^addresses$/).length,
    routes: added(/^routes$/).length,
    rules: added(/firewall/, /^-A/).length,
    chains: added(/firewall/, /^:/).length,
    sysctls: sysctls.length,
    mounts: added(/^mounts$/).length,
    processes: added(/^processes$/).length,
    files: files.length,
  };
  const names = added(/^links$/).map(({ line }) => linkIn.exec(line)?.[1] ?? '');
  const lines = all
    .filter(
      ({ section, line }) =>
        section !== 'sysctls' || !names.some((name) => line.includes(`/${name}/`)),
    )
    .map(inWords);
  return { counts, lines: [...lines, ...files.map((file) => `files: + ${file}`)] };
}

const settleMs = 2000;

/** Plays one scenario with one contestant in a new sandbox host. @param at the time of the kill in milliseconds. */
export async function playCell(
  name: ContestantName,
  scenario: Scenario,
  at: number,
): Promise<Cell> {
  assertSandbox();
  const contestant = contestants[name];
  mkdirSync(own, { recursive: true });
  await keepPrivate(contestant);
  await contestant.prepare();
  const before = await look();
  const began = performance.now();
  const { process: settingUp } = await contestant.setUp();
  const kill = scenario === 'midway' ? setTimeout(() => settingUp.kill('SIGKILL'), at) : undefined;
  const ended = await settingUp;
  clearTimeout(kill);
  const setUpMs = performance.now() - began;
  if (scenario !== 'midway' && ended.failed) {
    throw new Error(`${contestant.title}: set-up failed: ${ended.stdout} ${ended.stderr}`);
  }
  if (scenario === 'gone') {
    const pid = await contestant.firstProcess();
    process.kill(pid, 'SIGKILL');
    await until(() => !existsSync(`/proc/${pid}/ns/net`) || pid === 0, 5000);
    await contestant.unpin();
  }
  if (scenario === 'flushed') await sh(['nft', 'flush', 'ruleset']);
  // Processes that outlive a killed parent need time to end.
  if (scenario === 'midway') await sleep(settleMs);
  const exitCode = await (scenario === 'midway' ? contestant.recover() : contestant.tearDown());
  let found = residue(before, await look());
  if (found.lines.length > 0) {
    // Resources may still be disappearing.
    await sleep(settleMs);
    found = residue(before, await look());
  }
  return {
    contestant: name,
    scenario,
    ...(scenario === 'midway' ? { at: Math.round(at), killed: ended.signal === 'SIGKILL' } : {}),
    setUpMs: Math.round(setUpMs),
    exitCode,
    ...found,
  };
}
