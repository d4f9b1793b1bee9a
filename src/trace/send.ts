import { sleep, within } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import type { Place } from '../model/place.ts';
import { newMark, pingWords, senderProgram, waitSeconds } from './ask.ts';
import { correlate } from './correlate.ts';
import { askDecisions } from './decisions.ts';
import { entering, type Namespaces } from './namespaces.ts';
import type { Devices } from './order.ts';
import { pingOutcome, senderOutcome } from './outcome.ts';
import { withLines } from './rule-lines.ts';
import { grown, readCounters, readSites } from './site.ts';
import type { Mark } from './tables.ts';
import type { Hop, Outcome, Probe, Walk } from './walk.ts';
import { type Blind, type Watcher, watchPlace } from './watcher.ts';

/** Milliseconds without news from any monitor, after which the packet is taken to have come to its end. */
const quietMs = 40;
/** Milliseconds after which a monitor that is still at work is not waited for. */
const slowMs = 3000;
const pauseMs = 5;
const spareMs = 1500;

/** A probe that is ready to go. */
interface Loaded {
  readonly mark: Mark;
  /** Lets it go, and waits for what the sender learns. */
  go(): Promise<(error: UnreachableOutcome | undefined) => Outcome>;
  cancel(): void;
  /** ping(8) does not know an option. */
  isRefused(): boolean;
}

type UnreachableOutcome = Extract<Outcome, { kind: 'unreachable' }>;

