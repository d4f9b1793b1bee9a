import * as z from 'zod/mini';
import { type Frozen, problem, runName, text, version } from './common.ts';

// The events on standard error under --json: one object per line.

const step = z.int().check(z.describe('its number, from 0'));
const line = z.string().check(z.describe('the command, as a shell takes it'));

const event = <Name extends string, Shape extends z.core.$ZodLooseShape>(
  name: Name,
  shape: Shape,
) => z.strictObject({ version, event: z.literal(name), ...shape });

const undone = {
  line,
  result: z.enum(['done', 'gone', 'kept', 'in-use', 'not-ours', 'failed']),
  reason: z.optional(z.string()),
  unread: z.optional(z.literal(true)).check(z.describe('the host could not be read')),
};

const failure = z.strictObject({
  step,
  id: z.string(),
  of: z.string(),
  title: text,
  line,
  exit_code: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  timed_out: z.boolean(),
  missing: z.boolean().check(z.describe('the program is not installed')),
  said: z.string().check(z.describe("the tool's own words")),
});

export const events = {
  plan: event('plan', {
    name: runName,
    steps: z.int(),
    counts: z.record(z.string(), z.int()).check(z.describe('steps by id')),
  }),
  step: event('step', {
    step,
    id: z.string(),
    of: z.string(),
    title: text,
    why: text,
    shared: z.boolean().check(z.describe('its commands share a process with the step before')),
  }),
  stepped: event('stepped', { step, id: z.string() }),
  command: event('command', { step: z.optional(step), line }),
  ran: event('ran', { step, line, ms: z.number() }),
  failed: event('failed', { failure }),
  interrupted: event('interrupted', { signal: z.string() }),
  undo: event('undo', undone),
  ready: event('ready', { name: runName }),
  sandbox: event('sandbox', {
    name: runName,
    pid: z.int().check(z.describe('the first process of the sandbox host that is spoken of next')),
  }),
  warning: event('warning', problem.shape),
  error: event('error', {
    code: z.string().check(z.describe('stable')),
    exit_code: z.int().check(z.describe('what ctr ends with')),
    message: text,
    step: z.optional(z.string()),
    ran: z.optional(line),
    said: z.optional(z.string().check(z.describe("the tool's own words"))),
    means: z.optional(text),
    undone: z.optional(text),
    left: z.optional(z.array(line)).check(z.describe('what removes each thing that is left')),
    unread: z
      .optional(z.literal(true))
      .check(z.describe('the host could not be read: what is said to be left may be gone')),
    try: z.optional(z.array(text)).check(z.describe('ways out')),
    problems: z.optional(z.array(problem)),
  }),
} as const;

type Shapes = { [Name in keyof typeof events]: z.infer<(typeof events)[Name]> };
/** An event without its version. */
export type ShownEvent = {
  [Name in keyof Shapes]: Omit<Frozen<Shapes[Name]>, 'version'>;
}[keyof Shapes];
