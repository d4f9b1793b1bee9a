import type { Text } from '../model/text.ts';

/** How ctr can work: in a sandbox host, or on this host as root. */
export const modes = ['sandbox', 'root'] as const;
export type Mode = (typeof modes)[number];

export const severities = ['ok', 'note', 'problem'] as const;

/** A command that helps. */
export interface Fix {
  readonly command: string;
  /** What the command does to the machine, or how far it helps; absent where the command says it all. */
  readonly costs?: Text;
}

export interface Finding {
  /** Stable: scripts and docs/doctor.md name it. */
  readonly id: string;
  /** ok: as it should be. note: good to know. problem: something of ctr does not work. */
  readonly severity: (typeof severities)[number];
  readonly says: Text;
  /** The tool's own words. */
  readonly said?: string;
  /** What follows from it. */
  readonly means?: Text;
  /** Each of them is a choice of its own. */
  readonly fixes?: readonly Fix[];
  /** The modes that cannot work because of it. */
  readonly blocks?: readonly Mode[];
}
