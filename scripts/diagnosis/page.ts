import { families } from './families/index.ts';
import { labs } from './lab.ts';
import type { Result } from './result.ts';
import { type Twins, twinsIn } from './twins.ts';
import { type Score, scores, type Verdict } from './verdict.ts';

interface Measured {
  readonly results: readonly Result[];
  readonly seed: number;
  readonly seconds: number;
  readonly versions: readonly string[];
}

type Cells = readonly (string | number)[];
const ways = ['trace', 'kernel', 'why'] as const;
type Way = (typeof ways)[number];

function table(head: Cells, rows: readonly Cells[]): string {
  const line = (cells: Cells) => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, at) => (at === 0 ? '---' : '---:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** How often each score was given, over the verdicts of one way of asking. */
function tally(results: readonly Result[], way: Way) {
  const verdicts = results.flatMap((one): readonly (Verdict & { readonly ms: number })[] => {
    const verdict = one[way];
    return verdict === undefined ? [] : [verdict];
  });
  const count = (score: Score) => verdicts.filter((one) => one.score === score).length;
  const sorted = verdicts.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    asked: verdicts.length,
    located: verdicts.filter(({ located }) => located).length,
    ...(Object.fromEntries(scores.map((score) => [score, count(score)])) as Record<Score, number>),
    medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
  };
}

const commands: Readonly<Record<Way, string>> = {
  trace: '`ctr trace`',
  kernel: '`ctr trace --kernel`',
  why: '`ctr why`',
};

function totals(faults: readonly Result[]): string {
  const head = ['', 'asked', 'located', 'named', ...scores.slice(1), 'median time'];
  const rows = ways.flatMap((way) => {
    const all = tally(faults, way);
    if (all.asked === 0) return [];
    return [
      [
        commands[way],
        all.asked,
        percent(all.located, all.asked),
        percent(all.named, all.asked),
        ...scores.slice(1).map((score) => all[score]),
        `${all.medianMs} ms`,
      ],
    ];
  });
  return table(head, rows);
}

function perFamily(faults: readonly Result[]): string {
  const head = ['family', 'faults', 'located', 'named', ...scores.slice(1), '`why` names'];
  const rows = families.flatMap(({ name, title }) => {
    const own = faults.filter(({ family }) => family === name);
    const all = tally(own, 'trace');
    const why = tally(own, 'why');
    if (own.length === 0) return [];
    const whys = why.asked === 0 ? '–' : `${why.named} of ${why.asked}`;
    const row = [all.located, all.named, ...scores.slice(1).map((score) => all[score])];
    return [
      [`**${name}**: ${title}`, own.length, ...(all.asked === 0 ? row.map(() => '–') : row), whys],
    ];
  });
  return table(head, rows);
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|').replaceAll('`', "'").replaceAll(/\s+/g, ' ').slice(0, 160)}\``;
}

/**
 * Why the kernel's word was another one than the verdict's, by family and fault: looked at by hand, then added to
 * src/trace/kernel/reasons.ts, so that the next run agrees.
 */
const explained: Readonly<Record<string, string>> = {
  'host-route into-the-bridge':
    'the route leads answers into the bridge, and FORWARD accepts nothing that comes from there: the kernel tells where the packet ended, the verdict why it went there',
  'neighbour wrong-gateway':
    'the MAC that the frame is sent to is behind the bridge port that it came from, so that the bridge has no other port for it',
};

/** Whether the kernel's own word on a drop fits the verdict. */
function kernelWords(faults: readonly Result[]): string {
  const heard = faults.flatMap((one) => {
    const { kernel } = one;
    return kernel?.heard === undefined ? [] : [{ one, kernel, ...kernel.heard }];
  });
  if (heard.length === 0) return 'Not asked here: it needs root (`npm run diagnosis -- --kernel`).';
  const count = (verdict: string) => heard.filter((one) => one.verdict === verdict).length;
  const rows = heard
    .filter(({ verdict }) => verdict === 'disagrees')
    .map(({ one, kernel, word }) => [
      `${one.lab}: ${one.family}: ${one.id}`,
      kernel.causes.join(', ') || kernel.score,
      code(word),
      explained[one.kind] ?? 'not looked at yet',
    ]);
  const list =
    rows.length === 0
      ? ''
      : `\n\n${table(['fault', 'the verdict', 'the kernel', 'because'], rows)}`;
  return `In the labs of root, \`ctr trace --kernel\` also listened to the kernel's own reports of dropped packets (tracefs, skb:kfree_skb).
Of ${heard.length} faults it agrees with the verdict on ${count('agrees')} and disagrees on ${count('disagrees')}; on ${count('silent')} it is silent, since
no packet was dropped there, or none of them names anything.${list}`;
}

