import { own } from '../model/own.ts';
import { type Text, t } from '../model/text.ts';
import { assignmentToken } from './assignments.ts';
import type { Statement, Token } from './grammar.ts';
import { inputLines, type Reader } from './input-lines.ts';
import { redirectToken } from './redirects.ts';
import { type Piece, pieces, type Redirect, type ShellWord } from './shell.ts';
import type { Given, Surroundings } from './value-token.ts';
import { describeValue } from './values/index.ts';
import { walk } from './walk.ts';

/** Reserved words of sh(1). */
const keywords: Readonly<Record<string, Text>> = {
  if: t('if the following command succeeds', '如果后面的命令成功'),
  // An object with a property of this name would look like a promise.
  ...Object.fromEntries([['then', t('then', '那么')]]),
  elif: t('otherwise, if this succeeds', '否则，如果这条成功'),
  else: t('otherwise', '否则'),
  fi: t('end of if', 'if 结束'),
  while: t('as long as this succeeds', '只要这条命令成功'),
  until: t('until this succeeds', '直到这条命令成功'),
  do: t('repeat', '重复执行'),
  done: t('end of the loop', '循环结束'),
  case: t('compare the following word', '比较后面的词'),
  esac: t('end of case', 'case 结束'),
  '{': t('these commands together', '把这些命令合在一起'),
  '}': t('end of the group', '这一组结束'),
  '!': t('succeeds if the following fails', '后面的命令失败才算成功'),
  for: t('for each of these words', '对每个词'),
  in: t('in', '在'),
};

const opensCommand = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '{', '!']);

const operators: Readonly<Record<string, Text>> = {
  '&&': t('only if that succeeded:', '前面成功才执行：'),
  '||': t('only if that failed:', '前面失败才执行：'),
  '|': t('what it prints goes into the next command', '输出交给下一条命令'),
  '&': t('in the background: do not wait for it', '放到后台，不等它结束'),
  ';': t('then', '然后'),
  ';;': t('end of this case', '这一分支结束'),
  '(': t('in a shell of its own', '在一个子 shell 里'),
  ')': t('end of that shell', '子 shell 结束'),
};

/** A simple command that is being read (POSIX.1-2017, XCU 2.9.1). */
interface Simple {
  readonly words: readonly ShellWord[];
  readonly redirects: readonly Redirect[];
  /** Where its parts are among the tokens of the statement. */
  readonly places: readonly number[];
}

function isReserved(value: string, piece: ShellWord): boolean {
  return piece.text === value && Object.hasOwn(keywords, value) && value !== 'in';
}

function plain(text: string): Given {
  return { text, value: text, expands: false };
}

class Parser {
  readonly #at: Surroundings;
  readonly #statements: Statement[] = [];
  #tokens: Token[] = [];
  #commands: (readonly string[])[] = [];
  #readers: Reader[] = [];
  #documents: { readonly lines: readonly string[]; readonly command: number }[] = [];
  #simple: Simple = { words: [], redirects: [], places: [] };
  #cases: ('word' | 'in' | 'pattern' | 'body')[] = [];
  #loop: 'name' | 'in' | 'words' | undefined;

  constructor(at: Surroundings) {
    this.#at = at;
  }

  #endSimple(): void {
    const { words, redirects, places } = this.#simple;
    this.#simple = { words: [], redirects: [], places: [] };
    if (words.length === 0 && redirects.length === 0) return;
    const start = words.findIndex(({ text }) => !/^[A-Za-z_]\w*=/.test(text));
    const assigned = start < 0 ? words : words.slice(0, start);
    const rest = start < 0 ? [] : words.slice(start);
    const sink = redirects.find(
      ({ operator, descriptor: from }) => /^>>?$/.test(operator) && ['', '1'].includes(from),
    )?.target;
    const at = { ...this.#at, sink };
    const { tokens, innermost, reads } = walk(rest, at);
    const all = [...assigned.map((one) => assignmentToken(one, at)), ...tokens];
    for (const [index, place] of places.entries()) this.#tokens[place] = all[index] as Token;
    const command = this.#readers.length;
    this.#readers.push({ innermost, reads });
    if (rest.length > 0) this.#commands.push(rest.map(({ value }) => value));
    for (const { lines } of redirects)
      if (lines !== undefined) this.#documents.push({ lines, command });
  }

