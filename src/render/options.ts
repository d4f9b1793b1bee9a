import type { Plan } from '../model/plan.ts';
import type { Language } from '../model/text.ts';
export interface RenderOptions {
  readonly language: Language;
  readonly color: boolean;
  /** The source of the plan, for the heading. */
  readonly title: string;
  /** The same plan with a terminal. A script checks for a terminal when it runs. */
  readonly onTerminal?: Plan;
}
