import type { Text } from '../model/text.ts';

/** Flags with which other tools attach the terminal. ctr attaches it whenever there is one. */
const flags = /^(?:-i|-t|-it|-ti|--interactive|--tty)$/;

export function isTerminalFlag(word: string): boolean {
  return flags.test(word);
}

/** Why a verb has no such flag. */
export function attachesByItself(verb: string): Text {
  return {
    en: `ctr ${verb} needs no flag for that: it attaches the terminal when there is one`,
    zh: `ctr ${verb} 不需要这个选项：有终端时会自动接上`,
  };
}
