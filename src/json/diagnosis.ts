import * as z from 'zod/mini';
import { stages } from '../diagnosis/cause.ts';
import { promised as promisedKinds } from '../diagnosis/promises.ts';
import { line, runName, text, version } from './common.ts';

const hint = z.strictObject({ place: z.string(), command: line });

/** A cause that holds now. */
const cause = {
  cause: z.string().check(z.describe('its id, the same in all releases')),
  stage: z.enum(stages).check(z.describe('the link of the causal chain')),
  direction: z.enum(['there', 'back']).check(z.describe('the packet, or its answer')),
  place: z.string().check(z.describe('`host`, `world`, `container NAME`, or `node NAME`')),
  certain: z.boolean().check(z.describe('it stops the packet surely, by its state alone')),
  says: text,
  evidence: z.array(text),
  check: z.array(hint).check(z.describe('commands that show it')),
  fix: z.nullable(hint),
};

export const promised = {
  what: z.enum(promisedKinds),
  from: z.string(),
  to: z.string().check(z.describe('IPv4 address')),
  protocol: z.enum(['icmp', 'tcp', 'udp']),
  port: z.nullable(z.int()),
  title: text,
};

const promise = z.strictObject(promised);

export const found = z.strictObject(cause);

export const diagnosis = z.strictObject({
  kind: z.enum(['arrives', 'named', 'undecided', 'unknown']),
  finding: z.nullable(found).check(z.describe('of `named`: the first broken link')),
  also: z.array(found),
  between: z.array(found).check(z.describe('of `undecided`: what fits the evidence')),
  tell: z.array(text).check(z.describe('what would tell them apart')),
  after: z.nullable(text).check(z.describe('of `unknown`: where it was seen last')),
  remaining: z.array(text).check(z.describe('of `unknown`: what could not be read')),
});

export const why = z.strictObject({
  version,
  name: runName,
  holds: z.boolean().check(z.describe('whether nothing is wrong')),
  not_judged: z
    .array(z.enum(['ipv6']))
    .check(z.describe('what the lab has, and nothing is said about')),
  findings: z
    .array(z.strictObject({ ...cause, breaks: z.array(promise) }))
    .check(z.describe('what is wrong, the worst first; then what may be')),
  open: z
    .array(
      z.strictObject({
        promise,
        kind: z.enum(['undecided', 'unknown']),
        between: z.array(z.string()).check(z.describe('causes that remain')),
        after: z.nullable(text).check(z.describe('how far it gets')),
        remaining: z.array(text).check(z.describe('what would tell, or could not be read')),
      }),
    )
    .check(z.describe('promises that do not hold, or may not, for no reason that is certain')),
});
