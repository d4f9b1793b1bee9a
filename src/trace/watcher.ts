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
 * reads end of file and exits: the kernel removes the tables of an owner that has ended; others the last line removes.
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

/** A socket of this process that receives traces: group 9 (NFNLGRP_NFTRACE), the ninth bit, of netfilter's protocol. */
function listens(shell: number, monitor: number): boolean {
  try {
    const rows = readFileSync(`/proc/${shell}/net/netlink`, 'utf8').split('\n');
    return rows.some((row) => {
      const [, protocol, port, groups = ''] = row.trim().split(/\s+/);
      return protocol === '12' && Number(port) === monitor && (parseInt(groups, 16) & 0x100) !== 0;
    });
  } catch {
    return false;
  }
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

/** nft refuses this, and says so in words that have the name: what came before has been done. */
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
  if (!made || over || !(await until(() => over || listens(shell, monitor), readyMs)) || over) {
    await closed(running);
    const said = lines.find((line) => /[Ee]rror|not permitted|not supported|not found/.test(line));
    return { place, why: said ?? 'nft' };
  }
  return {
    place,
    events: () => lines.flatMap((line) => parseTraceLine(line) ?? []),
    lines: () => lines.filter((line) => line.startsWith('trace id ')),
    lastAt: () => lastAt,
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
