import { shellQuote } from '../model/command.ts';
import type { StepId } from '../model/step-id.ts';
import type { Language, Text } from '../model/text.ts';
import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { wrap } from '../render/wrap.ts';
import type { Statement, Token } from './grammar.ts';
import { batchLine, restoreLine } from './input-lines.ts';
import { narrow, statementLines } from './layout.ts';
import { explainScript, explainWords } from './script.ts';
import { hookMap, remarkOn, stepsWith } from './seen.ts';
import { type Undo, undoOf } from './undo.ts';

/** A command with all that ctr knows about it. */
export interface Explained {
  readonly statement: Statement;
  readonly undo?: Undo;
  readonly steps: readonly StepId[];
  readonly hooks?: string;
  readonly remark?: Text;
  /** Where ctr's knowledge ends. */
  readonly limits: readonly Text[];
}

/** All tokens of a statement, with those inside of words and of its input. */
export function allTokens({ tokens, input = [] }: Statement): readonly Token[] {
  const inner = (all: readonly Token[]): readonly Token[] =>
    all.flatMap((one) => [
      one,
      ...inner(one.parts ?? []),
      ...(one.script ?? []).flatMap(allTokens),
    ]);
  return [...inner(tokens), ...input.flatMap(allTokens)];
}

function limitOf({ text, of }: Token): Text {
  if (of === undefined) {
    return { en: `ctr does not know ${text}`, zh: `ctr 不认识 ${text}` };
  }
  return text.startsWith('-')
    ? { en: `ctr does not know the option ${text} of ${of}`, zh: `ctr 不认识 ${of} 的选项 ${text}` }
    : { en: `ctr does not know the word ${text} of ${of}`, zh: `ctr 不认识 ${of} 的词 ${text}` };
}

/** Words of a program of which ctr knows little are named together. */
const apiece = 3;

function limitsOf(statement: Statement): readonly Text[] {
  const unknown = allTokens(statement).filter(({ means }) => means === undefined);
  const of = unknown[0]?.of;
  if (of === undefined || unknown.length <= apiece) return unknown.map(limitOf);
  const words = unknown.map(({ text }) => text).join(' ');
  return [
    {
      en: `ctr does not know these words of ${of}: ${words}`,
      zh: `ctr 不认识 ${of} 的这些词：${words}`,
    },
  ];
}

function about(statement: Statement): Explained {
  const all = statement.commands;
  const [words = []] = all;
  const undo = undoOf(words);
  const fed = (statement.input ?? []).flatMap(({ commands }) => commands);
  const hooks = [...all, ...fed].map(hookMap).find((one) => one !== undefined);
  const remark = remarkOn(words);
  return {
    statement,
    steps: [...new Set(all.flatMap(stepsWith))],
    limits: limitsOf(statement),
    ...(undo === undefined ? {} : { undo }),
    ...(hooks === undefined ? {} : { hooks }),
    ...(remark === undefined ? {} : { remark }),
  };
}

/** A line of `ip -batch` or of iptables-restore that stands on its own. */
function loneLine(line: string): Statement | undefined {
  const at = { functions: new Set<string>(), nested: (text: string) => explainScript(text) };
  if (/^\*(?:filter|nat|mangle|raw|security)$|^COMMIT$|^-[AID] [A-Z]/.test(line))
    return restoreLine(line, at);
  if (/^(?:link|addr|route) (?:add|set|del|property|replace)\b/.test(line))
    return batchLine('ip', line, at);
  return undefined;
}

/**
 * Explains a command: shell text, of one line or many, or words that are already separate.
 * @param input what it reads from standard input.
 */
export function explained(
  command: string | readonly string[],
  input?: string,
): readonly Explained[] {
  if (typeof command !== 'string') {
    const words = command.map((value) => ({ text: shellQuote(value), value, expands: false }));
    return [about(explainWords(words, input))];
  }
  const text = command.replace(/^\s*[$#] (?=\w)/, '');
  const alone = text.includes('\n') ? undefined : loneLine(text.trim());
  return (alone === undefined ? explainScript(text) : [alone]).map(about);
}

const labels = {
  hooks: { en: 'packet path', zh: '包的路径' },
  undo: { en: 'undo', zh: '撤销' },
  seen: { en: 'seen in', zh: '所在步骤' },
  remark: { en: 'note', zh: '说明' },
  limit: { en: 'not known', zh: '未知' },
} satisfies Record<string, Text>;

/** Terminal columns for the longest label and a gap. */
const labelColumns = 13;

function labelled(label: Text, text: string, language: Language, width: number): readonly string[] {
  const name = label[language];
  if (width < narrow) return [name, ...wrap(text, width - 2).map((line) => `  ${line}`)];
  return wrap(text, width - labelColumns).map((line, index) => {
    const head = index === 0 ? name : '';
    return `${head}${' '.repeat(labelColumns - columnsOf(head))}${line}`;
  });
}

function undoLines(undo: Undo, language: Language, width: number): readonly string[] {
  const text = 'command' in undo ? escapeControls(undo.command) : undo.says[language];
  return labelled(labels.undo, text, language, width);
}

/** What is below the words of a command. */
function notes(one: Explained, language: Language, width: number): readonly string[] {
  const { hooks, undo, steps, remark, limits } = one;
  return [
    ...(hooks === undefined ? [] : labelled(labels.hooks, hooks, language, width)),
    ...(remark === undefined ? [] : labelled(labels.remark, remark[language], language, width)),
    ...(undo === undefined ? [] : undoLines(undo, language, width)),
    ...(steps.length === 0 ? [] : labelled(labels.seen, steps.join(', '), language, width)),
    ...limits.flatMap((limit) => labelled(labels.limit, limit[language], language, width)),
  ];
}

/** As lines for a terminal of so many columns. */
export function linesOf(
  all: readonly Explained[],
  language: Language,
  width: number,
): readonly string[] {
  return all.flatMap((one, index) => {
    const below = notes(one, language, width);
    return [
      ...(index === 0 ? [] : ['']),
      ...statementLines(one.statement, language, width),
      ...(below.length === 0 ? [] : ['', ...below]),
    ];
  });
}

/**
 * Explains a command word by word, as lines for a terminal.
 * @param command shell text, or words that are already separate.
 * @param width of the terminal, in columns.
 * @param input what the command reads from standard input.
 */
export function explainCommand(
  command: string | readonly string[],
  language: Language,
  width: number,
  input?: string,
): readonly string[] {
  return linesOf(explained(command, input), language, width);
}
