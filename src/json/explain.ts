import * as z from 'zod/mini';
import { line, text, version } from './common.ts';

export const explain = z.strictObject({
  version,
  topics: z.array(z.strictObject({ name: z.string(), title: text })),
});

export const explainCodes = z.strictObject({
  version,
  codes: z
    .array(
      z.strictObject({
        code: z.string().check(z.describe('of a problem, or the name of an error')),
        means: text,
        fix: text,
        exit_codes: z
          .array(z.int())
          .check(z.describe('of an error, all that ctr can end with; empty for a problem')),
      }),
    )
    .check(z.describe('all of them; `explain CODE` has that one')),
});

export const explainWords = z.strictObject({
  version,
  steps: z.array(
    z.strictObject({
      id: z.string(),
      form: text.check(z.describe('which plan the step is in')),
      title: text,
      why: text,
      commands: z.array(line).check(z.describe('of an example; pids are shell variables')),
      undo: z.array(line),
      makes: z.array(z.strictObject({ kind: z.string(), name: z.string() })),
      tutorial: z
        .array(z.strictObject({ name: z.string(), sends: text }))
        .check(z.describe('what the C++ tutorial calls')),
    }),
  ),
  kinds: z.array(z.strictObject({ kind: z.string(), means: text, see: line, gone: text })),
  terms: z.array(
    z.strictObject({ term: z.string(), title: text, means: text, see: z.optional(line) }),
  ),
  answers: z
    .array(z.strictObject({ answer: z.string(), means: text, causes: z.array(text), cure: text }))
    .check(z.describe('what the kernel or a tool answered')),
  commands: z.array(
    z.strictObject({
      line,
      statements: z
        .array(
          z.strictObject({
            line,
            level: z.int().check(z.describe('above 0 for a shell text or input of the one before')),
            words: z.array(
              z.strictObject({
                text: z.string().check(z.describe('as typed')),
                level: z.int().check(z.describe('above 0 for a part of the word before')),
                means: z.nullable(text).check(z.describe('null if ctr does not know it')),
              }),
            ),
          }),
        )
        .check(z.describe('the command itself first')),
      undo: z.nullable(text).check(z.describe('a command, or why there is none')),
      steps: z.array(z.string()).check(z.describe('that run such a command')),
      packet_path: z.nullable(z.string().check(z.describe('where a firewall rule is looked at'))),
      note: z.nullable(text),
      unknown: z.array(text).check(z.describe("where ctr's knowledge ends")),
    }),
  ),
});
