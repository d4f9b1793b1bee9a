import { readFileSync } from 'node:fs';
import { named } from '../exec/called.ts';
import type { Results } from '../json/results.ts';
import { exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { namedBoth, printResult } from '../render/result.ts';
import { wrap } from '../render/wrap.ts';
import { say, type Voice } from '../run/context.ts';
import { answerFor } from './answers/index.ts';
import { type Explained, explained, linesOf } from './explain-command.ts';
import type { Statement, Token } from './grammar.ts';
import { kindFor, kinds } from './kinds.ts';
import { shownStep, stepText } from './step.ts';
import { stepIds } from './step-ids.ts';
import { termFor, terms } from './terms/index.ts';
import type { Tools } from './tools.ts';
import { programOf } from './walk.ts';

type Shown = Results['explain words'];
type ShownCommand = Shown['commands'][number];
type ShownWord = ShownCommand['statements'][number]['words'][number];

/** Terminal columns that ctr fills at most. */
const most = 100;

function terminalColumns(): number {
  return Math.min(process.stdout.columns ?? 80, most);
}

/** What the user asked for, sorted by what it is. */
interface Found {
  readonly steps: Shown['steps'];
  readonly kinds: Shown['kinds'];
  readonly terms: Shown['terms'];
  readonly answers: Shown['answers'];
  readonly commands: readonly Explained[];
}

const nothing: Found = { steps: [], kinds: [], terms: [], answers: [], commands: [] };

function findAnswers(text: string): Found['answers'] {
  const found = text.split('\n').flatMap((line) => {
    const answer = answerFor(line)?.[1];
    return answer === undefined ? [] : [{ line: line.trim(), answer }];
  });
  const seen = new Set<object>();
  return found.flatMap(({ line, answer: { causes, cure, means, ...rest } }) => {
    const known = seen.has(rest.shape);
    seen.add(rest.shape);
    return known ? [] : [{ answer: line, means, causes: [...causes], cure }];
  });
}

function findWord(tools: Tools, word: string): Found {
  const id = stepIds.find((one) => one === word.toLowerCase());
  const step = id === undefined ? undefined : shownStep(tools, id);
  const kind = kindFor(word);
  const term = termFor(word);
  return {
    steps: step === undefined ? [] : [step],
    kinds:
      kind === undefined
        ? []
        : [{ kind: kind[0], means: kind[1].text, see: kind[1].see, gone: kind[1].gone }],
    terms: term === undefined ? [] : [shownTerm(term)],
    answers: findAnswers(word),
    commands: programOf(word) === undefined || /^\W$/.test(word) ? [] : explained([word]),
  };
}

function shownTerm([term, { text, title, see }]: NonNullable<
  ReturnType<typeof termFor>
>): Found['terms'][number] {
  return { term, title, means: text, ...(see === undefined ? {} : { see }) };
}

function find(tools: Tools, words: readonly string[]): Found {
  const text = words[0] === '-' && words.length === 1 ? readFileSync(0, 'utf8') : words.join(' ');
  if (words[0] === '-' && words.length === 1) {
    const answers = text.startsWith('#!') ? [] : findAnswers(text);
    return answers.length > 0 ? { ...nothing, answers } : { ...nothing, commands: explained(text) };
  }
  if (!/\s/.test(text)) return findWord(tools, text);
  const term = termFor(text);
  if (term !== undefined) return { ...nothing, terms: [shownTerm(term)] };
  const answers = findAnswers(text);
  if (answers.length > 0) return { ...nothing, answers };
  const [only = ''] = words;
  const commands = explained(words.length === 1 ? only : words);
  const known = commands.some(({ statement }) => statement.tokens.some(({ means }) => means));
  return known ? { ...nothing, commands } : nothing;
}

/** Words inside of words become words of a deeper level, and shell texts become statements of a deeper level. */
function shownWords(tokens: readonly Token[], level: number): readonly ShownWord[] {
  return tokens.flatMap(({ text, means, parts = [] }) => [
    { text, level, means: means ?? null },
    ...shownWords(parts, level + 1),
  ]);
}

function scriptsIn(tokens: readonly Token[]): readonly Statement[] {
  return tokens.flatMap(({ script = [], parts = [] }) => [...script, ...scriptsIn(parts)]);
}

function shownStatements(statement: Statement, level: number): ShownCommand['statements'] {
  const inner = [...scriptsIn(statement.tokens), ...(statement.input ?? [])];
  return [
    { line: statement.line, level, words: [...shownWords(statement.tokens, 0)] },
    ...inner.flatMap((one) => shownStatements(one, level + 1)),
  ];
}

function shownCommand({ statement, undo, steps, hooks, remark, limits }: Explained): ShownCommand {
  return {
    line: statement.line,
    statements: shownStatements(statement, 0),
    undo:
      undo === undefined
        ? null
        : 'command' in undo
          ? { en: undo.command, zh: undo.command }
          : undo.says,
    steps: [...steps],
    packet_path: hooks ?? null,
    note: remark ?? null,
    unknown: [...limits],
  };
}

const labels = {
  causes: { en: 'Likely causes:', zh: '可能的原因：' },
  cure: { en: 'What to do: ', zh: '怎么办：' },
  see: { en: 'See it: ', zh: '查看：' },
  gone: { en: 'How it goes: ', zh: '如何消失：' },
  kind: {
    en: 'a kind of resource: what there is once a command has run',
    zh: '一种资源：命令执行之后得到的东西',
  },
} satisfies Record<string, Text>;

function answerText(
  voice: Voice,
  { answer, means, causes, cure }: Found['answers'][number],
  columns: number,
): string {
  return [
    ...wrap(escapeControls(answer), columns),
    '',
    ...wrap(say(voice, means), columns),
    '',
    say(voice, labels.causes),
    ...causes.flatMap((cause) =>
      wrap(say(voice, cause), columns - 4).map(
        (line, index) => `  ${index === 0 ? '·' : ' '} ${line}`,
      ),
    ),
    '',
    ...wrap(`${say(voice, labels.cure)}${say(voice, cure)}`, columns),
  ].join('\n');
}

function texts(voice: Voice, found: Found): readonly string[] {
  const columns = terminalColumns();
  const text = Math.min(columns, 80) - 2;
  return [
    ...found.steps.map((step) => stepText(voice, step, text)),
    ...found.kinds.map(({ kind, means, see, gone }) =>
      [
        `${kind}   ${say(voice, labels.kind)}`,
        '',
        ...wrap(say(voice, means), text),
        '',
        `${say(voice, labels.see)}${named(see)}`,
        ...wrap(`${say(voice, labels.gone)}${say(voice, gone)}`, text),
      ].join('\n'),
    ),
    ...found.terms.map(({ title, means, see }) =>
      [
        say(voice, title),
        '',
        ...wrap(say(voice, means), text),
        ...(see === undefined ? [] : ['', `${say(voice, labels.see)}${named(see)}`]),
      ].join('\n'),
    ),
    ...found.answers.map((answer) => answerText(voice, answer, text)),
    ...(found.commands.length === 0
      ? []
      : [linesOf(found.commands, voice.language, columns).join('\n')]),
  ];
}

/**
 * Explains a command, a step, a kind of resource, a term or an answer of the kernel.
 * @returns the exit code; undefined when ctr knows nothing of the kind.
 */
export function explainWords(
  voice: Voice,
  words: readonly string[],
  tools: Tools,
): number | undefined {
  const found = find(tools, words);
  if (Object.values(found).every((one) => one.length === 0)) return undefined;
  if (voice.json) {
    printResult(voice, 'explain words', {
      steps: found.steps,
      kinds: found.kinds,
      terms: found.terms.map((one) => ({ ...one, means: namedBoth(one.means) })),
      answers: found.answers.map((one) => ({ ...one, cure: namedBoth(one.cure) })),
      commands: found.commands.map(shownCommand),
    });
  } else voice.print(texts(voice, found).join('\n\n'));
  return exitCodes.done;
}

/** All words that `explainWords` knows, to find what a misspelt one means. */
export const knownWords: readonly string[] = [
  ...stepIds,
  ...Object.keys(kinds),
  ...Object.keys(terms),
];
