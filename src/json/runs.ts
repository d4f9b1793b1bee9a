import * as z from 'zod/mini';
import { exitCode, line, runName, time, version } from './common.ts';

const listed = z.strictObject({
  name: runName,
  container: z.string(),
  state: z.enum(['starting', 'running', 'degraded', 'ended', 'dead', 'unreadable', 'attached']),
  pid: z.nullable(z.int()),
  exit_code: exitCode,
  addresses: z.array(z.string()),
  bridges: z.array(z.string()),
  created: z.nullable(time),
  ended: z.nullable(time).check(z.describe('when a run that ended by itself had ended')),
});

export const up = z.strictObject({ version, name: runName });

export const down = z.strictObject({
  version,
  runs: z.array(
    z.strictObject({
      name: runName,
      undone: z.array(line).check(z.describe('what was run and has worked')),
      in_use: z.array(line).check(z.describe('what was left, since somebody else uses it')),
    }),
  ),
});

export const gc = z.strictObject({
  version,
  dry_run: z.boolean(),
  recovered: z.array(z.string()).check(z.describe('dead runs that were taken back, or would be')),
  removed: z.int().check(z.describe('how many things without a record were removed')),
  commands: z.array(line).check(z.describe('of a dry run: what would remove them')),
});

export const ps = z.strictObject({ version, containers: z.array(listed) });

export const goto = z.strictObject({
  version,
  name: runName,
  at: z.int().check(z.describe('how many steps of the plan are done')),
  of: z.int().check(z.describe('how many steps the plan has')),
  equal: z
    .boolean()
    .check(z.describe('the state is what it was when this stage was first reached')),
});
