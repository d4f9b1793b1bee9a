import { own } from '../model/own.ts';
import type { Text } from '../model/text.ts';
import { programs } from './commands/index.ts';
import { contentLine, knowsContents } from './contents.ts';
import type { Kind, Program, Scope, Statement, Token, Word } from './grammar.ts';
import { expansionsIn } from './shell.ts';
import { expansion } from './values/expansions.ts';
import { describeValue } from './values/index.ts';

/** One word of a command line. */
export interface Given {
  /** As typed. */
  readonly text: string;
  /** Without its quotes. */
  readonly value: string;
  /** Whether the shell replaces something in it. */
  readonly expands: boolean;
}

export interface Surroundings {
  /** The functions that the script defines. */
  readonly functions: ReadonlySet<string>;
  /** The file that standard output goes to. */
  readonly sink?: string | undefined;
  /** Explains a shell text inside a word. */
  readonly nested: (text: string) => readonly Statement[];
}

export interface Walked {
  /** One for each word. */
  readonly tokens: readonly Token[];
  /** The innermost program of `nsenter … env … tee FILE`, and its words. */
  readonly innermost: readonly string[];
  readonly reads?: Program['reads'];
}

const t = (en: string, zh: string): Text => ({ en, zh });

function baseName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

export function programOf(word: string): Program | undefined {
  return own(programs, baseName(word));
}

/** A word in which the shell replaces something. */
function expanded(given: Given, kind: Kind, before: readonly string[], at: Surroundings): Token {
  const { text, value } = given;
  const found = expansionsIn(value);
  const [only = ''] = found;
  const whole = describeValue(kind, value, { before, sink: at.sink });
  if (found.length === 1 && only === value) {
    if (only.startsWith('$(')) {
      return {
        text,
        means: t('what the command in $( ) prints', '$( ) 里的命令打印的内容'),
        script: at.nested(only.slice(2, -1)),
      };
    }
    return {
      text,
      means: ['pid', 'netns'].includes(kind)
        ? (whole?.means ?? expansion(value))
        : expansion(value),
    };
  }
  const parts = found.map(
    (one): Token =>
      one.startsWith('$(')
        ? {
            text: one,
            means: t('what this command prints', '这条命令打印的内容'),
            script: at.nested(one.slice(2, -1)),
          }
        : { text: one, means: expansion(one) },
  );
  return {
    text,
    means:
      whole?.means ??
      t('a text in which the shell replaces the variables', '一段文字，shell 会替换其中的变量'),
    parts,
  };
}

/** A value of this kind. */
function valueToken(kind: Kind, given: Given, before: readonly string[], at: Surroundings): Token {
  const { text, value } = given;
  if (kind === 'script') {
    if (value === '') return { text, means: t('nothing: ignore it', '空：忽略它') };
    if (value === '-') return { text, means: t('the usual action again', '恢复默认动作') };
    const script = at.nested(value);
    return {
      text,
      means: t(
        'a text for the shell; its commands are below',
        '交给 shell 的文字；其中的命令见下面',
      ),
      script,
    };
  }
  if (given.expands) return expanded(given, kind, before, at);
  if (kind === 'text' && at.sink !== undefined && knowsContents(at.sink) && value !== '%s\\n') {
    const line = contentLine(at.sink, value);
    if (line !== undefined) {
      return { text, means: t('one line of that file', '该文件的一行'), parts: line.tokens };
    }
  }
  const told = describeValue(kind, value, { before, sink: at.sink });
  return { text, ...(told ?? {}) };
}

/** The entry of a word; iproute2 takes any beginning of a word, and the first that fits. */
function entryOf(scope: Scope, value: string, program: Program): Word | undefined {
  const exact = own(scope.words, value);
  if (exact !== undefined || program.abbreviates === undefined || value === '') return exact;
  if (!/^-?[a-z]+$/.test(value)) return undefined;
  return Object.entries(scope.words).find(([name]) => name.startsWith(value))?.[1];
}

function resolve(next: Word['next']): Scope | undefined {
  return typeof next === 'function' ? next() : next;
}

interface Reading {
  readonly words: readonly Given[];
  readonly program: Program;
  readonly at: Surroundings;
  /** The values of the words so far. */
  readonly before: string[];
  readonly tokens: Token[];
}

