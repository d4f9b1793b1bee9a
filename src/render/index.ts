import type { Plan } from '../plan.ts';
import type { Language } from '../text.ts';
import { renderJson } from './json.ts';
import { renderScript } from './script.ts';
import { renderText } from './text.ts';

export interface RenderOptions {
  readonly language: Language;
  readonly color: boolean;
  /** What the plan was made from, for the head line. */
  readonly title: string;
  /** The same plan with a terminal handed over: a script finds out when it runs whether there is one. */
  readonly onTerminal?: Plan;
}

/** A plan as something to read. Pure. */
export type Renderer = (plan: Plan, options: RenderOptions) => string;

/** The formats of `ctr plan --format`. */
export const renderers = {
  text: renderText,
  json: renderJson,
  sh: renderScript,
} satisfies Record<string, Renderer>;

export type Format = keyof typeof renderers;
