import * as z from 'zod/mini';
import { promiseIds } from '../model/promise.ts';
import { line, runName, text, version } from './common.ts';

export const labNecessity = z.strictObject({
  version,
  name: runName,
  drop: z.boolean().check(z.describe('the FORWARD chain of the host drops what nobody accepts')),
  promises: z
    .array(
      z.strictObject({
        id: z.enum(promiseIds),
        title: text,
        tests: z
          .array(z.strictObject({ container: z.string(), line }))
          .check(z.describe('what tests it, in the containers that keep it')),
      }),
    )
    .check(z.describe('those that the whole plan keeps')),
  not_kept: z
    .array(z.strictObject({ promise: z.enum(promiseIds), container: z.string() }))
    .check(z.describe('that the whole plan does not keep either: nothing is said about them')),
  rows: z.array(
    z.strictObject({
      row: z.int(),
      act: z
        .enum(['leave-out', 'remove'])
        .check(z.describe('never run, or taken away once the run was up')),
      step: z.string(),
      of: z.string(),
      title: text.check(z.describe('of the step')),
      purpose: z.string().check(z.describe('the step, and what the command makes first')),
      line: line.check(z.describe('what was left out or what removed; pids are shell variables')),
      stops: z
        .optional(
          z.strictObject({
            row: z.int().check(z.describe('the command that failed')),
            said: z.string(),
          }),
        )
        .check(z.describe('the run did not come up')),
      breaks: z.array(
        z.strictObject({ promise: z.enum(promiseIds), containers: z.array(z.string()) }),
      ),
      means: z.optional(
        text.check(z.describe('what the command is for, where no promise needs it')),
      ),
    }),
  ),
});
