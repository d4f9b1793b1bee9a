import { readFileSync, writeFileSync } from 'node:fs';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import type { Recording } from '../recording/recording.ts';
import { type Stop, stopsOf } from '../recording/stops.ts';
import { eventLine, namedBoth, printResult } from '../render/result.ts';
import { cast } from '../replay/cast.ts';
import { type Act, actsOf, keysOf, move, type View } from '../replay/player.ts';
import { type Screen, screen } from '../replay/screen.ts';
import { said } from '../replay/words.ts';
import { say, type Voice } from '../run/context.ts';
import { openRecorded } from './open-recorded.ts';

export interface ReplayFlags {
  /** Seconds. */
  readonly pace?: string;
  readonly keys?: string;
  readonly cast?: string;
}

/** The exit code of a program that Ctrl-C has ended. */
const interruptedCode = 130;

function badKey(key: string, file: string): CtrError {
  return new CtrError('bad-keys', exitCodes.usage, {
    en: `${file}: there is no key ${JSON.stringify(key)}`,
    zh: `${file}：没有按键 ${JSON.stringify(key)}`,
  });
}

function fileProblem(code: 'cannot-write' | 'bad-keys', file: string, error: unknown): CtrError {
  const why = sayErrno(error);
  return new CtrError(code, code === 'bad-keys' ? exitCodes.usage : exitCodes.notReady, {
    en: `${file}: ${why.en}`,
    zh: `${file}：${why.zh}`,
  });
}

function secondsOf(pace: string): number {
  const seconds = Number(pace);
  if (seconds >= 0.05 && seconds <= 3600) return seconds;
  throw new CtrError('invalid-argument', exitCodes.usage, {
    en: `--pace ${pace}: a number of seconds from 0.05 to 3600 is needed`,
    zh: `--pace ${pace}：需要 0.05 到 3600 之间的秒数`,
  });
}

/** The events and the result of `--json`: what `up --json` told, and what changed after each step. */
function printJson(voice: Voice, recording: Recording, stops: readonly Stop[]): void {
  const events = [...recording.moments.flatMap((one) => one.events), ...recording.rest];
  for (const { event } of events) voice.tell(eventLine(event));
  const { name, made, kernel, place } = recording.header;
  printResult(voice, 'replay', {
    name,
    made,
    kernel,
    place,
    whole: !recording.cut,
    stops: stops.map(({ kind, number, step, ms, ran, diff }) => ({
      kind,
      step: step === undefined ? null : number,
      id: step?.id ?? null,
      title: step === undefined ? null : namedBoth(step.title),
      ms,
      commands: ran.map(({ line }) => line),
      changes: diff === undefined ? null : diff.changes.map((change) => ({ ...change })),
    })),
  });
}

/** What the viewer of a recording has in hand. */
interface Viewer {
  readonly voice: Voice;
  readonly screen: Screen;
  readonly stops: readonly Stop[];
  /** What each word of a command means. */
  readonly explain: (line: string) => readonly string[];
}

function show({ voice, screen: view, stops, explain }: Viewer, at: number, what: View): void {
  const print = (lines: readonly string[]) => voice.print(`\n${lines.join('\n')}`);
  const line = (text: Text) => voice.print(`  ${say(voice, text)}`);
  const stop = stops[at];
  switch (what.show) {
    case 'stop': {
      if (what.back === true) line(said.viewOnly);
      const next = stops[what.at];
      if (next !== undefined) print(view.stop(next));
      return;
    }
    case 'inspect':
      if (stop !== undefined) print(view.inspect(stop));
      return;
    case 'explain':
      if (stop !== undefined) print(view.explain(stop, explain));
      return;
    case 'graph':
      if (stop !== undefined) print(view.graph(stop));
      return;
    case 'help':
      print(view.help());
      return;
    case 'first':
      line(said.first);
      return;
    case 'last':
      line(said.last);
      return;
    case 'quit':
      return;
  }
}

const sleep = (seconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** Plays with the keys of a file, and prints each key before what it does. */
function playFile(viewer: Viewer, file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fileProblem('bad-keys', file, error);
  }
  const keys = keysOf(text);
  for (const { key, act } of keys) if (act === undefined) throw badKey(key, file);
  let at = 0;
  show(viewer, at, { show: 'stop', at });
  for (const { key, act } of keys) {
    if (act === undefined || act === 'quit') break;
    viewer.voice.print(`\n> ${key}`);
    const moved = move(viewer.stops, at, act);
    for (const view of moved.views) show(viewer, moved.at, view);
    at = moved.at;
  }
  return exitCodes.done;
}

/** Plays with the keys of a terminal, or by itself. */
function playTerminal(viewer: Viewer, pace: number | undefined): Promise<number> {
  const { stdin } = process;
  const { voice, screen: view, stops } = viewer;
  const showKeys = () => voice.print(`\n${view.keys()}`);
  let at = 0;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (code: number) => {
      clearTimeout(timer);
      stdin.off('data', typed);
      stdin.setRawMode?.(false);
      stdin.pause();
      resolve(code);
    };
    const act = (what: Act) => {
      const moved = move(stops, at, what);
      at = moved.at;
      for (const one of moved.views) show(viewer, at, one);
    };
    const wait = () => {
      clearTimeout(timer);
      if (pace === undefined) return;
      timer = setTimeout(() => {
        if (at + 1 >= stops.length) {
          end(exitCodes.done);
          return;
        }
        act('next');
        showKeys();
        wait();
      }, pace * 1000);
    };
    const typed = (keys: Buffer) => {
      const list = actsOf(keys.toString());
      for (const what of list) {
        if (what === 'quit') {
          end(keys.includes(3) ? interruptedCode : exitCodes.done);
          return;
        }
        act(what);
      }
      if (list.length > 0) showKeys();
      wait();
    };
    stdin.setRawMode?.(true);
    stdin.on('data', typed);
    stdin.resume();
    show(viewer, at, { show: 'stop', at });
    showKeys();
    wait();
  });
}

/** `ctr replay`: shows a recorded run, on any system. */
export async function replay(
  voice: Voice,
  file: string | undefined,
  flags: ReplayFlags,
): Promise<number> {
  const recording = openRecorded(voice, file);
  const stops = stopsOf(recording);
  const pace = flags.pace === undefined ? undefined : secondsOf(flags.pace);
  if (flags.cast !== undefined) {
    try {
      writeFileSync(flags.cast, cast(recording, stops, voice.language, pace));
    } catch (error) {
      throw fileProblem('cannot-write', flags.cast, error);
    }
    return exitCodes.done;
  }
  if (voice.json) {
    printJson(voice, recording, stops);
    return exitCodes.done;
  }
  const columns = process.stdout.columns ?? 80;
  const { language, color } = voice;
  const { explainCommand } = await import('../explain/knowledge.ts');
  const explain = (line: string) => explainCommand(line, language, Math.min(columns, 100) - 4);
  const viewer = { voice, stops, explain, screen: screen(recording, { language, color, columns }) };
  voice.print(viewer.screen.intro().join('\n'));
  if (flags.keys !== undefined) return playFile(viewer, flags.keys);
  if (process.stdin.isTTY === true && process.stdout.isTTY === true) {
    return await playTerminal(viewer, pace);
  }
  for (const [at, stop] of stops.entries()) {
    if (pace !== undefined && at > 0) await sleep(pace);
    voice.print(`\n${viewer.screen.stop(stop).join('\n')}`);
  }
  return exitCodes.done;
}
