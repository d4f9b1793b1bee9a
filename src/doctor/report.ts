import type { Examination } from './examination.ts';
import type { Finding, Mode } from './finding.ts';

export interface Examined {
  readonly examination: Examination;
  readonly findings: readonly Finding[];
}

export interface Report {
  readonly parts: readonly Examined[];
  /** The ids of the findings that block each mode; none where it is ready. */
  readonly blocked: Readonly<Record<Mode, readonly string[]>>;
  /** Whether root mode is reached by sudo(8) from here. */
  readonly bySudo: boolean;
  readonly distribution: string;
}
