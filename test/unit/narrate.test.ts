import { expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { shellLine } from '../../src/model/command.ts';
import type { Event } from '../../src/model/events.ts';
import { focuses, focusOf } from '../../src/model/focus.ts';
import { planFor } from '../../src/plan.ts';
import { columnsOf } from '../../src/render/columns.ts';
import { terminalColumns, textColumns, wrapShell } from '../../src/render/command-text.ts';
import { depthOf, foldedLines } from '../../src/render/depth.ts';
import { narrate } from '../../src/render/narrate.ts';
import { renderText } from '../../src/render/text.ts';

const { config } = parseConfig(
  JSON.stringify({
    host_name: 'labex',
    root_dir: '/r',
    ip: '192.168.0.100/24',
    bridge_name: 'ctr0',
    bridge_ip: '192.168.0.1',
  }),
  't.json',
);
if (config === undefined) throw new Error('the config is not valid');
const facts = withRootfs(freshFacts(), '/r');
const plan = planFor(config, facts, false);
const options = { language: 'en', color: false, title: 't.json' } as const;

/** Numbered lines: the first line of each step. */
function stepsIn(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^ *↩?\d+ {2}\S/.test(line));
}

test('--brief has one line a step, and neither reason nor command', () => {
  const text = renderText(plan, { ...options, depth: 'brief' });
  expect(stepsIn(text).length).toBeGreaterThan(plan.steps.length);
  for (const { why, title } of plan.steps) {
    expect(text).toContain(title.en);
    expect(text).not.toContain(why.en.slice(0, 20));
  }
  expect(text).not.toContain('ip link');
});

test.each(focuses)('--focus %s has its steps in full, and counts the rest', (focus) => {
  const text = renderText(plan, { ...options, depth: focus });
  const whole = renderText(plan, options);
  expect(stepsIn(text).length).toBe(stepsIn(whole).length);
  for (const step of plan.steps) {
    const [first] = step.commands;
    const line = first === undefined ? '' : shellLine(first.argv).slice(0, 30);
    if (focusOf[step.id] === focus) expect(text).toContain(line);
    else expect(text.includes(step.why.en.slice(0, 30))).toBe(false);
  }
  const counted = [...text.matchAll(/^# (\d+) (\w+) steps? folded: --focus \2 shows/gm)];
  expect(counted.map((match) => match[2])).toEqual(focuses.filter((one) => one !== focus));
  const sum = counted.reduce((all, match) => all + Number(match[1]), 0);
  const shown = stepsIn(text).length - sum;
  expect(shown).toBeGreaterThan(0);
});

test('everything folds nothing, and one step is counted as one', () => {
  expect(foldedLines(plan.steps, 'full', 'en')).toEqual([]);
  expect(foldedLines([{ id: 'masquerade' }], 'network', 'en')).toEqual([
    '1 firewall step folded: --focus firewall shows it',
  ]);
  expect(foldedLines([{ id: 'masquerade' }], 'network', 'zh')[0]).toContain('1 个防火墙步骤');
  expect(() => depthOf({ brief: true, focus: 'network' })).toThrow();
});

test('at 40 columns nothing is cut: every line fits, or is one long word, or input', () => {
  for (const language of ['en', 'zh'] as const) {
    const text = renderText(plan, { ...options, language, columns: textColumns(40) });
    let input = false;
    for (const line of text.split('\n')) {
      if (line === 'EOF') input = false;
      else if (!input && columnsOf(line) > 39) {
        const word = line.trim().replace(/ \\$/, '').replace(/^# +/, '');
        expect([line, /^(?:\S+|'.*|.*')$/s.test(word)]).toEqual([line, true]);
      }
      if (/<<'?EOF'?$/.test(line)) input = true;
    }
  }
});

test('a wrapped command is the same command', () => {
  const line = `sh -c 'a b  c' "$web_pid" x\\ y ${'word '.repeat(20).trim()}`;
  const wrapped = wrapShell(line, 30);
  expect(wrapped.length).toBeGreaterThan(3);
  expect(wrapped.map((one) => one.replace(/ \\$/, '').trim()).join(' ')).toBe(line);
});

test('COLUMNS comes before what the terminal says', () => {
  expect(terminalColumns({ COLUMNS: '40' }, { columns: 120 })).toBe(40);
  expect(terminalColumns({ COLUMNS: 'wide' }, { columns: 120 })).toBe(120);
  expect(terminalColumns({}, {})).toBe(80);
  expect(textColumns(80)).toBe(78);
});

test('reasons are readable and commands quiet', () => {
  const text = renderText(plan, { ...options, color: true });
  expect(text).toContain('\u001b[2m     ip link set dev ctr0 up\u001b[0m');
  expect(text).toMatch(/^ {5}A bridge is a switch/m);
});

async function told(depth: Parameters<typeof depthOf>[0], events: readonly Event[]) {
  const lines: string[] = [];
  let pauses = 0;
  const see = narrate({
    ...{ plan, language: 'en', color: false, columns: 78 },
    depth: depthOf(depth),
    tell: (line) => lines.push(line),
    pause: async () => {
      pauses += 1;
      lines.push('(pause)');
      return true;
    },
  });
  for (const event of events) await see(event);
  return { text: lines.join('\n'), pauses };
}

/** What `apply` tells of the whole plan. */
const run: readonly Event[] = [
  { event: 'plan', name: 'labex', steps: plan.steps.length, counts: {} },
  ...plan.steps.flatMap(({ id, of, title, why, commands }, step): readonly Event[] => [
    { event: 'step', step, id, of, title, why, shared: commands.length === 0 },
    ...commands.flatMap(({ argv }): readonly Event[] => [
      { event: 'command', step, line: shellLine(argv) },
      { event: 'ran', step, line: shellLine(argv), ms: 2 },
    ]),
    { event: 'stepped', step, id },
  ]),
  { event: 'ready', name: 'labex' },
];

test('a narrated run gives title, reason, commands and result of each step, and waits between steps', async () => {
  const { text, pauses } = await told({}, run);
  expect(pauses).toBe(plan.steps.length - 1);
  expect(text).toMatch(
    /^ 1\/17 {2}Create bridge ctr0.*\n {5}A bridge is a switch[\s\S]*?\n {5}ip link add name ctr0[^\n]*\n[\s\S]*? {5}✔ done in \d+ ms\n\(pause\)\n\n 2\/17/m,
  );
  // What a command reads is part of the lesson.
  expect(text).toMatch(/<<'?EOF'?\n[\s\S]*nameserver/);
});

test('with a focus the narration waits before steps of it only, and says what is folded', async () => {
  const firewall = plan.steps.filter(({ id }) => focusOf[id] === 'firewall').length;
  const { text, pauses } = await told({ focus: 'firewall' }, run);
  expect(pauses).toBe(firewall);
  expect(text).toContain('8 network steps folded');
  expect(text).not.toContain('A bridge is a switch');
});

test('a failure and what is undone are told', async () => {
  const { text } = await told({}, [
    { event: 'interrupted', signal: 'SIGINT' },
    { event: 'undo', line: 'ip link del dev ctr0', result: 'done' },
    { event: 'undo', line: 'ip link del dev x', result: 'in-use', reason: 'eth7' },
  ]);
  expect(text).toContain('SIGINT: undoing everything');
  expect(text).toContain('  ↩ ip link del dev ctr0');
  expect(text).toContain('  = ip link del dev x   (eth7)');
});