/** Every fault that was not named. */
function missed(faults: readonly Result[]): string {
  const rows = faults.flatMap((one) =>
    ways.flatMap((way): readonly Cells[] => {
      const verdict = one[way];
      if (verdict === undefined || (verdict.score === 'named' && verdict.located)) return [];
      // A fault that `why` cannot see without sending is no news beside what `trace` said.
      if (way === 'why' && ['unknown', 'silent'].includes(verdict.score)) return [];
      const score = verdict.score === 'named' ? 'named, not located' : verdict.score;
      return [
        [
          `${one.lab}: ${one.family}: ${one.id}`,
          way,
          score,
          verdict.causes.join(', ') || '–',
          one.truth.causes.join(' or ') || 'none',
          code(one.edit.join('; ')),
        ],
      ];
    }),
  );
  if (rows.length === 0) return 'None.';
  return table(['lab: family: fault', 'asked by', 'score', 'it said', 'right', 'the edit'], rows);
}

function alike(twins: readonly Twins[]): string {
  if (twins.length === 0) return 'None.';
  return twins
    .map(({ kinds, times }) => `- ${kinds.map((one) => `*${one}*`).join(' and ')} (${times})`)
    .join('\n');
}

function falseAlarms(results: readonly Result[]): string {
  const controls = results.filter(({ harmless }) => harmless);
  const lines = ways.flatMap((way) => {
    const all = tally(controls, way);
    return all.asked === 0
      ? []
      : [
          `- ${commands[way]}: ${all.asked} asked, ${all.asked - all.named} false alarms, ${all['wrong and sure']} of them sure`,
        ];
  });
  return lines.join('\n');
}

