import type { Text } from '../model/text.ts';

/** The kinds of values that words of commands have; src/explain/values/ has what each value means. */
export type Kind =
  // Names.
  | 'interface'
  | 'altname'
  | 'hostname'
  | 'user'
  | 'mode'
  | 'program'
  | 'signal'
  | 'file'
  | 'directory'
  | 'key'
  | 'text'
  | 'word'
  | 'choice'
  | 'variable'
  | 'pattern'
  | 'expression'
  // Numbers.
  | 'number'
  | 'bytes'
  | 'seconds'
  | 'mtu'
  | 'group'
  | 'pid'
  | 'exit-code'
  | 'port'
  | 'vlan'
  // Addresses.
  | 'mac'
  | 'address'
  | 'prefix'
  | 'gateway'
  | 'broadcast'
  | 'netns'
  | 'to-address'
  // Of one program.
  | 'source'
  | 'destination'
  | 'chain'
  | 'comment'
  | 'conntrack-states'
  | 'setting'
  | 'assignment'
  | 'capabilities'
  | 'propagation'
  | 'signals'
  | 'mount-source'
  | 'mount-options'
  | 'file-system'
  | 'tests'
  | 'scope'
  | 'table'
  | 'file-line'
  | 'nft-text'
  // The rest of the line.
  | 'script'
  | 'script-name'
  | 'script-argument'
  | 'command';

export interface Word {
  readonly means: Text;
  /** The values that follow it. */
  readonly takes?: readonly Kind[];
  /** A value can only be joined to it with an equals sign (getopt_long(3), optional argument). */
  readonly may?: Kind;
  /** The words that may stand from here on; those from before may still follow. */
  readonly next?: Scope | (() => Scope);
}

export interface Scope {
  readonly words: Readonly<Record<string, Word>>;
  /** What words of no table are, in order; the last one repeats. */
  readonly operands?: readonly Kind[];
}

export interface Program {
  readonly means: Text;
  /**
   * `options`: as getopt_long(3) reads them. `words`: a language of words, as iproute2 has. `dashed`: options of one
   * dash, that may be abbreviated in no way (iptables, script).
   */
  readonly style: 'options' | 'words';
  readonly scope: Scope;
  /** Words may be abbreviated, as iproute2 allows: `ip a`. */
  readonly abbreviates?: true;
  /** Options may follow operands (GNU); otherwise the first operand ends them. */
  readonly mixes?: true;
  /** What the lines of standard input are. */
  readonly reads?: 'ip' | 'iptables' | 'shell' | 'nft';
}

/** One word of a command, or a part of one, with what it means. */
export interface Token {
  /** As typed. */
  readonly text: string;
  /** Absent where ctr's knowledge ends. */
  readonly means?: Text | undefined;
  /** The program whose word it is, where that is known and the word is not. */
  readonly of?: string;
  /** It is the value of the word before it. */
  readonly isValue?: true;
  /** What a word is made of: the states of a list, the letters of -euc. */
  readonly parts?: readonly Token[];
  /** What a shell text in one word does. */
  readonly script?: readonly Statement[];
}

/** A command, or a few that shell operators join, word by word. */
export interface Statement {
  readonly line: string;
  readonly tokens: readonly Token[];
  /** Lines that a here-document gives to the command. */
  readonly input?: readonly Statement[];
  /** Programs with their words, as they would be run. */
  readonly commands: readonly (readonly string[])[];
}

/** An entry of a table. */
export function word(en: string, zh: string, more: Omit<Word, 'means'> = {}): Word {
  return { means: { en, zh }, ...more };
}
