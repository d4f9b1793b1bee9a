import type { Event } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import { terminalColumns, textColumns } from '../render/command-text.ts';
import { depthOf } from '../render/depth.ts';
import { narrate } from '../render/narrate.ts';
import type { Context } from '../run/context.ts';
import { type NarrationFlags, pacer } from './pace.ts';

/** The view of `ctr up --why` and of the demo: the run as a lesson, at the pace of its audience. */
export function narrated(
  context: Context,
  plan: Plan,
  flags: NarrationFlags,
  signal: AbortSignal,
): { readonly see: (event: Event) => Promise<void>; readonly close: () => Promise<void> } {
  const { pause, hint, stop } = pacer(flags.pace, context.mayAsk, signal);
  const see = narrate({
    plan,
    language: context.language,
    color: context.colorOnError,
    columns: textColumns(terminalColumns(context.environment, process.stderr)),
    depth: depthOf(flags),
    ...(hint === undefined ? {} : { hint }),
    tell: context.tellColored,
    pause,
  });
  return { see, close: async () => stop() };
}
