import type { Plan } from '../model/plan.ts';
import type { Language } from '../model/text.ts';
import type { Depth } from './depth.ts';

export interface RenderOptions {
  readonly language: Language;
  readonly color: boolean;
  /** The source of the plan, for the heading. */
  readonly title: string;
  /** Columns for text and commands, at most 78. Without it, text has 78, and commands are not wrapped. */
  readonly columns?: number;
  /** How much of each step is shown. Default: everything. */
  readonly depth?: Depth;
  /** The same plan with a terminal. A script checks for a terminal when it runs. */
  readonly onTerminal?: Plan;
}
