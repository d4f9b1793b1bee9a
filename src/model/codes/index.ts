import { configCodes } from './config.ts';
import { runtimeErrors } from './errors.ts';
import { fileErrors } from './files.ts';
import { hostCodes } from './host.ts';
import type { Meaning } from './meaning.ts';
import { stateErrors } from './state.ts';
import { usageErrors } from './usage.ts';
import { warningCodes } from './warnings.ts';

// Only `ctr explain` and docs/errors.md need the text of these tables. Everybody else imports only the types, so that
// no run loads the text.

/** Codes of single problems: `E…` and `H…` stop ctr, `W…` are warnings. */
export const problemCodes = { ...configCodes, ...hostCodes, ...warningCodes } as const;

/** Names of the errors that end ctr. */
export const errorNames = {
  ...usageErrors,
  ...fileErrors,
  ...runtimeErrors,
  ...stateErrors,
} as const;

/** A table's rows, sorted for lookup. */
export function sorted<Row extends Meaning>(
  table: Readonly<Record<string, Row>>,
): readonly (readonly [code: string, row: Row])[] {
  return Object.entries(table).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

export type ProblemCode = keyof typeof problemCodes;
export type ErrorName = keyof typeof errorNames;
