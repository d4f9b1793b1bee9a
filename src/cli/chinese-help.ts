import type { HelpConfiguration } from 'commander';
import { columnsOf } from '../render/columns.ts';
import { wrap } from '../render/wrap.ts';

const words: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
  '[options]': '[选项]',
  '[command]': '[命令]',
};

function translated(text: string): string {
  return Object.hasOwn(words, text) ? (words[text] ?? text) : text;
}

/** Translates the library's own texts on a help page, and wraps lines by terminal columns. */
export const chineseHelp: HelpConfiguration = {
  styleTitle: translated,
  styleOptionText: translated,
  styleSubcommandText: translated,
  displayWidth: columnsOf,
  boxWrap: (text, width) => wrap(text, width).join('\n'),
};
