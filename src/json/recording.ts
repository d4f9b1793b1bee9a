import * as z from 'zod/mini';
import { line, runName, text, time, version } from './common.ts';

export const replay = z.strictObject({
  version,
  name: runName,
  made: time,
  kernel: z.string().check(z.describe('the release of Linux on which it was recorded')),
  place: z.enum(['host', 'sandbox']),
  whole: z.boolean().check(z.describe('false when ctr was killed while it recorded')),
  stops: z.array(
    z.strictObject({
      kind: z
        .enum(['start', 'step', 'back', 'by-hand', 'end'])
        .check(z.describe('start: before the first step; end: after the way back')),
      step: z.nullable(z.int()).check(z.describe('its number, from 0')),
      id: z.nullable(z.string()),
      title: z.nullable(text),
      ms: z.number().check(z.describe('since the recording began')),
      commands: z.array(line),
      changes: z
        .nullable(
          z.array(
            z.strictObject({
              place: z.string().check(z.describe('`host`, `world`, or a container')),
              op: z.enum(['added', 'removed', 'changed', 'moved']),
              object: z.string(),
              of: z.string(),
              field: z.optional(z.string()),
              dev: z.optional(z.string().check(z.describe('the interface it belongs to'))),
              kind: z.optional(z.string()),
              from: z.optional(z.string()),
              to: z.optional(z.string()),
              cause: z
                .enum(['asked', 'surprise'])
                .check(z.describe('surprise: no command asked for it')),
              why: z.optional(text),
              minor: z.optional(z.literal(true)),
            }),
          ),
        )
        .check(z.describe('since the stop before; null where the host was not read')),
    }),
  ),
});

export const report = z.strictObject({
  version,
  file: z.string(),
  format: z.enum(['html', 'md', 'worksheet']),
  bytes: z.int(),
});