/** @param isOld ping(8) cannot be given an identifier (iputils before 2021), and takes its pid. */
async function load(
  runner: Runner,
  probe: Probe,
  pid: number | 'self',
  wanted: Mark,
  isOld: boolean,
  announced: (argv: readonly string[]) => readonly string[],
): Promise<Loaded> {
  const asked = wanted.protocol === 'icmp' && !isOld ? wanted.id : undefined;
  let mark = wanted;
  const words =
    mark.protocol === 'icmp'
      ? ['sh', '-c', 'echo ready; read -r _ && exec "$@"', 'sh', ...pingWords(probe, asked)]
      : [
          ...[process.execPath, '-e', senderProgram, mark.protocol, probe.to],
          ...[String(probe.port), String(mark.port), String(waitSeconds)],
        ];
  const running = await runner.start([...entering(pid), ...announced(words)], {
    descriptors: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  if (isOld && mark.protocol === 'icmp') mark = { ...mark, id: (running.pid ?? 0) & 0xffff };
  const said = { stdout: '', stderr: '' };
  running.output(1).on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  running.output(2).on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  const input = running.input(0);
  input.on('error', () => undefined);
  return {
    mark,
    isRefused: () => /invalid option|unrecognized option/.test(said.stderr),
    cancel: () => input.end(),
    async go() {
      input.write('go\n');
      await within(running.ended, waitSeconds * 1000 + spareMs);
      const stdout = said.stdout.replace(/^ready\n/, '');
      if (mark.protocol === 'icmp') {
        return (error) => pingOutcome({ stdout, stderr: said.stderr }, error);
      }
      return (error) => senderOutcome(stdout.trim(), error);
    },
  };
}

/** The ICMP error about the probe that came back to its sender. */
function errorAt(from: Place, hops: readonly Hop[]): UnreachableOutcome | undefined {
  const hop = hops.find(
    ({ place, hook, direction, header: { icmp } }) =>
      place === from &&
      hook === 'input' &&
      direction === 'back' &&
      icmp !== undefined &&
      icmp.type !== 0,
  );
  const { icmp, source } = hop?.header ?? {};
  return icmp === undefined || source === undefined
    ? undefined
    : { kind: 'unreachable', by: source, type: icmp.type, code: icmp.code };
}

/** Waits until no monitor has anything left to read, and none has printed anything for a while. */
async function untilQuiet(watchers: readonly Watcher[]): Promise<void> {
  const limit = performance.now() + slowMs;
  while (performance.now() < limit) {
    const isWaiting = watchers.some((one) => (one.queue()?.waiting ?? 0) > 0);
    const rest = Math.max(...watchers.map((one) => one.lastAt())) + quietMs - performance.now();
    if (!isWaiting && !(rest > 0)) return;
    await sleep(Math.max(pauseMs, rest));
  }
}

/** The walk, and what the monitors printed, by place. */
export interface Traced {
  readonly walk: Walk;
  readonly raw: Readonly<Partial<Record<Place, readonly string[]>>>;
}

const portUnreachable = 3;

/** What the caller does beside the trace, so that it costs no time. */
export interface Beside {
  /** Must be done before the probe is sent. */
  readonly before?: Promise<unknown>;
  /** Called when the tables are gone again, and awaited. */
  readonly after?: () => Promise<unknown>;
  /** The command that sends the probe, as whoever listens beside wants it started. */
  readonly announced?: ((argv: readonly string[]) => readonly string[]) | undefined;
}

/** Sends the probe once and watches it in all these namespaces. Leaves nothing behind. */
export async function trace(
  runner: Runner,
  namespaces: Namespaces,
  probe: Probe,
  beside: Beside = {},
  isOld = false,
): Promise<Traced> {
  const { before, after, announced = (argv) => argv } = beside;
  const sender = namespaces.get(probe.from) ?? 'self';
  const loading = load(runner, probe, sender, newMark(probe.protocol), isOld, announced);
  const sites = await readSites(runner, namespaces);
  const all = [...sites.values()];
  const arp = [
    ...new Set([probe.to, ...all.flatMap((one) => [...one.addresses, ...one.gateways])]),
  ];
  const { mark } = await loading;
  const table = `ctr_trace_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const opened = await Promise.all(
    [...sites].map(([place, { devices }]) =>
      watchPlace(runner, place, namespaces.get(place) ?? 'self', {
        name: table,
        mark,
        devices: devices.map(({ name }) => name).filter((one) => !/["\\]/.test(one)),
        arp: arp.filter((address) => !address.startsWith('127.')),
        bridge: devices.some(({ kind }) => kind === 'bridge'),
      }),
    ),
  );
  const watchers = opened.filter((one) => 'close' in one);
  const devices: Devices = new Map([...sites].map(([place, site]) => [place, site.devices]));
  const overflown: Blind[] = [];
  let outcomeOf: (error: UnreachableOutcome | undefined) => Outcome;
  try {
    await before;
    outcomeOf = await (await loading).go();
    await untilQuiet(watchers);
    for (const { place, queue } of watchers) {
      if ((queue()?.dropped ?? 0) > 0) overflown.push({ place, why: 'some traces found no room' });
    }
  } finally {
    (await loading).cancel();
    await Promise.all(watchers.map((one) => one.close()));
  }
  if (!isOld && (await loading).isRefused()) {
    return await trace(runner, namespaces, probe, beside, true);
  }
  const way = correlate(
    watchers.map(({ place, events }) => ({ place, events: events() })),
    { from: probe.from, mark, table, devices },
  );
  const [counted, decisions, hops] = await Promise.all([
    readCounters(runner, namespaces),
    askDecisions(runner, namespaces, probe, way.hops),
    withLines(runner, namespaces, way.hops),
    after?.(),
  ]);
  const said = outcomeOf(errorAt(probe.from, way.hops));
  const refused =
    said.kind === 'unreachable' &&
    said.by === probe.to &&
    said.type === 3 &&
    said.code === portUnreachable;
  const counters = [...sites].map(([place, site]) => {
    const now = counted.get(place);
    return [place, now === undefined ? {} : grown(site.counters, now)] as const;
  });
  return {
    walk: {
      probe,
      outcome: refused ? { kind: 'refused' } : said,
      ...way,
      hops,
      watched: watchers.map(({ place }) => place),
      blind: [...opened.flatMap((one) => ('close' in one ? [] : [one])), ...overflown],
      decisions,
      counters: Object.fromEntries(counters),
    },
    raw: Object.fromEntries(watchers.map(({ place, lines }) => [place, lines()])),
  };
}
