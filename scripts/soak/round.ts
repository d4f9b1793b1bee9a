import { ctr, startCtr } from '../../rig/ctr.ts';
import { type Dice, dice } from '../../rig/dice.ts';
import { differences, inWords } from '../../rig/differences.ts';
import { isCrash } from '../../rig/is-crash.ts';
import { sh } from '../../rig/sh.ts';
import { arm, disarm, fired, modes, startCtrUnderShims } from '../../rig/shims.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { supervisors } from '../../rig/supervisors.ts';
import { names, writeConfigs } from './configs.ts';

export interface Round {
  readonly index: number;
  readonly commands: number;
  readonly kills: number;
  readonly signals: number;
  readonly faults: number;
  readonly damages: number;
  /** What is left after all runs are down, one line each. */
  readonly residue: readonly string[];
  /** Commands that ended in a way that is never allowed. */
  readonly wrong: readonly string[];
  /** The actions in order, to find the cause of a residue. */
  readonly story: readonly string[];
}

type Signal = 'SIGKILL' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const signals: readonly Signal[] = ['SIGKILL', 'SIGKILL', 'SIGINT', 'SIGTERM', 'SIGHUP'];

interface Wish {
  readonly words: readonly string[];
  readonly signal?: { readonly name: Signal; readonly afterMs: number };
}

const stuckMs = 60_000;

/** Allowed exit codes of each verb without a signal. 7 and 3 are from commands in containers. */
const allowed: Readonly<Record<string, readonly number[]>> = {
  up: [0, 3, 4, 5, 6, 9, 125, 129, 130, 137, 143],
  down: [0, 2, 6, 9],
  exec: [0, 7, 125, 137],
  ps: [0],
  gc: [0, 6, 9],
  check: [0, 2, 7],
  repair: [0, 2, 4, 7, 9],
  inspect: [0, 2],
  logs: [0, 2],
  plan: [0, 3, 4],
};

function wishFor(d: Dice, files: Readonly<Record<string, string>>): readonly string[] {
  const name = d.pick(names);
  const file = files[name] ?? '';
  const fast = d.chance(0.5) ? ['--fast'] : [];
  switch (d.below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return ['-q', 'up', '-d', ...fast, file];
    case 5:
      return ['-q', 'up', ...fast, file, '--', 'sh', '-c', 'sleep 0.2; exit 3'];
    case 6:
    case 7:
    case 8:
      return ['-q', 'down', name];
    case 9:
      return ['exec', name, '--', 'sh', '-c', 'sleep 0.1; exit 7'];
    case 10:
      return ['-q', 'gc'];
    case 11:
      return ['ps'];
    case 12:
      return [d.pick(['check', 'inspect', 'logs', 'repair', 'repair']), name];
    default:
      return ['plan', file];
  }
}

async function killQuietly(pid: number): Promise<void> {
  await sh(['kill', '-s', 'KILL', String(pid)]);
}

/** Damages the host as other programs or the kernel might. @returns a description. */
async function damage(d: Dice): Promise<string> {
  const kind = d.pick([
    'first process',
    'supervisor',
    'bridge',
    'cable',
    'flush',
    'address',
  ] as const);
  switch (kind) {
    case 'first process': {
      const listed = JSON.parse((await ctr(['--json', 'ps'])).out || '{"containers":[]}') as {
        containers: readonly { pid: number | null }[];
      };
      const pids = listed.containers.flatMap(({ pid }) => pid ?? []);
      if (pids.length > 0) await killQuietly(d.pick(pids));
      break;
    }
    case 'supervisor': {
      const found = supervisors();
      if (found.length > 0) await killQuietly(d.pick(found));
      break;
    }
    case 'bridge':
      await sh(['ip', 'link', 'del', 'dev', d.pick(['ctr0', 'ctr1', 'ctr2'])]);
      break;
    case 'cable': {
      const listed = (await sh(['ip', '-o', 'link', 'show', 'type', 'veth'])).out;
      const cables = [...listed.matchAll(/^\d+: (veth[^@:]*)/gm)].map((match) => match[1] ?? '');
      if (cables.length > 0) await sh(['ip', 'link', 'del', 'dev', d.pick(cables)]);
      break;
    }
    case 'flush':
      await sh(['nft', 'flush', 'ruleset']);
      break;
    case 'address':
      await sh(['ip', 'addr', 'flush', 'dev', d.pick(['ctr0', 'ctr1', 'ctr2'])]);
      break;
  }
  return kind;
}

