import { type Argv, shellLine } from '../model/command.ts';
import type { Command } from '../model/step.ts';
import { columnsOf } from './columns.ts';
import { escapeControls } from './escape-controls.ts';
import { hereDocument } from './input.ts';

/** The widest text that is readable; a terminal of 80 columns has room for it. */
export const widest = 78;

/** Columns for text on a terminal this wide. The last column stays free: some terminals wrap when it is written. */
export function textColumns(terminal: number): number {
  return Math.min(widest, Math.max(20, terminal - 1));
}

/** The width of the terminal: COLUMNS where it is set, as for other programs, else what the terminal says, else 80. */
export function terminalColumns(
  environment: Readonly<Record<string, string | undefined>>,
  stream: { readonly columns?: number },
): number {
  const wish = Number(environment.COLUMNS);
  if (Number.isInteger(wish) && wish > 0) return wish;
  return stream.columns ?? 80;
}

/** Programs at which a long command is wrapped. */
const programs = new Set(['setpriv', 'unshare', 'script', 'sh']);

/** Words of a line of shell, each with its quotes. */
const shellWords = /(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+|\\$/gs;

/**
 * Wraps a line of shell between words, so that it can still be pasted as one command. A word that is wider than the
 * terminal is left whole.
 */
export function wrapShell(line: string, columns: number): readonly string[] {
  if (columnsOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.match(shellWords) ?? []) {
    // Two columns for the backslash that follows.
    if (current !== '' && columnsOf(`${current} ${word}`) > columns - 2) {
      lines.push(`${current} \\`);
      current = `  ${word}`;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** A command, wrapped before each program that it executes, so that it can still be pasted as one command. */
export function wrapAtPrograms(argv: Argv, columns: number): readonly string[] {
  const line = shellLine(argv);
  if (line.length <= columns || argv[0] !== 'env') return [line];
  const parts: Argv[] = [];
  let part: Argv = [];
  for (const arg of argv) {
    if (part.length > 0 && typeof arg === 'string' && programs.has(arg)) {
      parts.push(part);
      part = [];
    }
    part = [...part, arg];
  }
  parts.push(part);
  return parts.map((words, index) => {
    const last = index === parts.length - 1;
    return `${index === 0 ? '' : '  '}${shellLine(words)}${last ? '' : ' \\'}`;
  });
}

/** What a shell needs after the command: its standard input, or where its output goes. */
function suffixOf(command: Command): string {
  if (command.input !== undefined) return ` >/dev/null ${hereDocument(command).opening}`;
  if (command.starts !== undefined) return ' &';
  if (command.gates !== undefined) return ' >&3';
  return '';
}

/**
 * A command as a person would type it, in lines that the terminal has room for. On a terminal of 80 columns or more, a
 * long line is left to the terminal.
 * @param columns for the lines, without an indent.
 */
export function commandLines(
  command: Command,
  columns: number,
): { readonly typed: readonly string[]; readonly input: readonly string[] } {
  const lines = wrapAtPrograms(command.argv, columns);
  const whole = [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${suffixOf(command)}`];
  return {
    typed: whole.map(escapeControls),
    input: command.input === undefined ? [] : hereDocument(command).rest.map(escapeControls),
  };
}
