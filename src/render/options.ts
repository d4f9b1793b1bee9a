import type { Plan } from '../model/plan.ts';
import type { Language } from '../model/text.ts';
export interface RenderOptions {
  readonly language: Language;
  readonly color: boolean;
  /** What the plan was made from, for the head line. */
  readonly title: string;
  /** The same plan with a terminal handed over: a script finds out when it runs whether there is one. */
  readonly onTerminal?: Plan;
}
