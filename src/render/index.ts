import type { Plan } from '../model/plan.ts';
import { renderJson } from './json.ts';
import type { RenderOptions } from './options.ts';
import { renderScript } from './script.ts';
import { renderText } from './text.ts';

/** Formats a plan. Pure. */
export type Renderer = (plan: Plan, options: RenderOptions) => string;

/** The formats of `ctr plan --format`. */
export const renderers = {
  text: renderText,
  json: renderJson,
  sh: renderScript,
} satisfies Record<string, Renderer>;

export type Format = keyof typeof renderers;