function tell(reading: Reading, token: Token, value: string): void {
  const of = baseName(reading.before[0] ?? '');
  reading.tokens.push(token.means === undefined ? { ...token, of } : token);
  reading.before.push(value);
}

function takeValues(reading: Reading, kinds: readonly Kind[]): void {
  for (const kind of kinds) {
    const given = reading.words[reading.tokens.length];
    if (given === undefined) return;
    const token = valueToken(kind, given, reading.before, reading.at);
    tell(reading, { ...token, isValue: true }, given.value);
  }
}

const isOperand = (word: string) => ['dev', 'name', 'local', 'to'].includes(word);

function readWords(reading: Reading): void {
  const { words, program } = reading;
  let scopes: readonly Scope[] = [program.scope];
  let operands = 0;
  while (reading.tokens.length < words.length) {
    const given = words[reading.tokens.length] as Given;
    const level = scopes.findIndex((scope) => entryOf(scope, given.value, program) !== undefined);
    const scope = scopes[level];
    const entry = scope === undefined ? undefined : entryOf(scope, given.value, program);
    const [, long = '', joined] = /^(--[a-z-]+)=(.*)$/s.exec(given.value) ?? [];
    const kinds = scopes.find((one) => one.operands !== undefined)?.operands ?? [];
    if (entry !== undefined) {
      scopes = scopes.slice(level);
      // `dev eth0` stands for the operand `eth0`.
      if (isOperand(given.value) && entry.takes?.[0] === kinds[operands]) operands += 1;
      tell(reading, { text: given.text, means: entry.means }, given.value);
      takeValues(reading, entry.takes ?? []);
      const next = resolve(entry.next);
      if (next !== undefined) {
        scopes = [next, ...scopes];
        operands = 0;
      }
      continue;
    }
    if (joined !== undefined) {
      const option = own(program.scope.words, long);
      const value = valueToken(
        option?.takes?.[0] ?? 'word',
        { ...given, value: joined },
        reading.before,
        reading.at,
      );
      tell(reading, joinedToken(given.text, option, value, long, joined), given.value);
      continue;
    }
    // iproute2 takes each operand once; elsewhere the last one repeats.
    const repeats = program.abbreviates === undefined;
    const kind = kinds[repeats ? Math.min(operands, kinds.length - 1) : operands];
    if (kind === undefined) tell(reading, { text: given.text }, given.value);
    else {
      operands += 1;
      tell(reading, valueToken(kind, given, reading.before, reading.at), given.value);
    }
  }
}

function joinedToken(
  text: string,
  option: Word | undefined,
  value: Token,
  long: string,
  joined: string,
): Token {
  if (option === undefined) return { text };
  return {
    text,
    means: option.means,
    parts: [
      { text: long, means: option.means },
      { ...value, text: joined },
    ],
  };
}

/** -euc: several options in one word (POSIX utility conventions, guideline 5). */
function cluster(reading: Reading, given: Given): boolean {
  const { words } = reading.program.scope;
  const letters = [...given.value.slice(1)];
  const parts: Token[] = [];
  for (const [index, letter] of letters.entries()) {
    const entry = own(words, `-${letter}`);
    if (entry === undefined) return false;
    parts.push({ text: `-${letter}`, means: entry.means });
    const kind = entry.takes?.[0];
    if (kind === undefined) continue;
    const rest = letters.slice(index + 1).join('');
    if (rest !== '') {
      parts.push(
        valueToken(kind, { text: rest, value: rest, expands: false }, reading.before, reading.at),
      );
      tell(reading, { text: given.text, means: entry.means, parts }, given.value);
    } else {
      tell(reading, { text: given.text, means: together, parts }, given.value);
      takeValues(reading, [kind]);
    }
    return true;
  }
  tell(reading, { text: given.text, means: together, parts }, given.value);
  return true;
}

const together = t('several options in one word', '几个选项合写在一起');

