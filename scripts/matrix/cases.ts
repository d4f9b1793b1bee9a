import { isRead, type Meant, type Mode, modes, patternOf } from '../../rig/shims.ts';

/** A command that ctr runs in a life without faults. */
export interface Call {
  readonly line: string;
  readonly want: string;
  /** Its number among the calls with the same line. */
  readonly nth: number;
  readonly read: boolean;
  /** The run was up: ctr had said `ready`. */
  readonly ready: boolean;
  /** After the last container was let go: on the way back. */
  readonly undo: boolean;
}

/** One case of the matrix. */
export interface Case {
  readonly group: string;
  readonly first: Meant;
  readonly second?: Meant;
  readonly reads: boolean;
  readonly what: string;
  /** The run was up before the fault. */
  readonly late: boolean;
  /** The exit codes that the documentation allows; null is death by SIGKILL. */
  readonly codes: readonly (number | null)[];
}

export const groups = ['changes', 'reads', 'persistent', 'double'] as const;
export type Group = (typeof groups)[number];

/** The calls of a life without faults. */
export interface Recorded {
  readonly lines: readonly string[];
  /** How many of them it took until ctr said `ready`. */
  readonly ready: number;
  /** How many it took until the way back began: `up -d` still looks back at the host. */
  readonly up: number;
}

/** How many calls of `up -d` it took until ctr said `ready`: after its last change it only looks back. */
export function callsUntilReady(lines: readonly string[]): number {
  return lines.findLastIndex((line) => !isRead(line)) + 1;
}

export function callsOf({ lines, ready, up }: Recorded): readonly Call[] {
  const seen = new Map<string, number>();
  return lines.map((line, index) => {
    const want = patternOf(line);
    const nth = (seen.get(want) ?? 0) + 1;
    seen.set(want, nth);
    const at = { ready: index >= ready, undo: index >= up };
    return { line, want, nth, read: isRead(line), ...at };
  });
}

const signals: Readonly<Record<string, number>> = { HUP: 129, INT: 130, TERM: 143 };

function codesFor(call: Call, mode: Mode): Case['codes'] {
  const [kind = '', when] = mode.split('-');
  if (kind === 'kill') return [null];
  // While `up -d` looks back, the run is up: neither a signal nor a failed look changes that.
  if (call.ready && !call.undo) return [0];
  const signal = signals[kind];
  if (signal !== undefined) {
    // Once the gate of the last container is open, its command may end before the fault has an effect.
    const late = call.undo || /^echo go|^sh $/.test(call.line);
    return late ? [0, signal] : [signal];
  }
  if (kind === 'noise') return [0];
  // On the way back ctr tries again after a failure.
  if (call.undo) return [0];
  if (call.read) return [0, 4, 5];
  // Wrong output of a tool may be harmless.
  if (kind === 'rubbish') return [0, 5];
  return when === 'after' ? [5, ...ownCode(call)] : [5];
}

/** Whether a call is a container's start, or a part of it. */
export function isStart(line: string): boolean {
  return /^(env -\S+|setsid|unshare|sh -c|sh -euc exec) /.test(line);
}

/** Excludes a start that hangs after its effect: that is its normal behaviour. */
function applies(call: Call, mode: Mode): boolean {
  return !(mode === 'hang-after' && isStart(call.line));
}

/** If a start ends with 1 after it has taken effect, its gate may have opened, and the command may be finished. */
function ownCode(call: Call): readonly number[] {
  return isStart(call.line) ? [0, 1] : [];
}

function singles(calls: readonly Call[], group: Group, wanted: readonly Mode[]): readonly Case[] {
  return calls.flatMap((call) =>
    wanted
      .filter((mode) => applies(call, mode))
      .map((mode) => ({
        group: mode,
        first: { want: call.want, nth: call.nth, mode },
        reads: group === 'reads',
        what: call.line,
        late: call.ready,
        codes: codesFor(call, mode),
      })),
  );
}

/** conntrack(8) fails as well when there is no entry to delete, and it may be the last change. */
function harmless({ line }: Call): readonly number[] {
  return line.startsWith('conntrack -D ') ? [0] : [];
}

function persistent(calls: readonly Call[]): readonly Case[] {
  const changes = calls.filter((call) => !call.read);
  return [false, true].flatMap((reads) =>
    (reads ? calls : changes).map((call, index) => ({
      group: reads ? 'all fail from' : 'changes fail from',
      first: { want: String(index + 1), nth: 'from' as const, mode: 'fail-before' as const },
      reads,
      what: call.line,
      late: call.ready,
      // A tool that no longer tells what there is takes nothing away from what was undone.
      codes: reads ? [...(call.undo ? [0] : []), 4, 5, 6] : [...harmless(call), 5, 6],
    })),
  );
}

/** A failure on the way up, combined with an undo that fails once or always. */
function doubles(calls: readonly Call[]): readonly Case[] {
  const changes = calls.filter((call) => !call.read);
  return changes
    .filter((call) => !call.undo)
    .flatMap((call) =>
      changes
        .filter((back) => back.undo)
        .flatMap((back) =>
          (['fail-before', 'hang-before', 'rubbish'] as const).map((mode) => ({
            group: `second ${mode}`,
            first: { want: call.want, nth: call.nth, mode: 'fail-after' as const },
            second: { want: back.want, nth: 'every' as const, mode },
            reads: false,
            what: `${call.line}   then   ${back.line}`,
            late: false,
            codes: [5, 6, ...ownCode(call)],
          })),
        ),
    );
}

export function casesOf(
  calls: readonly Call[],
  wanted: readonly Group[],
  wantedModes: readonly Mode[] = modes,
): readonly Case[] {
  const all: Readonly<Record<Group, () => readonly Case[]>> = {
    changes: () =>
      singles(
        calls.filter((call) => !call.read),
        'changes',
        wantedModes,
      ),
    reads: () =>
      singles(
        calls.filter((call) => call.read),
        'reads',
        wantedModes,
      ),
    persistent: () => persistent(calls),
    double: () => doubles(calls),
  };
  return wanted.flatMap((group) => all[group]());
}