/** The page, the figures as JSON, and what is said at the end of a run. */
export function page({ results, seed, seconds, versions }: Measured): {
  readonly text: string;
  readonly json: unknown;
  readonly summary: string;
} {
  const impossible = results.filter((one) => one.impossible !== undefined);
  const broken = results.filter(({ mistakes }) => mistakes.length > 0);
  const valid = results.filter((one) => !impossible.includes(one) && !broken.includes(one));
  const faults = valid.filter(({ harmless }) => !harmless);
  const twins = twinsIn(faults);
  const used = labs.filter(({ name }) => results.some(({ lab }) => lab === name));
  const labRows = used.map((lab) => [
    lab.name,
    lab.about,
    lab.fast ? 'fast' : 'staged',
    lab.rootless ? 'ordinary user' : 'root',
    faults.filter((one) => one.lab === lab.name).length,
  ]);
  const text = `# How often the diagnosis is right

\`ctr\` brings up containers and connects them. When a packet does not arrive, two commands say why: \`ctr trace\` sends one
packet and follows it, \`ctr why\` reads the state and sends nothing. This page says how often they are right. It is written
by \`npm run diagnosis\`; [diagnosis.json](diagnosis.json) has every single fault, with the sentence that was said in both
languages.

## What is measured

A small network is brought up in a sandbox: containers, a bridge, a host, and an "internet" that answers. One question is
asked of it, such as "does a ping from \`web\` to 203.0.113.80 come back?", and it does. Then **one thing is broken on purpose**:
a route deleted, a firewall rule inserted, a cable pulled. So the right answer is known before anybody asks. The question
is asked again with a plain ping or connection, and it must fail. Then \`ctr\` is asked. The fault is mended, the
question must work again, and every namespace must be what it was, down to the last sysctl. A fault that does not
break its question, or cannot be mended, counts as an error of the measurement and not as a fault.

${faults.length} faults in ${used.length} labs; seed ${seed}; ${versions.join(', ')}${seconds === 0 ? '' : `; ${seconds} s`}.

${table(['lab', 'what it is', 'plan', 'run by', 'faults'], labRows)}

## How to read it

- **located**: the namespace (a container, the host, the world) and the direction (the packet or its answer) are right.
- **named**: it names one cause, and that is the right one. Some edits have two right names: who moves the default route to
  an address that nobody owns has moved the route, and has made a gateway that does not answer. For faults that its table
  does not have (family *outside*), only "unknown" is right.
- **undecided**: it names several causes, says what would tell them apart, and the right one is among them.
- **unknown**: it says where, and that it does not know why.
- **silent**: \`ctr why\` finds nothing wrong although something is.
- **misled**: it names several causes, and the right one is not among them.
- **wrong and sure**: it names one cause, and that is wrong, or it says that all is well. This must be 0: a
  diagnosis that sends people to the wrong place is worse than none.
- **failed**: the command itself ended with an error.

\`ctr why\` is asked only about what a lab promises (pings and names from its containers), since it sends no packet to ask
anything else.

## Result

${totals(faults)}

### Nothing is wrong

Labs that are healthy, and edits that break nothing (a rule for other addresses, a wider route of a VPN, a second bridge):

${falseAlarms(valid)}

### By family

The numbers are those of \`ctr trace\`.

${perFamily(faults)}

## The kernel's own word

${kernelWords(faults)}

## What was not named

${missed(valid)}

## Faults with the same evidence

Pairs that no reader of the state and the packet's way can tell apart, since all of it is the same afterwards; the number
says how often the rig met them in one lab.

${alike(twins.state)}

Pairs of different causes where the packet's way alone is the same. A packet alone cannot tell them apart; the state can.

${alike(twins.walk.slice(0, 40))}
${twins.walk.length > 40 ? `\nand ${twins.walk.length - 40} more.\n` : ''}
## What this does not show

- The faults are made one at a time. Two at once are not measured.
- They are made by people who know the table of causes; only the family *outside* is made against it.
- It was measured with the versions named above. Other kernels and tools print other things.
${impossible.length === 0 ? '' : `- Not possible on this kernel, and not counted: ${[...new Set(impossible.map(({ kind }) => kind))].join('; ')}.\n`}${broken.length === 0 ? '' : `- Errors of the measurement, not counted: ${broken.map(({ lab, family, id }) => `${lab}: ${family}: ${id}`).join('; ')}.\n`}`;
  const shown = (verdict: Result['trace']) =>
    verdict === undefined
      ? undefined
      : {
          score: verdict.score,
          located: verdict.located,
          causes: verdict.causes,
          says: verdict.says,
          ms: verdict.ms,
        };
  const summaryOf = (way: Way) => {
    const all = tally(faults, way);
    const list = scores.map((score) => `${score} ${all[score]}`).join(', ');
    return all.asked === 0
      ? []
      : [
          `${way}: ${all.asked} asked, located ${percent(all.located, all.asked)}, ${list} (${percent(all.named, all.asked)} named)`,
        ];
  };
  return {
    text,
    json: {
      seed,
      versions,
      totals: Object.fromEntries(ways.map((way) => [way, tally(faults, way)])),
      twins,
      faults: valid.map((one) => ({
        ...{ lab: one.lab, family: one.family, id: one.id, edit: one.edit, question: one.question },
        ...{ truth: one.truth, harmless: one.harmless },
        ...{ trace: shown(one.trace), why: shown(one.why) },
        ...(one.kernel === undefined
          ? {}
          : { kernel: { score: one.kernel.score, ...one.kernel.heard } }),
      })),
    },
    summary: [
      `${faults.length} faults, ${valid.length - faults.length} controls, ${broken.length} errors of the rig, ${impossible.length} not possible here, ${seconds} s`,
      ...ways.flatMap(summaryOf),
      ...falseAlarms(valid).split('\n'),
    ].join('\n'),
  };
}
