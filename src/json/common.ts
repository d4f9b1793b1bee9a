import * as z from 'zod/mini';

/** The version of all shapes in docs/json.md. It increases when a key is removed or changes its meaning. */
export const jsonVersion = 1;

export const version = z.literal(jsonVersion).check(z.describe('of these shapes'));

/** The type of every sentence in results, events and errors. */
export const text = z.strictObject({ en: z.string(), zh: z.string() });

export const runName = z.string().check(z.describe('of the run'));

export const line = z.string().check(z.describe('a command, as a shell takes it'));

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

/** Deeply read-only: verbs pass on the data they have, and nobody changes it. */
export type Frozen<T> = T extends (infer One)[]
  ? readonly Frozen<One>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

export type ShownProblem = Frozen<z.infer<typeof problem>>;
