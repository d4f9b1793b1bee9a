/** The results of a benchmark run, from which docs/performance.md is generated. */
export interface Run {
  readonly version: 1;
  readonly startedAt: string;
  readonly tookS: number;
  readonly options: readonly string[];
  readonly machine: Machine;
  /** The versions of the programs measured, by name. */
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
  /** Load average of the minute before the run. A high value makes the figures unreliable. */
  readonly load: number;
  /** The time for a shell to run an empty process. */
  readonly processMs?: number;
  /** The time for the first write to a page of memory. */
  readonly pageUs?: number;
}

export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number | null;
}

interface Entrant {
  readonly id: string;
  readonly title: string;
  /** Explains the figures, or why there are none. */
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
  /** PSS of the processes that serve the containers, without the containers' commands. */
  readonly kib: number | null;
  /** PSS of daemons, which run even without containers. */
  readonly daemonsKib: number;
  readonly processes: readonly { readonly program: string; readonly number: number }[];
}

export interface ThroughputRow {
  /** The number of running containers; 0 means that the stream came from the private host itself. */
  readonly count: number;
  readonly gbits: readonly number[];
  readonly note?: string;
}
