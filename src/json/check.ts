import * as z from 'zod/mini';
import { runName, text, version } from './common.ts';
import { diagnosis, promised } from './diagnosis.ts';

const finding = z.strictObject({
  holds: z.boolean(),
  where: z.string().check(z.describe('`host`, or a container')),
  what: text,
  found: z.optional(z.string().check(z.describe('what is there instead'))),
  subject: z.optional(z.string().check(z.describe('the interface that it is about'))),
  fix: z.optional(text),
});

const holds = z.boolean().check(z.describe('whether all is as the plan made it'));

export const check = z.strictObject({ version, name: runName, holds, findings: z.array(finding) });

export const checkStage = z.strictObject({
  version,
  name: runName,
  stage: z.int().check(z.describe('how many steps of the plan are done there')),
  of: z.int().check(z.describe('how many steps the plan has')),
  holds,
  findings: z.array(
    z.strictObject({
      problem: z
        .enum(['missing', 'extra'])
        .check(z.describe('missing: an earlier step makes it. extra: only a later one does')),
      step: z.int(),
      id: z.string(),
      line: z.string().check(z.describe('the command that makes it')),
      what: text,
    }),
  ),
});

export const checkProbe = z.strictObject({
  version,
  name: runName,
  holds,
  findings: z.array(finding),
  promises: z.array(z.strictObject({ ...promised, holds: z.nullable(z.boolean()) })),
  diagnosis: z.nullable(diagnosis).check(z.describe('of the first promise that fails')),
});

export const repair = z.strictObject({
  version,
  name: runName,
  holds,
  commands: z.int().check(z.describe('how many were run')),
  findings: z.array(finding).check(z.describe('what still does not hold')),
});
