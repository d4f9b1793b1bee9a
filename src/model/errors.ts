import type { ErrorName, ProblemCode } from './codes/index.ts';
import type { Text } from './text.ts';

/** What ctr's exit status says; `ctr --help` prints this table. */
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

/** One thing that is wrong, where it stands, and how to mend it. */
export interface Problem {
  /** Stable: `E…` is an error, `W…` a warning. */
  readonly code: ProblemCode;
  /** `file:line:column`, or the thing on the host that it is about. */
  readonly place?: string;
  readonly message: Text;
  readonly fix?: Text;
  /** What ctr ends with when nothing else is wrong; without one, it is the error's. */
  readonly exitCode?: number;
}

/** A command that is not there is 127, as in a shell; beside other problems it is one of them. */
export function exitCodeFor(problems: readonly Problem[], otherwise: number): number {
  const codes = new Set(problems.map(({ exitCode = otherwise }) => exitCode));
  const [only = otherwise] = codes;
  return codes.size === 1 ? only : otherwise;
}

/** The rows under an error's first line, in the order they are printed. */
export interface Details {
  readonly step?: string;
  /** The command that was run, as a person would type it. */
  readonly ran?: string;
  /** The tool's own words, untouched. */
  readonly said?: string;
  readonly means?: Text;
  /** Undone, only as far as it was verified. */
  readonly undone?: Text;
  /** The command that removes each thing that is left. */
  readonly left?: readonly string[];
  /** The host could not be read: what is said to be left may be gone. */
  readonly unread?: true;
  /** At most three ways out that can be pasted. */
  readonly try?: readonly (string | Text)[];
  readonly problems?: readonly Problem[];
}

/** An error as data: `render/problem.ts` lays it out. */
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
}

/** @returns the system's name of what went wrong, such as ENOENT (errno(3)). */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** @returns the message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
