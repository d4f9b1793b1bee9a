import { Listr, type ListrTask, type ListrTaskWrapper, type SimpleRenderer } from 'listr2';
import type { Event } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import type { Step } from '../model/step.ts';
import type { Language } from '../model/text.ts';
import { escapeControls } from './escape-controls.ts';
import { manySteps } from './lines.ts';

/** One line of the task list: a step, or in a large plan all steps of one id. */
interface Row {
  readonly title: string;
  readonly steps: number;
  done: number;
  /** Set while listr2 shows the row. */
  task?: { title: string };
  readonly passed: Promise<void>;
  open(): void;
  refuse(error: Error): void;
}

function row(title: string, steps: number): Row {
  let open = () => {};
  let refuse: (error: Error) => void = () => {};
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    refuse = reject;
  });
  passed.catch(() => undefined);
  return { title, steps, done: 0, passed, open: () => open(), refuse: (error) => refuse(error) };
}

/** The rows, and the row of each step. */
function rowsOf(
  steps: readonly Step[],
  language: Language,
): { readonly rows: readonly Row[]; readonly of: readonly Row[] } {
  const title = (step: Step) => escapeControls(step.title[language]);
  if (steps.length <= manySteps) {
    const rows = steps.map((step) => row(title(step), 1));
    return { rows, of: rows };
  }
  const byId = new Map<string, Row>();
  const of = steps.map((step) => {
    const count = steps.filter(({ id }) => id === step.id).length;
    const found = byId.get(step.id) ?? row(count === 1 ? title(step) : step.id, count);
    byId.set(step.id, found);
    return found;
  });
  return { rows: [...byId.values()], of };
}

/** Draws a run on a terminal. It controls nothing: each task only waits for the events of its steps. */
export function progress(
  plan: Plan,
  language: Language,
): { readonly see: (event: Event) => void; readonly close: () => Promise<void> } {
  const { rows, of } = rowsOf(plan.steps, language);
  const tasks: ListrTask[] = rows.map((one) => ({
    title: one.title,
    task: async (
      _: unknown,
      task: ListrTaskWrapper<unknown, typeof SimpleRenderer, typeof SimpleRenderer>,
    ) => {
      one.task = task;
      count(one);
      await one.passed;
    },
  }));
  const list = new Listr(tasks, {
    concurrent: false,
    exitOnError: true,
    registerSignalListeners: false,
    rendererOptions: { collapseErrors: true, showErrorMessage: false },
  });
  const drawn = list.run().catch(() => undefined);
  const stop = (message: string) => {
    for (const one of rows) one.refuse(new Error(message));
  };
  function count(one: Row): void {
    if (one.task !== undefined && one.steps > 1) {
      one.task.title = `${one.title}  ${one.done}/${one.steps}`;
    }
  }
  return {
    see(event) {
      if (event.event === 'stepped') {
        const one = of[event.step];
        if (one === undefined) return;
        one.done += 1;
        count(one);
        if (one.done === one.steps) one.open();
      }
      if (event.event === 'failed') stop(event.failure.said);
      if (event.event === 'interrupted') stop(event.signal);
    },
    async close() {
      stop('');
      await drawn;
    },
  };
}
