import { differences, inWords } from '../../rig/differences.ts';
import { failureOf } from '../../rig/failure-of.ts';
import { isCrash } from '../../rig/is-crash.ts';
import type { Life } from '../../rig/lives.ts';
import { type Ran, sh } from '../../rig/sh.ts';
import { arm, calls, disarm, fired, isRead, startCtrUnderShims } from '../../rig/shims.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { until } from '../../rig/until.ts';
import { type Case, callsUntilReady, isStart, type Recorded } from './cases.ts';

export type DefectKind = 'residue' | 'code' | 'message' | 'not reached';
export interface Defect {
  readonly kind: DefectKind;
  readonly text: string;
}

/** A snapshot without the lines about ctr's state directory. */
function withoutState(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('/run/ctr'))
    .join('\n');
}

interface Ended extends Ran {
  readonly signal: string | undefined;
  /** Whether it did not end by itself. */
  readonly stuck: boolean;
}

const stuckMs = 30_000;

async function ctrUnderShims(args: readonly string[]): Promise<Ended> {
  const ended = await startCtrUnderShims(['--json', ...args], stuckMs);
  return {
    code: ended.exitCode,
    out: ended.stdout,
    err: ended.stderr,
    signal: ended.signal,
    stuck: ended.timedOut,
  };
}

interface ErrorEvent {
  readonly code: string;
  readonly message: string;
  readonly undone?: { readonly en: string };
  readonly left?: readonly string[];
  readonly unread?: true;
}

/** The JSON events in ctr's output. */
function eventsOf(err: string): readonly Record<string, unknown>[] {
  return err.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}

/** Checks that the numbers in ctr's summary match its events about the undoing. */
function untrueCount(ended: Ended): Defect[] {
  const events = eventsOf(ended.err);
  const error = events.find((one) => one.event === 'error') as ErrorEvent | undefined;
  const text = error?.undone?.en;
  if (text === undefined) return [];
  const done = events.filter((one) => one.event === 'undo' && one.result === 'done').length;
  const said = /^(\d+) changes?/.exec(text)?.[1] ?? '0';
  return Number(said) === done
    ? []
    : [{ kind: 'message', text: `says "${text}", and undid ${done}` }];
}

function difference(was: string, is: string): string {
  return differences(was, is).map(inWords).join('\n');
}

async function residue(base: string, when: string): Promise<Defect[]> {
  const now = await snapshot();
  return now === base ? [] : [{ kind: 'residue', text: `${when}:\n${difference(base, now)}` }];
}

async function onlyStateDiffers(base: string): Promise<boolean> {
  const now = await snapshot();
  return now !== base && withoutState(now) === withoutState(base);
}

async function must(...args: readonly string[]): Promise<Defect[]> {
  const text = await failureOf(...args);
  return text === '' ? [] : [{ kind: 'code', text }];
}

/** Checks that the leftovers that ctr reports exist, and that the proposed commands remove them. */
async function judgeLeft(base: string, ended: Ended, byHand: boolean): Promise<Defect[]> {
  const error = eventsOf(ended.err).find((one) => one.event === 'error') as ErrorEvent | undefined;
  const left = error?.left ?? [];
  // If ctr could not read the host, it can only report what may be left.
  const uncertain = error?.unread === true;
  const defects: Defect[] = [];
  if (left.length === 0) defects.push({ kind: 'message', text: 'exit 6, and nothing is listed' });
  const now = withoutState(await snapshot());
  if (now === withoutState(base) && !uncertain) {
    defects.push({ kind: 'message', text: `says this is left, and it is not: ${left.join('; ')}` });
  }
  if (byHand) {
    for (const line of left) {
      const ran = await sh(['sh', '-c', line]);
      if (ran.code === 0 || uncertain) continue;
      defects.push({ kind: 'message', text: `${line} is said to remove what is left: ${ran.err}` });
    }
    const after = withoutState(await snapshot());
    if (after !== withoutState(base)) {
      const text = difference(withoutState(base), after);
      defects.push({ kind: 'message', text: `more is left than ${left.join('; ')}:\n${text}` });
    }
  }
  return defects;
}

/** Whether the run ends by itself, and its supervisor undoes it. */
function isLeftToItsKeeper(life: Life): boolean {
  return life.stages.length === 1 && life.stages[0]?.includes('-d') === true;
}

/** A verb that restores the host after a SIGKILL. */
function recovery(life: Life, index: number): readonly string[] {
  return [['ps'], ['gc'], ['down', life.name]][index % 3] ?? [];
}