interface Played {
  readonly text: string;
  readonly killed: boolean;
  readonly wrong: boolean;
}

/** Runs one command. @param underFaults whether the shims act on it. */
async function play(wish: Wish, underFaults = false): Promise<Played> {
  const start = underFaults ? startCtrUnderShims : startCtr;
  const running = start(wish.words, stuckMs);
  const { signal } = wish;
  const timer =
    signal === undefined ? undefined : setTimeout(() => running.kill(signal.name), signal.afterMs);
  const ended = await running;
  clearTimeout(timer);
  const verb = wish.words.find((word) => word in allowed) ?? '';
  // The signal itself ends a ctr that has not installed its handlers yet.
  const fine =
    ended.signal === undefined
      ? allowed[verb]?.includes(ended.exitCode ?? -1) === true
      : !ended.timedOut && (ended.signal === signal?.name || underFaults);
  const sent = signal === undefined ? '' : ` ${signal.name} after ${signal.afterMs} ms`;
  const text = `ctr ${wish.words.join(' ')}${sent}: ${ended.exitCode ?? ended.signal}`;
  const wrong =
    !fine || ended.timedOut || isCrash(ended.stderr) || /File exists/.test(ended.stderr);
  return {
    text:
      wrong || ended.exitCode === 9
        ? `${text}${ended.timedOut ? ' (stuck)' : ''}\n${ended.stderr}`
        : text,
    killed: ended.signal === 'SIGKILL' && !ended.timedOut,
    wrong,
  };
}

/** Plays a round. The seed determines the actions, but not their timing. */
export async function playRound(seed: number, index: number, base: string): Promise<Round> {
  const d = dice(seed + Math.imul(index, 0x9e3779b1));
  const files = writeConfigs(d);
  const story: string[] = [];
  const wrong: string[] = [];
  const count = { commands: 0, kills: 0, signals: 0, faults: 0, damages: 0 };
  const see = (played: Played) => {
    story.push(played.text);
    count.commands += 1;
    if (played.killed) count.kills += 1;
    if (played.wrong) wrong.push(played.text);
  };
  for (let left = 4 + d.below(6); left > 0; left -= 1) {
    const kind = d.below(10);
    if (kind === 0) {
      story.push(`damage: ${await damage(d)}`);
      count.damages += 1;
    } else if (kind < 3) {
      const [mode, nth] = [d.pick(modes), 1 + d.below(40)];
      arm({ want: '*', nth, mode });
      story.push(`fault: ${mode} at command ${nth}`);
      see(await play({ words: wishFor(d, files) }, true));
      disarm();
      if (fired().length > 0) count.faults += 1;
    } else {
      const crowd = Array.from({ length: 1 + d.below(4) }, (): Wish => {
        const words = wishFor(d, files);
        if (!d.chance(0.25)) return { words };
        return { words, signal: { name: d.pick(signals), afterMs: d.below(600) } };
      });
      count.signals += crowd.filter(
        ({ signal }) => signal !== undefined && signal.name !== 'SIGKILL',
      ).length;
      for (const played of await Promise.all(crowd.map((wish) => play(wish)))) see(played);
    }
  }
  for (const words of [
    ['-q', 'down', '--all'],
    ['-q', 'gc'],
  ])
    see(await play({ words }));
  const residue = differences(base, await snapshot()).map(inWords);
  return { index, ...count, residue, wrong, story };
}
