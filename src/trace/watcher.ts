import { readFileSync } from 'node:fs';
import { sleep, within } from '../exec/processes.ts';
import type { Runner, Running } from '../exec/runner.ts';
import type { Place } from '../model/place.ts';
import type { TraceEvent } from './event.ts';
import { entering } from './namespaces.ts';
import { parseTraceLine } from './parse.ts';
import { type TableOptions, traceFamilies, traceTables } from './tables.ts';

/** A namespace with trace tables and a monitor. */
export interface Watcher {
  readonly place: Place;
  readonly events: () => readonly TraceEvent[];
  /** The lines as nft printed them. */
  readonly lines: () => readonly string[];
  /** When the last line came (performance.now()). */
  readonly lastAt: () => number;
  /** The state of the monitor's queue; undefined when the monitor has ended. */
  readonly queue: () => MonitorSocket | undefined;
  /** Ends the monitor and removes the tables. */
  close(): Promise<void>;
}

/** A namespace that cannot be watched. */
export interface Blind {
  readonly place: Place;
  readonly why: string;
}

/** Milliseconds for nft to start its monitor and to make the tables. */
const readyMs = 3000;
const closeMs = 2000;

/**
 * The monitor, and an nft that owns the tables and reads commands from ctr. When ctr ends, however that happens, nft
 * reads end of file and exits: the kernel removes tables whose owner has ended; the last line removes the other ones.
 * The shell ends the monitor. It ignores the signals of a terminal, which are meant for ctr.
 * Arguments: the name of the tables, and `owned` when nft owns them.
 */
const script = `
trap '' HUP INT QUIT TERM
exec 2>&1
nft --handle monitor trace </dev/null &
monitor=$!
echo "monitor $monitor"
nft --interactive
kill -s KILL "$monitor"
[ "$2" = owned ] || for family in ${traceFamilies.join(' ')}; do nft delete table "$family" "$1" 2>/dev/null; done
`;

/** The socket of a monitor, as /proc/net/netlink shows it. */
interface MonitorSocket {
  /** Bytes that wait to be read. */
  readonly waiting: number;
  /** Messages that found no room. */
  readonly dropped: number;
}

/** Netfilter's protocol number, and group 9 of it (NFNLGRP_NFTRACE) as the ninth bit. */
const netfilter = '12';
const traceGroup = 0x100;

/** @returns undefined where the monitor does not listen, or not yet. */
function socketOf(shell: number, monitor: number): MonitorSocket | undefined {
  try {
    for (const row of readFileSync(`/proc/${shell}/net/netlink`, 'utf8').split('\n')) {
      const [, protocol, port, groups = '', waiting, , , , dropped] = row.trim().split(/\s+/);
      if (protocol !== netfilter || Number(port) !== monitor) continue;
      if ((Number.parseInt(groups, 16) & traceGroup) === 0) continue;
      return { waiting: Number(waiting), dropped: Number(dropped) };
    }
  } catch {
    // The shell has ended.
  }
  return undefined;
}

/** Waits for a condition, asking often, since every millisecond counts. */
async function until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const limit = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > limit) return false;
    await sleep(2);
  }
  return true;
}

/** An invalid command: once nft's error message with this name appears, all commands before it have been executed. */
const endOfTables = 'ctr_trace_end';

/** Tables are tried with all that newer kernels have, then with less (nft(8)). */
const ladder = [
  { owner: true, egress: true },
  { owner: true, egress: false },
  { owner: false, egress: true },
  { owner: false, egress: false },
] as const;

async function closed(running: Running): Promise<void> {
  running.input(0).end();
  await within(running.ended, closeMs);
}

/** Makes the tables and starts the monitor. @returns what nft said against it, if it did. */
async function tryPlace(
  runner: Runner,
  place: Place,
  pid: number | 'self',
  options: TableOptions,
): Promise<Watcher | Blind> {
  const words = [options.name, options.owner ? 'owned' : 'plain'];
  const running = await runner.start([...entering(pid), 'sh', '-c', script, 'sh', ...words], {
    descriptors: ['pipe', 'pipe', 'pipe'],
    // A session of its own: the signals of a terminal are for ctr.
    detached: true,
  });
  const input = running.input(0);
  input.on('error', () => undefined);
  const lines: string[] = [];
  let rest = '';
  let lastAt = performance.now();
  let over = false;
  const read = (chunk: Buffer) => {
    lastAt = performance.now();
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  };
  for (const descriptor of [1, 2]) running.output(descriptor).on('data', read);
  void running.ended.then(() => {
    over = true;
  });
  const tables = traceTables(options);
  input.write([...tables, 'list tables', `list table inet ${endOfTables}`, ''].join('\n'));
  await until(() => over || lines.some((line) => line.includes(endOfTables)), readyMs);
  const monitor = Number(/^monitor (\d+)$/m.exec(lines.join('\n'))?.[1]);
  const wanted = tables.map((line) => line.slice(0, line.indexOf(' {')));
  const made = wanted.every((table) => lines.some((line) => line.trim().startsWith(table)));
  const shell = running.pid ?? 0;
  if (
    !made ||
    over ||
    !(await until(() => over || socketOf(shell, monitor) !== undefined, readyMs)) ||
    over
  ) {
    await closed(running);
    const said = lines.find((line) =>
      /[Ee]rror|not permitted|not supported|not found|denied/.test(line),
    );
    return { place, why: said ?? 'nft' };
  }
  return {
    place,
    events: () => lines.flatMap((line) => parseTraceLine(line) ?? []),
    lines: () => lines.filter((line) => line.startsWith('trace id ')),
    lastAt: () => lastAt,
    queue: () => socketOf(shell, monitor),
    close: () => closed(running),
  };
}

/** Starts to watch a namespace. */
export async function watchPlace(
  runner: Runner,
  place: Place,
  pid: number | 'self',
  options: Omit<TableOptions, 'owner' | 'egress'>,
): Promise<Watcher | Blind> {
  let why = '';
  for (const rung of ladder) {
    const found = await tryPlace(runner, place, pid, { ...options, ...rung });
    if ('close' in found) return found;
    why = found.why;
    // Without nft, less of it is no help.
    if (why.includes('not found')) break;
  }
  return { place, why };
}
