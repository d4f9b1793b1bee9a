import * as z from 'zod/mini';

/** The version of every shape in docs/json.md: it goes up when a key goes or changes its meaning. */
export const jsonVersion = 1;

export const version = z.literal(jsonVersion).check(z.describe('of these shapes'));

/** Every sentence is of this one type, in results, events and errors alike. */
export const text = z.strictObject({ en: z.string(), zh: z.string() });

export const runName = z.string().check(z.describe('of the run'));

export const time = z.string().check(z.describe('ISO 8601, in UTC'));

export const problem = z.strictObject({
  code: z.string().check(z.describe('`E…` and `H…` are errors, `W…` warnings: stable')),
  place: z.optional(z.string().check(z.describe('`file:line:column`, or what it is about'))),
  message: text,
  fix: z.optional(text),
});

export const exitCode = z
  .nullable(z.int())
  .check(z.describe('of its command, 128 and the number of a signal; null while it runs'));

/** Read only all the way down: verbs hand over what they have, and nobody writes to it. */
export type Frozen<T> = T extends (infer One)[]
  ? readonly Frozen<One>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

export type ShownProblem = Frozen<z.infer<typeof problem>>;
