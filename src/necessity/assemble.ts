import type { Plan } from '../model/plan.ts';
import { type PromiseId, promiseIds } from '../model/promise.ts';
import { type Probe, promiseTitles } from './promises.ts';
import { sameAs, sentences } from './purposes.ts';
import type { Necessity, NecessityRow } from './result.ts';
import type { Row } from './rows.ts';
import type { Outcome } from './trial.ts';

/** What the first sandbox host finds before the experiments. */
export interface Head {
  readonly plan: Pick<Plan, 'name' | 'steps'>;
  readonly probes: readonly Probe[];
  readonly rows: readonly Row[];
  /** What the whole plan showed. */
  readonly whole: Outcome;
  readonly drop: boolean;
  /** Root file systems that did not exist, and were made of busybox. */
  readonly made: readonly string[];
}

interface Kept {
  readonly promise: PromiseId;
  readonly container: string;
  readonly probes: readonly number[];
}

/** The tests of each promise in each container. */
function grouped(probes: readonly Probe[]): readonly Kept[] {
  const containers = [...new Set(probes.map(({ container }) => container))];
  return promiseIds.flatMap((promise) =>
    containers.flatMap((container): readonly Kept[] => {
      const own = probes.flatMap((probe, index) =>
        probe.promise === promise && probe.container === container ? [index] : [],
      );
      return own.length === 0 ? [] : [{ promise, container, probes: own }];
    }),
  );
}

function breaksOf({ held, left }: Outcome, kept: readonly Kept[]): NecessityRow['breaks'] {
  const works = new Set(held);
  return promiseIds.flatMap((promise): NecessityRow['breaks'] => {
    if (promise === 'gone') return left.length === 0 ? [] : [{ promise, containers: [] }];
    const containers = kept
      .filter((one) => one.promise === promise && !one.probes.every((index) => works.has(index)))
      .map(({ container }) => container);
    return containers.length === 0 ? [] : [{ promise, containers }];
  });
}

/** What the command of a row reads on its standard input, as text. */
function inputOf({ steps }: Pick<Plan, 'steps'>, { step, command }: Row): string {
  return JSON.stringify(steps[step]?.commands[command]?.input ?? '');
}

/** Makes the table of what the experiments showed. Pure: the order in which they ran does not matter. */
export function assemble(
  { plan, probes, rows, whole, drop }: Head,
  outcomes: ReadonlyMap<number, Outcome>,
): Necessity {
  const works = new Set(whole.held);
  const all = grouped(probes);
  const kept = all.filter((one) => one.probes.every((index) => works.has(index)));
  const gone = whole.left.length === 0;
  const ids = promiseIds.filter((id) =>
    id === 'gone' ? gone : kept.some(({ promise }) => promise === id),
  );
  return {
    name: plan.name,
    drop,
    promises: ids.map((id) => ({
      id,
      title: promiseTitles[id],
      tests: kept
        .filter(({ promise }) => promise === id)
        .flatMap(({ container, probes: own }) =>
          own.map((index) => ({ container, line: probes[index]?.line ?? '' })),
        ),
    })),
    not_kept: all
      .filter((one) => !kept.includes(one))
      .map(({ promise, container }) => ({ promise, container })),
    rows: rows.map((row): NecessityRow => {
      const step = plan.steps[row.step];
      const outcome = outcomes.get(row.number);
      if (step === undefined || outcome === undefined) throw new Error(`no row ${row.number}`);
      const { stop } = outcome;
      const breaks = breaksOf(
        stop === undefined ? outcome : { ...outcome, held: whole.held },
        kept,
      );
      const twin = rows.find(
        (one) =>
          row.act === 'leave-out' &&
          one.act === row.act &&
          one.line === row.line &&
          one.number !== row.number &&
          // nft(8) reads what it does from its standard input.
          inputOf(plan, one) === inputOf(plan, row) &&
          // The line on standard input of one gate is not that of another.
          row.purpose !== 'release-child/program',
      );
      const means = twin === undefined ? sentences[row.purpose] : sameAs(twin.number);
      const at = rows.find(
        (one) => one.act === 'leave-out' && one.step === stop?.step && one.command === stop.command,
      );
      return {
        row: row.number,
        act: row.act,
        step: step.id,
        of: step.of,
        title: step.title,
        purpose: row.purpose,
        line: row.line,
        ...(stop === undefined ? {} : { stops: { row: at?.number ?? 0, said: stop.said } }),
        breaks: gone ? breaks : breaks.filter(({ promise }) => promise !== 'gone'),
        ...(stop === undefined && breaks.length === 0 && means !== undefined ? { means } : {}),
      };
    }),
  };
}
