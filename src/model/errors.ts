import type { ErrorName, ProblemCode } from './codes/index.ts';
import type { Text } from './text.ts';

/** The meaning of ctr's exit codes; `ctr --help` prints this table. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  config: 3,
  notReady: 4,
  undone: 5,
  left: 6,
  notHeld: 7,
  stale: 8,
  busy: 9,
  cannotRun: 125,
  notExecutable: 126,
  notFound: 127,
} as const;

/** One problem, its place, and how to fix it. */
export interface Problem {
  /** Stable: `E…` is an error, `W…` a warning. */
  readonly code: ProblemCode;
  /** `file:line:column`, or the thing on the host that is wrong. */
  readonly place?: string;
  readonly message: Text;
  readonly fix?: Text;
  /** ctr's exit code if all problems agree on it; the error's own exit code if absent. */
  readonly exitCode?: number;
}

/** The exit code for several problems: their common one, as 127 for a missing command, otherwise the error's. */
export function exitCodeFor(problems: readonly Problem[], otherwise: number): number {
  const codes = new Set(problems.map(({ exitCode = otherwise }) => exitCode));
  const [only = otherwise] = codes;
  return codes.size === 1 ? only : otherwise;
}

/** The rows below an error's first line, in print order. */
export interface Details {
  readonly step?: string;
  /** The failed command, as a person would type it. */
  readonly ran?: string;
  /** The tool's error message, unchanged. */
  readonly said?: string;
  readonly means?: Text;
  /** What was undone, as far as verified. */
  readonly undone?: Text;
  /** The command that removes each thing that is left. */
  readonly left?: readonly string[];
  /** ctr could not read the host: what `left` lists may be gone. */
  readonly unread?: true;
  /** At most three commands to try, ready to paste. */
  readonly try?: readonly (string | Text)[];
  readonly problems?: readonly Problem[];
}

/** An error as data, which `render/problem.ts` formats. */
export class CtrError extends Error {
  readonly code: ErrorName;
  readonly exitCode: number;
  readonly text: Text;
  readonly details: Details;

  constructor(code: ErrorName, exitCode: number, text: Text, details: Details = {}) {
    super(text.en);
    this.name = 'CtrError';
    this.code = code;
    this.exitCode = exitCode;
    this.text = text;
    this.details = details;
  }

  /** A part of the program that is bundled apart (scripts/build) has a copy of this class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // Of a subclass only its own instances.
    // biome-ignore lint/complexity/noThisInStatic: it is inherited by subclasses
    if (this !== CtrError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === 'CtrError';
  }
}

/** @returns the name of a system error, such as ENOENT (errno(3)). */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** @returns the message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
