import { Listr, type ListrTask } from 'listr2';
import type { Event } from '../engine/events.ts';
import type { Plan } from '../plan.ts';
import type { Language } from '../text.ts';
import { visible } from './visible.ts';

interface Gate {
  readonly passed: Promise<void>;
  open(): void;
  refuse(error: Error): void;
}

function gate(): Gate {
  let open = () => {};
  let refuse: (error: Error) => void = () => {};
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    refuse = reject;
  });
  passed.catch(() => undefined);
  return { passed, open: () => open(), refuse: (error) => refuse(error) };
}

/** Draws a run on a terminal. It decides nothing: each task only waits for the events of its step. */
export function progress(
  plan: Plan,
  language: Language,
): { readonly see: (event: Event) => void; readonly close: () => Promise<void> } {
  const gates = plan.steps.map(gate);
  const tasks: ListrTask[] = plan.steps.map((step, index) => ({
    title: visible(step.title[language]),
    task: async () => gates[index]?.passed,
  }));
  const list = new Listr(tasks, {
    concurrent: false,
    exitOnError: true,
    registerSignalListeners: false,
    rendererOptions: { collapseErrors: true, showErrorMessage: false },
  });
  const drawn = list.run().catch(() => undefined);
  let current = -1;
  const stop = (message: string) => {
    for (const one of gates.slice(Math.max(current, 0))) one.refuse(new Error(message));
  };
  return {
    see(event) {
      if (event.event === 'step') {
        gates[current]?.open();
        current = event.step;
      }
      if (event.event === 'failed') stop(event.failure.said);
      if (event.event === 'interrupted') stop(event.signal);
      if (event.event === 'ready') gates[current]?.open();
    },
    async close() {
      stop('');
      await drawn;
    },
  };
}
