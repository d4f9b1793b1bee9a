import * as z from 'zod/mini';
import { events } from '../json/events.ts';
import { recordingFormat, recordingVersion } from './recording.ts';

// The lines of a recording: the source of schema/recording.schema.json and of the check when one is read.

const text = z.strictObject({ en: z.string(), zh: z.string() });
const about = z.describe;
const ms = z.number().check(z.gte(0), about('milliseconds since the recording began'));

const step = z.looseObject({
  id: z.string(),
  of: z.string().check(about('the network, container or interface that the step is for')),
  title: text,
  why: text,
  chapter: z.optional(text),
  commands: z.array(
    z.looseObject({
      line: z
        .string()
        .check(about('as a shell takes it; values of environment variables are masked')),
      input: z
        .optional(z.array(z.string()))
        .check(about('standard input that is commands of the tool')),
      contents: z
        .optional(z.literal(true))
        .check(about('its standard input is what goes into a file, and is left out')),
    }),
  ),
  undo: z.array(z.string()).check(about('what removes what the step makes; may be empty')),
  goes: z.optional(text).check(about('why there is no undo')),
});

const header = z.looseObject({
  line: z.literal('header'),
  format: z.literal(recordingFormat),
  version: z.literal(recordingVersion),
  name: z.string().check(about('of the run')),
  made: z.string().check(about('ISO 8601, in UTC')),
  ctr: z.string().check(about('the version of the program')),
  place: z.enum(['host', 'sandbox']).check(about('where the run was')),
  kernel: z.string(),
  tools: z.record(z.string(), z.string()).check(about('versions of the tools, by name')),
  language: z.enum(['en', 'zh']).check(about('of the person who recorded it')),
  fast: z.optional(z.literal(true)),
  config: z
    .record(z.string(), z.unknown())
    .check(about('without values of environment variables and without what goes into files')),
  marks: z
    .looseObject({
      containers: z.array(z.string()),
      bridges: z.array(z.string()),
      uplinks: z.array(z.string()).check(about("the host's interfaces to the outside")),
      pairs: z
        .array(z.looseObject({ outer: z.string(), inner: z.string() }))
        .check(about('veth pairs: the end on the host, and the other one while it is there too')),
    })
    .check(about('what of the host belongs to the run, by name')),
  steps: z.array(step),
});

const moment = {
  ms,
  moment: z
    .enum(['start', 'step', 'back', 'by-hand', 'end'])
    .check(
      about(
        'start: before the first step. step: after it. back: after its undo. by-hand: after a shell. end: after the way back.',
      ),
    ),
  step: z.int().check(about('its number, from 0; -1 at the start')),
};

const network = {
  links: z.array(z.looseObject({ name: z.string() })),
  routes: z.array(z.looseObject({ to: z.string() })),
  rules: z.array(z.string()),
  neighbours: z.array(z.looseObject({ address: z.string() })),
  fdb: z.array(z.looseObject({ mac: z.string() })),
  firewall: z.array(z.looseObject({ text: z.string() })),
  sysctls: z.record(z.string(), z.string()),
};

/** A whole snapshot (src/snapshot/snapshot.ts). */
export const snapshotSchema = z.looseObject({
  version: z.literal(1),
  host: z.looseObject(network),
  containers: z.record(
    z.string(),
    z.looseObject({
      ...network,
      process: z.looseObject({ pid: z.int(), command: z.array(z.string()) }),
    }),
  ),
  world: z.optional(z.looseObject(network)),
});

const change = z.looseObject({
  place: z.string(),
  op: z.enum(['added', 'removed', 'changed', 'moved']),
  object: z.string(),
  of: z.string(),
  field: z.optional(z.string()),
  from: z.optional(z.string()),
  to: z.optional(z.string()),
  cause: z.enum(['asked', 'surprise']),
  why: z.optional(text),
});

const snapshotLine = z.looseObject({
  line: z.literal('snapshot'),
  ...moment,
  state: z.optional(snapshotSchema).check(about('the whole snapshot')),
  patch: z
    .optional(z.record(z.string(), z.unknown()))
    .check(
      about(
        'what is different from the snapshot before, as a JSON merge patch (RFC 7396). A list in it is {"[]": parts}: [from, count] is so many elements of the list before, [value] is a new one.',
      ),
    ),
});

const diffLine = z.looseObject({
  line: z.literal('diff'),
  ...moment,
  changes: z.array(change),
  hidden: z.record(z.string(), z.int()),
  missing: z.array(text),
});

// Events of later versions may have more keys, and there may be more of them.
const anyEvent = z.looseObject({ event: z.string() });
const eventLine = z.looseObject({ line: z.literal('event'), ms, event: anyEvent });

/** How a line is checked. */
export const lineSchema = z.discriminatedUnion('line', [header, eventLine, snapshotLine, diffLine]);
export type Line = z.infer<typeof lineSchema>;

/** An event as a recording has it: without its version, and without what the header says of the step. */
const recordedEvents = Object.entries(events).map(([name, shape]) =>
  name === 'step'
    ? z.omit(events.step, { version: true, title: true, why: true })
    : z.omit(shape, { version: true }),
);

/** What this ctr writes, more strictly than it reads. */
export const writtenLine = z.discriminatedUnion('line', [
  header,
  z.looseObject({
    line: z.literal('event'),
    ms,
    event: z
      .union(recordedEvents)
      .check(about('as in docs/json.md; the title and the reason of a step are in the header')),
  }),
  snapshotLine,
  diffLine,
]);

/** JSON Schema (draft 2020-12) of one line, for other programs. */
export function recordingJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(writtenLine);
  return {
    $schema,
    $id: `urn:ctrnet:recording:${recordingVersion}`,
    title: 'one line of a ctr recording',
    ...schema,
  };
}
