export type Argv = readonly [string, ...string[]];

/** Requests from the driver to the agent in a private host, one line of JSON each. */
export type Request =
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  | { readonly do: 'run'; readonly argv: Argv; readonly timeoutMs: number }
  | { readonly do: 'start'; readonly argv: Argv }
  | {
      readonly do: 'time';
      readonly argv: Argv;
      readonly timeoutMs: number;
      readonly settleMs: number;
    }
  | { readonly do: 'count'; readonly argv: Argv; readonly daemons: readonly number[] }
  | { readonly do: 'peak'; readonly argv: Argv }
  | { readonly do: 'processes' };

export interface Ran {
  /** Null if a signal or the time limit ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Timed {
  readonly wallMs: number;
  /** CPU time of all processes of the host including daemons, until they are idle again; null without cgroups. */
  readonly cpuMs: number | null;
  readonly code: number | null;
  readonly stderr: string;
}

export interface Counted {
  readonly processes: number;
  readonly programs: number;
}

export interface Peak {
  /** The largest sum of the PSS of all processes that the command started. */
  readonly kib: number;
}

/** A process of the private host. */
export interface HostProcess {
  readonly pid: number;
  readonly command: string;
  readonly pssKib: number;
}

export interface Replies {
  readonly write: null;
  readonly run: Ran;
  readonly start: number;
  readonly time: Timed;
  readonly count: Counted;
  readonly peak: Peak;
  readonly processes: readonly HostProcess[];
}
