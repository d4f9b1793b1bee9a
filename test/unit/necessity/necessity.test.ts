import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';
import { languages } from '../../../src/model/text.ts';
import { assemble, type Head } from '../../../src/necessity/assemble.ts';
import { necessityMarkdown } from '../../../src/necessity/markdown.ts';
import { probesOf } from '../../../src/necessity/promises.ts';
import { purposeOf, sentences } from '../../../src/necessity/purposes.ts';
import { planWithout, rowsOf } from '../../../src/necessity/rows.ts';
import { necessitySvg } from '../../../src/necessity/svg.ts';
import { necessityText } from '../../../src/necessity/text.ts';
import type { Outcome } from '../../../src/necessity/trial.ts';
import { makePlan } from '../../../src/plan.ts';
import { columnsOf } from '../../../src/render/columns.ts';
import { goldenCases } from '../../support/golden-cases.ts';
import { needed, neededByFew } from '../../support/needed.ts';

const plans = Object.entries(goldenCases).map(([name, [text, facts]]) => {
  const { config } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error(name);
  return [name, makePlan(config, facts)] as const;
});
const [, tutorial] = plans.find(([name]) => name === 'tutorial') as (typeof plans)[number];
const [, two] = plans.find(([name]) => name === 'two-containers') as (typeof plans)[number];

test.each(plans)('%s: every command is needed, or has a sentence', (_, plan) => {
  const known = [...needed, ...neededByFew, ...Object.keys(sentences)];
  const purposes = plan.steps.flatMap((step) =>
    step.commands.map((command) => purposeOf(step, command)),
  );
  expect(purposes.filter((one) => !known.includes(one))).toEqual([]);
});

test('every sentence and every needed purpose is of a command that some plan has', () => {
  const purposes = plans.flatMap(([, { steps }]) =>
    steps.flatMap((step) => step.commands.map((command) => purposeOf(step, command))),
  );
  const known = [...needed, ...neededByFew, ...Object.keys(sentences)];
  expect(known.filter((one) => !purposes.includes(one))).toEqual([]);
});

test.each(plans)('%s: each command is left out once, and only it', (_, plan) => {
  const rows = rowsOf(plan).filter(({ act }) => act === 'leave-out');
  const all = plan.steps.flatMap(({ commands }) => commands);
  expect(rows).toHaveLength(all.length);
  for (const [index, row] of rows.entries()) {
    const rest = planWithout(plan, row).steps.flatMap(({ commands }) => commands);
    expect(rest).toEqual(all.filter((_one, at) => at !== index));
  }
});

test('addresses, routes, sysctls and rules are removed afterwards', () => {
  const removed = rowsOf(tutorial).filter(({ act }) => act === 'remove');
  const kinds = removed.map(({ purpose }) => purpose);
  expect(kinds).toEqual([
    'ensure-bridge/address',
    'configure-address/address',
    'configure-route/route',
    ...['enable-forwarding/sysctl', 'enable-forwarding/sysctl'],
    ...['between', 'outward', 'answers'].map((one) => `allow-forwarding/${one}`),
    'masquerade/masquerade',
  ]);
  expect(removed[1]?.line).toBe(
    'nsenter --target "$labex_pid" --net ip addr del 192.168.0.100/16 dev eth0',
  );
});

function headOf(plan: typeof tutorial): Head {
  const probes = probesOf(plan.lab);
  const held = probes.map((_, index) => index);
  return { plan, probes, rows: rowsOf(plan), whole: { held, left: [] }, drop: false, made: [] };
}

/** Everything holds, but for what a test says. */
function resultOf(head: Head, special: Readonly<Record<number, Partial<Outcome>>> = {}) {
  const { held } = head.whole;
  const outcomes = head.rows.map(
    ({ number }) => [number, { held, left: [], ...special[number] }] as const,
  );
  return assemble(head, new Map(outcomes));
}

test('a promise breaks in the containers whose tests failed', () => {
  const head = headOf(two);
  const lost = head.probes.findIndex(
    ({ promise, container }) => promise === 'gateway' && container === 'db',
  );
  const held = head.whole.held.filter((index) => index !== lost);
  const { rows } = resultOf(head, { 1: { held } });
  expect(rows[0]?.breaks).toEqual([{ promise: 'gateway', containers: ['db'] }]);
  expect(rows[1]?.breaks).toEqual([]);
});

test('what the whole plan does not keep is in no column', () => {
  const head = headOf(tutorial);
  const name = head.probes.findIndex(({ promise }) => promise === 'name');
  const held = head.whole.held.filter((index) => index !== name);
  const result = resultOf({ ...head, whole: { held, left: [] } });
  expect(result.promises.map(({ id }) => id)).not.toContain('name');
  expect(result.not_kept).toEqual([{ promise: 'name', container: 'labex' }]);
});

test('a run that stops says where, and what is left behind breaks the last promise', () => {
  const result = resultOf(headOf(tutorial), {
    4: { held: [], stop: { step: 1, command: 1, said: 'Cannot find device' } },
    5: { left: ['host: link veth-labex added'] },
  });
  expect(result.rows[3]).toMatchObject({ stops: { row: 5 }, breaks: [] });
  expect(result.rows[3]?.means).toBeUndefined();
  expect(result.rows[4]?.breaks).toEqual([{ promise: 'gone', containers: [] }]);
});

test('a row that no promise needs has its sentence', () => {
  const { rows } = resultOf(headOf(tutorial));
  const altname = rows.find(({ purpose }) => purpose === 'create-veth/altname');
  expect(altname?.means).toBe(sentences['create-veth/altname']);
});

test('a command that the plan has twice is told as such', () => {
  const [, everything] = plans.find(([name]) => name === 'everything') as (typeof plans)[number];
  const { rows } = resultOf(headOf(everything));
  const lo = rows.filter(
    ({ purpose, of }) => purpose === 'configure-address/up-lo' && of.startsWith('router/'),
  );
  expect(lo).toHaveLength(2);
  expect(lo[0]?.means?.en).toBe(
    `Row ${lo[1]?.row} runs the same command: one of the two is enough.`,
  );
});

test.each(languages)('the table fits on 80 columns (%s)', (language) => {
  const text = necessityText(
    resultOf(headOf(two), {
      4: { held: [], stop: { step: 1, command: 1, said: 'x'.repeat(200) } },
    }),
    language,
  );
  const wide = text.split('\n').filter((line) => columnsOf(line) > 80);
  expect(wide).toEqual([]);
});

test.each(languages)(
  'the picture is XML with every command, the page has every row (%s)',
  (language) => {
    const result = resultOf(headOf(tutorial), { 7: { held: [] } });
    const svg = necessitySvg(result, language);
    expect(svg.match(/<g>/g)).toHaveLength(result.rows.length);
    expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
    const markdown = necessityMarkdown(result, language);
    for (const { row } of result.rows) expect(markdown).toContain(`\n| ${row} | `);
  },
);
