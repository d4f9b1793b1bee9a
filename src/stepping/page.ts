import { named } from '../exec/called.ts';
import type { Text } from '../model/text.ts';
import { diffLines } from '../render/changes.ts';
import { terminalColumns, textColumns, wrapShell } from '../render/command-text.ts';
import { wrap } from '../render/wrap.ts';
import type { Voice } from '../run/context.ts';
import type { Change, Diff } from '../snapshot/change.ts';
import { departureLines } from './departure-lines.ts';
import { words } from './words.ts';

export const indent = '     ';

/** What the console prints: paragraphs, commands and changes, as wide as the terminal. */
export class Page {
  /** In columns. */
  readonly width: number;
  readonly #voice: Voice;

  constructor(voice: Voice) {
    this.#voice = voice;
    this.width = textColumns(terminalColumns(voice.environment, process.stdout));
  }

  get language(): Voice['language'] {
    return this.#voice.language;
  }

  say(text: Text): string {
    return named(text[this.language]);
  }

  tell(line = ''): void {
    this.#voice.print(line);
  }

  /** @param code of SGR (console_codes(4)): 1 bold, 2 faint, 36 cyan. */
  style(code: number, text: string): string {
    return this.#voice.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  paragraph(text: string, margin = indent): void {
    for (const [index, line] of wrap(text, this.width - margin.length).entries()) {
      this.tell(`${index === 0 ? margin : ' '.repeat(margin.length)}${line}`);
    }
  }

  command(line: string): void {
    for (const part of wrapShell(line, this.width - indent.length)) {
      this.tell(this.style(36, `${indent}${part}`));
    }
  }

  diff(diff: Diff): void {
    const lines = diffLines(diff, this.language, this.width - 3);
    this.#lines(lines.length > 0 ? lines : [this.say(words.nothingChanged)]);
  }

  changes(changes: readonly Change[]): void {
    this.#lines(departureLines(changes, this.language, this.width - 3));
  }

  #lines(lines: readonly string[]): void {
    for (const line of lines) this.tell(`   ${line}`);
  }
}
