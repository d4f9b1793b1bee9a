import { configCodes } from './config.ts';
import { runtimeErrors } from './errors.ts';
import { hostCodes } from './host.ts';
import type { Meaning } from './meaning.ts';
import { stateErrors } from './state.ts';
import { usageErrors } from './usage.ts';
import { warningCodes } from './warnings.ts';

// The types come from the tables, and only `ctr explain` and the page docs/errors.md read the prose: everybody
// else imports types alone, so that no run loads it.

/** Codes of single problems: `E…` and `H…` stop ctr, `W…` are warnings. */
export const problemCodes = { ...configCodes, ...hostCodes, ...warningCodes } as const;

/** Names of the errors that end ctr. */
export const errorNames = { ...usageErrors, ...runtimeErrors, ...stateErrors } as const;

/** A table's rows in the order in which people look them up. */
export function sorted<Row extends Meaning>(
  table: Readonly<Record<string, Row>>,
): readonly (readonly [code: string, row: Row])[] {
  return Object.entries(table).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

export type ProblemCode = keyof typeof problemCodes;
export type ErrorName = keyof typeof errorNames;