/** Runs a life with the faults of one case. @returns the defects. */
export async function trial(
  life: Life,
  one: Case,
  index: number,
  base: string,
): Promise<readonly Defect[]> {
  arm(one.first, one.second, one.reads);
  const defects: Defect[] = [];
  let ended: Ended | undefined;
  let killed = false;
  for (const stage of life.stages) {
    ended = await ctrUnderShims(stage);
    killed = ended.signal === 'SIGKILL' && !ended.stuck;
    if (killed || ended.code !== 0) break;
  }
  if (ended === undefined) throw new Error('a life without stages');
  const goesOn = isLeftToItsKeeper(life) && ended.code === 0;
  if (goesOn) await until(async () => (await snapshot()) === base, 10_000).catch(() => undefined);
  disarm();
  const reached = fired();
  if (ended.stuck) defects.push({ kind: 'code', text: 'did not end within 30 s' });
  const code = killed ? null : (ended.code ?? -1);
  if (reached.length > 0 && !one.codes.includes(code) && !(goesOn && one.late)) {
    const said = eventsOf(ended.err).find((event) => event.event === 'error');
    defects.push({
      kind: 'code',
      text: `exit ${code}, allowed are ${one.codes.join(' ')}\n${JSON.stringify(said) ?? ended.err}`,
    });
  }
  if (isCrash(ended.err) || isCrash(ended.out)) {
    defects.push({ kind: 'message', text: ended.err.slice(-1500) });
  }
  if (killed || ended.stuck) {
    const detached = life.stages.length > 1;
    defects.push(...(await must(...(detached ? ['down', life.name] : recovery(life, index)))));
    // A read that outlives ctr changes nothing, but its process exists until it is done. A start exists until it finds
    // that its gate is closed.
    const late = one.first.mode === 'kill-late' && (isRead(one.what) || isStart(one.what));
    // A detached run that is already up continues to its end.
    if (late || isLeftToItsKeeper(life))
      await until(async () => (await snapshot()) === base, 30_000).catch(() => undefined);
    defects.push(...(await residue(base, 'after the next command')));
  } else if (code === 6) {
    defects.push(...(await judgeLeft(base, ended, index % 2 === 0)));
    defects.push(...(await must('down', life.name)));
    defects.push(...(await residue(base, 'after a later down')));
  } else {
    // If the supervisor's successor is killed or fails, the next command must finish its work.
    if (goesOn && reached.length > 0) defects.push(...(await must('ps')));
    defects.push(...untrueCount(ended));
    // With code 4 ctr has changed nothing, so a run that was up is still up.
    const stillUp = code === 4 && life.stages.length > 1 && (await snapshot()).includes('ctr:');
    if (stillUp) defects.push(...(await must('down', life.name)));
    // Without the lock ctr cannot remove its own empty lock file. The next command removes it.
    if (code === 4 && (await onlyStateDiffers(base))) defects.push(...(await must('ps')));
    defects.push(...(await residue(base, `the moment ctr returned ${code}`)));
  }
  defects.push(...(await must('down', life.name)));
  if (reached.length === 0) defects.push({ kind: 'not reached', text: calls().join('\n') });
  return defects;
}

/** The index where the way back begins: after the gates have opened, or where ctr acquires the lock again. */
function wayBack(lines: readonly string[]): number {
  const go = lines.findLastIndex((line) => line.startsWith('echo go'));
  const lock = lines.findLastIndex((line) => line.startsWith('flock --exclusive'));
  if (go < 0 && lock < 0) throw new Error(`no container was let go:\n${lines.join('\n')}`);
  return go < 0 ? lock : go + 1;
}

/** Records the calls of a life without faults. @throws if something goes wrong. */
export async function record(life: Life, base: string): Promise<Recorded> {
  let up: number | undefined;
  arm();
  for (const stage of life.stages) {
    const ended = await ctrUnderShims(stage);
    if (ended.code !== 0) throw new Error(`${stage.join(' ')}: exit ${ended.code}\n${ended.err}`);
    if (stage.includes('-d')) up ??= calls().length;
  }
  if (isLeftToItsKeeper(life)) await until(async () => (await snapshot()) === base);
  disarm();
  const now = await snapshot();
  if (now !== base) throw new Error(`without any fault:\n${difference(base, now)}`);
  const lines = calls();
  if (up !== undefined) return { lines, ready: callsUntilReady(lines.slice(0, up)), up };
  const back = wayBack(lines);
  return { lines, ready: back, up: back };
}