/** @returns whether the word was an option. */
function readOption(reading: Reading, given: Given): boolean {
  const { scope } = reading.program;
  const { value, text } = given;
  const entry = own(scope.words, value);
  if (entry !== undefined) {
    tell(reading, { text, means: entry.means }, value);
    takeValues(reading, entry.takes ?? []);
    return true;
  }
  const [, long = '', joined] = /^(--[\w-]+)=(.*)$/s.exec(value) ?? [];
  if (joined !== undefined) {
    const option = own(scope.words, long);
    const kind = option?.takes?.[0] ?? option?.may;
    if (kind === undefined) tell(reading, { text }, value);
    else {
      const token = valueToken(
        kind,
        { ...given, text: joined, value: joined },
        reading.before,
        reading.at,
      );
      tell(reading, joinedToken(text, option, token, long, joined), value);
    }
    return true;
  }
  if (!/^-[A-Za-z\d]/.test(value)) return false;
  if (!cluster(reading, given)) tell(reading, { text }, value);
  return true;
}

/** What sh(1) does with the words after `-c TEXT`, read from the text. */
function kindsAfter(script: string, rest: readonly Given[]): readonly Kind[] {
  const runs = /exec "\$@"/.test(script);
  if (!runs) return ['script-name', ...rest.map((): Kind => 'script-argument')];
  const directory: readonly Kind[] = /cd "\$1"/.test(script) ? ['directory'] : [];
  const loops = /while \[ "\$1" != -- \]/.test(script);
  const end = rest.findIndex(({ value }) => value === '--');
  const assigned = loops && end >= 0 ? rest.slice(1 + directory.length, end + 1) : [];
  return ['script-name', ...directory, ...assigned.map((): Kind => 'variable'), 'command'];
}

/** Reads the words after a program. @returns the index from which another command begins. */
function readOptions(reading: Reading): number | undefined {
  const { words, program } = reading;
  let ended = false;
  let operands = 0;
  let kinds = program.scope.operands ?? [];
  while (reading.tokens.length < words.length) {
    const given = words[reading.tokens.length] as Given;
    if (!ended && given.value === '--' && !given.expands) {
      ended = true;
      tell(reading, { text: given.text, means: t('options end here', '选项到此为止') }, '--');
      continue;
    }
    if (!ended && !given.expands && readOption(reading, given)) {
      const isScript = reading.tokens.at(-1)?.script !== undefined;
      // Only the shell's -c has a text whose words follow.
      if (isScript && program.reads === 'shell') {
        const script = reading.before.at(-1) ?? '';
        kinds = kindsAfter(script, words.slice(reading.tokens.length));
        ended = true;
      }
      continue;
    }
    if (program.mixes === undefined) ended = true;
    const kind = kinds[Math.min(operands, kinds.length - 1)];
    operands += 1;
    if (kind === 'command') {
      if (baseName(reading.before[0] ?? '') === 'env' && /^\w+=/.test(given.value)) {
        tell(reading, assignmentToken(given, reading.at), given.value);
        continue;
      }
      return reading.tokens.length;
    }
    if (kind === 'variable' && given.value === '--') {
      tell(
        reading,
        { text: given.text, means: t('the variables end here', '变量到此为止') },
        given.value,
      );
    } else if (kind === 'variable' && /^\w+=/.test(given.value)) {
      tell(reading, assignmentToken(given, reading.at), given.value);
    } else if (kind === undefined) tell(reading, { text: given.text }, given.value);
    else tell(reading, valueToken(kind, given, reading.before, reading.at), given.value);
  }
  return undefined;
}

const variableMeanings: Readonly<Record<string, Text>> = {
  PATH: t('where programs are looked up', '到哪些目录里找程序'),
  HOME: t('the home directory', '主目录'),
  HOSTNAME: t('the host name, for programs that read it here', '主机名，供从这里读取的程序使用'),
  TERM: t('the kind of terminal', '终端类型'),
  LC_ALL: t('the language of messages; C is plain English', '消息的语言；C 即英文'),
  LANG: t('the language and the encoding of text', '语言和文字编码'),
};

