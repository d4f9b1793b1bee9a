import type { Change } from './change.ts';

/** A state with the name by which it is told from others of its kind. */
type Named<T> = readonly (readonly [key: string, state: T])[];

/** Which entries belong to an interface that has gone, and which to a new one, whatever their names are. */
export interface Owners {
  readonly gone: ReadonlySet<unknown>;
  readonly come: ReadonlySet<unknown>;
}

/** What changed of objects that have a key, and of those that stayed. */
export function keyed<T>(
  before: Named<T>,
  after: Named<T>,
  describe: (state: T) => Omit<Change, 'op' | 'field' | 'from' | 'to'>,
  fields: (state: T) => Readonly<Record<string, string | undefined>>,
  { gone, come }: Owners,
): readonly Change[] {
  // What belonged to an interface that is gone is gone, even if another interface has its name now.
  const marked = (all: Named<T>, owned: ReadonlySet<unknown>) =>
    new Map(all.map(([key, state]) => [owned.has(state) ? `another ${key}` : key, state]));
  const [was, is] = [marked(before, gone), marked(after, come)];
  const lost = [...was].filter(([key]) => !is.has(key));
  const won = [...is].filter(([key]) => !was.has(key));
  const stayed = [...is].flatMap(([key, state]) => {
    const old = was.get(key);
    return old === undefined ? [] : fieldChanges(describe(state), fields(old), fields(state));
  });
  return [
    ...lost.map(([, state]): Change => ({ ...describe(state), op: 'removed' })),
    ...won.map(([, state]): Change => ({ ...describe(state), op: 'added' })),
    ...stayed,
  ];
}

export function fieldChanges(
  about: Omit<Change, 'op' | 'field' | 'from' | 'to'>,
  before: Readonly<Record<string, string | undefined>>,
  after: Readonly<Record<string, string | undefined>>,
): readonly Change[] {
  return Object.keys({ ...before, ...after }).flatMap((field) => {
    const [from, to] = [before[field], after[field]];
    if (from === to) return [];
    return [
      {
        ...about,
        op: 'changed',
        field,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      } as const,
    ];
  });
}
