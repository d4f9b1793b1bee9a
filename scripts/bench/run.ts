/** What a run of the benchmark measured: everything that docs/performance.md says comes from it. */
export interface Run {
  readonly version: 1;
  readonly startedAt: string;
  readonly tookS: number;
  readonly options: readonly string[];
  readonly machine: Machine;
  /** Versions of what was measured, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly startup: readonly Row[];
  readonly cold: readonly Row[];
  readonly warm: readonly Row[];
  readonly many: readonly ManyRow[];
  readonly memory: readonly MemoryRow[];
  readonly throughput: readonly ThroughputRow[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly system: string;
  /** Load average of the minute before the run: more than a little, and the figures are not quiet. */
  readonly load: number;
  /** What a shell pays for a process that does nothing. */
  readonly processMs?: number;
  /** What a page of memory costs that is touched for the first time. */
  readonly pageUs?: number;
}

export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number | null;
}

interface Entrant {
  readonly id: string;
  readonly title: string;
  /** Why there are no figures, or what to know about them. */
  readonly note?: string;
}

export interface Row extends Entrant {
  readonly samples: readonly Sample[];
  readonly processes?: number;
  readonly programs?: number;
  readonly peakKib?: number;
}

export interface ManyRow extends Entrant {
  readonly count: number;
  readonly up: readonly Sample[];
  readonly down: readonly Sample[];
}

export interface MemoryRow extends Entrant {
  readonly count: number;
  /** PSS of what is kept for the containers, without their commands. */
  readonly kib: number | null;
  /** PSS of daemons that run anyway. */
  readonly daemonsKib: number;
  readonly processes: readonly { readonly program: string; readonly number: number }[];
}

export interface ThroughputRow {
  /** Containers that are up; 0: from the private host itself. */
  readonly count: number;
  readonly gbits: readonly number[];
  readonly note?: string;
}