/** NAME=value before a command, or as a command of its own. */
export function assignmentToken(given: Given, at: Surroundings): Token {
  const [, name = '', to = ''] = /^(\w+)=(.*)$/s.exec(given.value) ?? [];
  const made = /^made_([\d_]+)$/.exec(name)?.[1]?.replaceAll('_', '.');
  const container = /^([a-z]\w*?)_pid(?:_parent)?$/.exec(name)?.[1]?.replaceAll('_', '-');
  const known = own(variableMeanings, name);
  const means =
    made !== undefined
      ? t(
          `remember that command ${made} has begun, so that it is undone`,
          `记下命令 ${made} 已经开始，以便撤销`,
        )
      : container !== undefined
        ? t(`keep a pid of container ${container}`, `记下容器 ${container} 的进程号`)
        : known !== undefined
          ? t(`set ${name}, ${known.en}`, `设置 ${name}：${known.zh}`)
          : name === 'step'
            ? t(
                'the step that runs now, for the message if it fails',
                '正在执行的步骤，失败时写进消息',
              )
            : to === ''
              ? t(`make the variable ${name} empty`, `把变量 ${name} 设为空`)
              : t(`set the variable ${name}`, `设置变量 ${name}`);
  if (!given.expands) return { text: given.text, means };
  const {
    parts,
    script,
    means: value,
  } = expanded({ ...given, text: to, value: to }, 'word', [], at);
  const part: Token = { text: to, means: value, ...(script === undefined ? {} : { script }) };
  return { text: given.text, means, parts: parts ?? [part] };
}

const inContainer = /^ctr:[a-z][\w-]*\/[a-z][\w-]*$/;

/** The words of one command, the program first. */
export function walk(words: readonly Given[], at: Surroundings, marked = false): Walked {
  const [first, ...rest] = words;
  if (first === undefined) return { tokens: [], innermost: [] };
  const values = words.map(({ value }) => value);
  if (first.expands) {
    const means = expansionsIn(first.value).map(expansion)[0];
    const whole =
      first.value === '$@'
        ? t('run the words that were passed, as a command', '把传入的词当作命令执行')
        : means;
    const others = rest.map((one) => valueToken('word', one, [], at));
    return { tokens: [{ text: first.text, means: whole }, ...others], innermost: values };
  }
  if (at.functions.has(first.value)) {
    const means = t(
      `${first.value}, a function of this script`,
      `${first.value}，这个脚本里的函数`,
    );
    const others = rest.map((one, index) =>
      index === 0 && /[;\s]/.test(one.value) ? editing(one) : valueToken('word', one, [], at),
    );
    return { tokens: [{ text: first.text, means }, ...others], innermost: values };
  }
  const program = programOf(first.value);
  if (program === undefined) return { tokens: unknown(words, marked), innermost: values };
  const reading: Reading = {
    words,
    program,
    at,
    before: [first.value],
    tokens: [{ text: first.text, means: program.means }],
  };
  const inner = program.style === 'words' ? readWords(reading) : readOptions(reading);
  if (typeof inner !== 'number') {
    return {
      tokens: reading.tokens,
      innermost: values,
      ...(program.reads === undefined ? {} : { reads: program.reads }),
    };
  }
  const isMarked = marked || values.slice(0, inner).some((one) => inContainer.test(one));
  const next = walk(words.slice(inner), at, isMarked);
  return { ...next, tokens: [...reading.tokens, ...next.tokens] };
}

function editing(given: Given): Token {
  return {
    text: given.text,
    means: t('what sed(1) changes in the lines', 'sed(1) 对这些行做的修改'),
  };
}

/** A program that is in no table: the config's own command, or something that ctr does not know. */
function unknown(words: readonly Given[], marked: boolean): readonly Token[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  if (!marked) return words.map(({ text }) => ({ text }));
  return [
    {
      text: first.text,
      means: t(
        `the command of the config: ${first.value}, a program of the container's root file system`,
        `配置里的命令：${first.value}，容器根文件系统里的程序`,
      ),
    },
    ...rest.map(({ text }) => ({
      text,
      means: t('a word for that program, from the config', '传给该程序的词，来自配置'),
    })),
  ];
}

/** The words after a program whose name is not there: a line of `ip -batch` or of iptables-restore. */
export function walkAs(
  program: string,
  words: readonly Given[],
  at: Surroundings,
): readonly Token[] {
  const head = { text: program, value: program, expands: false };
  return walk([head, ...words], at).tokens.slice(1);
}
