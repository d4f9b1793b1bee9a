import * as z from 'zod/mini';
import { line, text, version } from './common.ts';

const mode = z.strictObject({
  ready: z.boolean(),
  blocked_by: z.array(z.string()).check(z.describe('the ids of findings')),
});

export const doctor = z.strictObject({
  version,
  machine: z.strictObject({
    distribution: z.string(),
    kernel: z.string(),
    architecture: z.string(),
    node: z.string(),
  }),
  modes: z
    .strictObject({ sandbox: mode, root: mode })
    .check(z.describe('the ways to use ctr: in a sandbox host, and on this host as root')),
  findings: z.array(
    z.strictObject({
      area: z.string().check(z.describe('the part of the report')),
      id: z.string().check(z.describe('stable; listed in docs/doctor.md')),
      severity: z.enum(['ok', 'note', 'problem']),
      message: text,
      said: z.optional(z.string().check(z.describe("the tool's own words"))),
      means: z.optional(text),
      fixes: z
        .array(
          z.strictObject({
            command: line,
            costs: z.optional(text.check(z.describe('what it does to the machine'))),
          }),
        )
        .check(z.describe('each is a choice of its own')),
      blocks: z.array(z.enum(['sandbox', 'root'])),
    }),
  ),
});