  #endStatement(): void {
    this.#endSimple();
    if (this.#tokens.length === 0) return;
    const input = this.#documents.flatMap(({ lines, command }) => {
      const [own, next] = [this.#readers[command], this.#readers[command + 1]];
      const passesOn =
        next !== undefined && own?.reads === undefined && own?.innermost[0] !== 'tee';
      return inputLines(lines, (passesOn ? next : own) ?? { innermost: [] }, this.#at);
    });
    this.#statements.push({
      line: this.#tokens.map(({ text }) => text).join(' '),
      tokens: this.#tokens,
      commands: this.#commands,
      ...(input.length === 0 ? {} : { input }),
    });
    this.#tokens = [];
    this.#commands = [];
    this.#readers = [];
    this.#documents = [];
  }

  #say(text: string, means: Text | undefined): void {
    this.#tokens.push({ text, means });
  }

  /** @returns whether the piece belongs to the head of a case or to a pattern in it. */
  #inCase(piece: Piece): boolean {
    const state = this.#cases.at(-1);
    if (state === 'word' && piece.kind === 'word') {
      this.#cases[this.#cases.length - 1] = 'in';
      const walked = walk([plain(':'), piece], this.#at).tokens[1];
      this.#tokens.push(walked ?? { text: piece.text });
      return true;
    }
    if (state === 'in' && piece.kind === 'word' && piece.value === 'in') {
      this.#cases[this.#cases.length - 1] = 'pattern';
      this.#say('in', t('with these patterns', '看它符合下面哪个模式'));
      return true;
    }
    if (state !== 'pattern') return false;
    if (piece.kind === 'word' && piece.text === 'esac') return false;
    if (piece.kind === 'word') {
      this.#say(`${piece.text})`, t(`if it fits ${piece.text}`, `如果符合 ${piece.text}`));
      return true;
    }
    if (piece.kind === 'operator' && piece.text === ')') {
      this.#cases[this.#cases.length - 1] = 'body';
      return true;
    }
    return piece.kind === 'operator' && piece.text === '|';
  }

  #word(piece: ShellWord): void {
    const starts = this.#simple.words.length === 0;
    if (this.#loop !== undefined) {
      this.#loopWord(piece);
      return;
    }
    if (starts && isReserved(piece.value, piece)) {
      this.#say(piece.text, own(keywords, piece.value));
      if (piece.value === 'case') this.#cases.push('word');
      if (piece.value === 'esac') this.#cases.pop();
      if (piece.value === 'for') this.#loop = 'name';
      if (!opensCommand.has(piece.value)) this.#endSimple();
      return;
    }
    this.#simple = {
      ...this.#simple,
      words: [...this.#simple.words, piece],
      places: [...this.#simple.places, this.#tokens.length],
    };
    this.#tokens.push({ text: piece.text });
  }

  #loopWord(piece: ShellWord): void {
    if (this.#loop === 'name') {
      this.#say(piece.text, t(`call it ${piece.text}`, `依次叫做 ${piece.text}`));
      this.#loop = 'in';
    } else if (this.#loop === 'in') {
      this.#say(piece.text, t('of these', '取自这些词'));
      this.#loop = 'words';
    } else
      this.#tokens.push({
        text: piece.text,
        means: describeValue('file', piece.value, { before: [] })?.means,
      });
  }

  #operator(text: string, next: Piece | undefined): boolean {
    const [last] = this.#simple.words.slice(-1);
    if (
      text === '(' &&
      this.#simple.words.length === 1 &&
      last !== undefined &&
      next?.text === ')'
    ) {
      this.#simple = { words: [], redirects: [], places: [] };
      this.#tokens.pop();
      this.#say(
        `${last.text}()`,
        t(
          `the function ${last.text}, to be called by this name`,
          `定义函数 ${last.text}，之后按名字调用`,
        ),
      );
      return true;
    }
    this.#loop = undefined;
    this.#endSimple();
    this.#say(text, own(operators, text));
    if (text === ';;') this.#cases[this.#cases.length - 1] = 'pattern';
    if ([';', '&', ';;'].includes(text)) this.#endStatement();
    return false;
  }

  read(all: readonly Piece[]): readonly Statement[] {
    for (let index = 0; index < all.length; index += 1) {
      const piece = all[index] as Piece;
      if (piece.kind === 'comment') continue;
      if (piece.kind !== 'newline' && this.#inCase(piece)) continue;
      if (piece.kind === 'newline') {
        // After && and | the line goes on.
        if (['&&', '||', '|'].includes(this.#tokens.at(-1)?.text ?? '')) continue;
        this.#loop = undefined;
        this.#endStatement();
      } else if (piece.kind === 'word') this.#word(piece);
      else if (piece.kind === 'redirect') {
        this.#simple = { ...this.#simple, redirects: [...this.#simple.redirects, piece] };
        this.#tokens.push(redirectToken(piece));
      } else if (this.#operator(piece.text, all[index + 1])) index += 1;
    }
    this.#endStatement();
    return this.#statements;
  }
}

/** Explains shell text: every command of it, word by word. */
export function explainScript(
  text: string,
  functions: ReadonlySet<string> = new Set(),
): readonly Statement[] {
  const defined = [...text.matchAll(/^\s*([A-Za-z_]\w*)\(\)/gm)].map(([, name = '']) => name);
  const known = new Set([...functions, ...defined]);
  const at: Surroundings = { functions: known, nested: (inner) => explainScript(inner, known) };
  return new Parser(at).read(pieces(text));
}

/** Explains a command whose words are known. */
export function explainWords(words: readonly Given[], input?: string): Statement {
  const at: Surroundings = {
    functions: new Set(),
    nested: (inner) => explainScript(inner),
  };
  const { tokens, innermost, reads } = walk(words, at);
  const lines = input?.replace(/\n$/, '').split('\n');
  return {
    line: words.map(({ text }) => text).join(' '),
    tokens,
    commands: [words.map(({ value }) => value)],
    ...(lines === undefined ? {} : { input: inputLines(lines, { innermost, reads }, at) }),
  };
}
