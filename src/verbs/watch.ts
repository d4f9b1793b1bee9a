import { setTimeout } from 'node:timers/promises';
import { listenForInterrupts } from '../exec/interrupt.ts';
import { isAlive } from '../exec/processes.ts';
import type { Results } from '../json/results.ts';
import { exitCodes } from '../model/errors.ts';
import { terminalColumns } from '../render/command-text.ts';
import { sanitize } from '../render/escape-controls.ts';
import { printResultLine } from '../render/result.ts';
import { wrap } from '../render/wrap.ts';
import { settle } from '../resolve/lab.ts';
import { type Context, say } from '../run/context.ts';
import { type StateDirectory, stateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { findRun } from '../state/find-container.ts';
import type { RunState } from '../state/record.ts';
import { childrenOf } from '../state/runs.ts';
import { compose } from '../watch/compose.ts';
import { layOut } from '../watch/lay-out.ts';
import { takeReading } from '../watch/read.ts';
import type { Reading } from '../watch/reading.ts';
import { openWindow } from '../watch/screen.ts';

export interface WatchFlags {
  /** Seconds between readings. */
  readonly interval?: number;
  /** How many readings; without it, one, or on a terminal and with --json until the run ends. */
  readonly count?: number;
}

/** Milliseconds after which the end of the run is noticed. */
const noticeMs = 250;

/** What is read of one run, and which interfaces are its own. */
interface Subject {
  readonly name: string;
  readonly own: ReadonlySet<string>;
  readonly read: () => Promise<Reading>;
  readonly isOver: () => boolean;
}

function subjectOf(context: Context, directory: StateDirectory, state: RunState): Subject {
  const { lab } = settle(state.config, state.facts);
  const bridges = new Set(lab.networks.map(({ bridge }) => bridge));
  const native = lab.networks.some(({ firewall }) => firewall === 'nftables');
  const attachments = lab.containers.flatMap((one) => one.attachments);
  const pids = () => {
    const children = childrenOf(directory, state.name);
    return new Map(
      lab.containers.map(({ name }) => {
        const child = children.get(name);
        return [
          name,
          child !== undefined && isAlive(child.pid, child.start) ? child.pid : undefined,
        ];
      }),
    );
  };
  return {
    name: state.name,
    own: new Set([
      ...bridges,
      ...lab.uplinks,
      ...attachments.flatMap(({ outer, device }) => [outer, device]),
    ]),
    read: () => takeReading(context.runner, bridges, native, pids()),
    isOver: () => !directory.names().includes(state.name),
  };
}

/** The line above a reading. */
function headOf(context: Context, { name }: Subject, number: number, interval: number): string {
  const time = new Date().toTimeString().slice(0, 8);
  return say(context, {
    en: `${name}  ${time}  reading ${number}, every ${interval} s  q: quit   + new  ~ changed  - gone`,
    zh: `${name}  ${time}  第 ${number} 次读取，每 ${interval} 秒  q 退出   + 新增  ~ 变化  - 消失`,
  });
}

/** `ctr watch`: what the kernel has of a run, again and again, and what changed. */
export async function watch(context: Context, name: string, flags: WatchFlags): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const [run = ''] = name.split('/');
  const state = findRun(directory, run, exitCodes.usage);
  refuseElsewhere(state, 'watch');
  const subject = subjectOf(context, directory, state);
  const { interval = 1 } = flags;
  const onScreen =
    !context.json &&
    process.stdin.isTTY === true &&
    process.stdout.isTTY === true &&
    !context.quiet;
  const { count = onScreen || context.json ? Number.POSITIVE_INFINITY : 1 } = flags;
  const interrupt = listenForInterrupts();
  const window = onScreen ? openWindow(interrupt) : undefined;
  let left = false;
  void window?.left.then(() => {
    left = true;
  });
  let before: Reading | undefined;
  const show = (now: Reading, number: number) => {
    if (context.json) {
      const result: Results['watch'] = {
        name: run,
        reading: number,
        time: new Date().toISOString(),
        ...now,
      };
      printResultLine(context, 'watch', result);
      return;
    }
    const columns = terminalColumns(context.environment, process.stdout);
    const rows = process.stdout.rows ?? 24;
    const head = wrap(headOf(context, subject, number, interval), columns - 1);
    const { language } = context;
    const color = context.color;
    const sections = compose(now, before, subject.own, language);
    if (window === undefined) {
      if (number > 1) context.print('');
      context.print(
        layOut(sections, { columns: Math.max(columns, 40), language, color }).join('\n'),
      );
      return;
    }
    const body = layOut(sections, { columns, rows: rows - head.length - 1, language, color });
    window.draw([...head, ...body].slice(0, rows).map((row) => sanitize(row, color)));
  };
  const isLeft = () => left || interrupt.by() !== undefined;
  try {
    for (let number = 1; number <= count && !isLeft(); number += 1) {
      if (subject.isOver()) break;
      const now = await subject.read();
      if (subject.isOver() && number > 1) break;
      show(now, number);
      if (number === count) break;
      const until = performance.now() + interval * 1000;
      while (!isLeft() && !subject.isOver() && performance.now() < until) {
        const rest = Math.min(noticeMs, Math.max(0, until - performance.now()));
        const over = new AbortController();
        const pause = setTimeout(rest, undefined, { signal: over.signal }).catch(() => undefined);
        const resized = window?.resized().then(() => show(now, number));
        await Promise.race([pause, ...(window === undefined ? [] : [window.left, resized])]);
        over.abort();
      }
      before = now;
    }
  } finally {
    window?.close();
    interrupt.stop();
  }
  if (subject.isOver() && !isLeft() && !context.json && !context.quiet) {
    context.tell(say(context, { en: `${run} has ended`, zh: `${run} 已经结束` }));
  }
  return exitCodes.done;
}
