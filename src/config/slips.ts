import { type Words, words } from './words.ts';

/** A place where the text is not JSON. */
export interface Slip extends SlipWords {
  readonly offset: number;
}
export interface SlipWords {
  readonly words: (lineOf: (offset: number) => number) => Words;
  /** Slips with the same habit are reported once, with their number. */
  readonly habit?: string;
}

function slip(en: string, zh: string, fixEn: string, fixZh: string, habit?: string): SlipWords {
  return {
    words: () => words(en, zh, fixEn, fixZh),
    ...(habit === undefined ? {} : { habit }),
  };
}

function quote(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  return JSON.stringify(short);
}

/** Slips that concern one character. */
export const characterSlips = {
  fullWidth: (char: string, meant: string) =>
    slip(
      `here is a full-width ${char}; JSON needs ${meant}`,
      `这里是全角的 ${char}，JSON 要半角的 ${meant}`,
      `write ${meant}`,
      `切换到英文输入法，改成 ${meant}`,
      'full-width',
    ),
  quotes: (char: string, content: string) => {
    const [en, zh] =
      char === "'" || char === '`' || char === '´'
        ? char === '`'
          ? ['backquotes', '反引号']
          : ['single quotes', '单引号']
        : ['curly or full-width quotes', '弯引号或全角引号'];
    return slip(
      `${quote(content)} is in ${en}; JSON needs straight double quotes`,
      `${quote(content)} 用了${zh}，JSON 要英文的双引号`,
      `write ${quote(content)}`,
      `写成 ${quote(content)}`,
      `quotes ${en}`,
    );
  },
  invisible: (char: string, isControl: boolean) => {
    const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    const [en, zh] = isControl
      ? ['a control character', '控制字符']
      : /\p{Cf}/u.test(char)
        ? ['an invisible character', '看不见的字符']
        : ['a blank that JSON does not allow', 'JSON 不允许的空白字符'];
    return slip(
      `here is ${en}, ${code}`,
      `这里有${zh} ${code}`,
      'delete it, or replace it by an ordinary space',
      '删掉它，或换成普通空格',
      `invisible ${code}`,
    );
  },
  raw: (char: string) => {
    const written = JSON.stringify(char).slice(1, -1);
    const [en, zh] =
      char === '\t'
        ? ['a tab', '制表符']
        : char === '\0'
          ? ['a NUL', 'NUL']
          : ['a control character', '控制字符'];
    return slip(
      `a string contains ${en} without an escape`,
      `字符串里有未转义的${zh}`,
      `write ${written}, or leave it out`,
      `写成 ${written}，或者去掉`,
    );
  },
};

/** The JSON that an unquoted word most likely stands for; undefined if there is none. */
function meaningOf(token: string): string | undefined {
  if (/^(?:true|yes|on)$/i.test(token)) return 'true';
  if (/^(?:false|no|off)$/i.test(token)) return 'false';
  if (/^(?:null|none|nil|undefined|[+-]?nan|[+-]?inf(?:inity)?)$/i.test(token)) return undefined;
  const digits = token.replace(/^\+/, '').replaceAll('_', '');
  if (/^(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits)) return String(Number(digits));
  if (/^-?(?:\d+\.?\d*|\.\d+)$/.test(digits)) return String(Number(digits));
  return JSON.stringify(token);
}

function bareValue(token: string): SlipWords {
  const meaning = meaningOf(token);
  if (meaning === undefined) {
    return slip(
      `JSON has no ${token}, and no key here accepts it`,
      `JSON 没有 ${token}，这里也没有键接受它`,
      'leave the key out, or write a number or a string in quotes',
      '去掉这个键，或者写一个数，或者写带引号的字符串',
    );
  }
  if (!meaning.startsWith('"')) {
    return slip(
      `${quote(token).slice(1, -1)} is not how JSON writes it`,
      `JSON 不这样写：${quote(token).slice(1, -1)}`,
      `write ${meaning}`,
      `写成 ${meaning}`,
    );
  }
  return slip(
    `${quote(token)} is a string without quotes`,
    `字符串没有加引号：${quote(token)}`,
    `write ${quote(token)}, with the quotes`,
    `写成 ${quote(token)}，带引号`,
    'bare value',
  );
}

/** Slips that concern the syntax. */
export const slips = {
  bareValue,
  bareKey: (key: string) =>
    slip(
      `the key ${key} has no quotes`,
      `键 ${key} 没有加引号`,
      `write ${quote(key)}:`,
      `写成 ${quote(key)}:`,
      'bare key',
    ),
  comment: (sign: string) =>
    slip(
      `${sign} does not start a comment in JSON`,
      `${sign} 在 JSON 里不是注释`,
      'start the comment with //',
      '注释以 // 开头',
      'comment',
    ),
  openComment: () =>
    slip(
      'the comment that begins here never ends',
      '从这里开始的注释没有结束',
      'end it with */',
      '用 */ 结束它',
    ),
  empty: () =>
    slip(
      'the file is empty or contains only comments',
      '文件是空的，或者只有注释',
      'ctr init writes a config to start from',
      'ctr init 会写出一份起始配置',
    ),
  noBraces: () =>
    slip(
      'the braces around the keys are missing',
      '这些键外面缺少花括号',
      'begin the file with { and end it with }',
      '文件以 { 开头，以 } 结尾',
    ),
  noBeginning: (text: string) =>
    slip(
      `a config begins with {, not with ${quote(text)}`,
      `配置以 { 开头，不是 ${quote(text)}`,
      'ctr init writes a config to start from',
      'ctr init 会写出一份起始配置',
    ),
  surplus: (closer: string) =>
    slip(
      `this ${closer} is one too many: the config has already ended`,
      `多了一个 ${closer}：配置在前面已经结束`,
      'remove it, or the earlier bracket that ended the config too soon',
      '去掉它，或者去掉前面过早结束配置的那个括号',
    ),
  second: () =>
    slip(
      'a second config begins here; a file holds one',
      '这里开始了第二份配置；一个文件只能有一份',
      'move it to a file of its own, or put its containers under "containers" of the first',
      '把它放进另一个文件，或者把它的容器写进第一份的 "containers"',
    ),
  behindTheEnd: () =>
    slip(
      'more text follows the end of the config',
      '配置结束之后还有内容',
      'remove it, or make it a comment with //',
      '去掉它，或者用 // 改成注释',
    ),
  tooDeep: (levels: number) =>
    slip(
      `nested deeper than ${levels} levels`,
      `嵌套超过 ${levels} 层`,
      'no config needs more than seven levels; close brackets before this one',
      '配置最多用七层；请在这之前把括号闭合',
    ),
  unclosed: (open: string, close: string, from: number): SlipWords => ({
    words: (lineOf) =>
      words(
        `the file ends here, and the ${open} of line ${lineOf(from)} is still open`,
        `文件到此结束，但第 ${lineOf(from)} 行的 ${open} 还没有闭合`,
        `write ${close} here; if the file was cut off, restore the rest first`,
        `在这里补上 ${close}；如果文件被截断了，先补全内容`,
      ),
  }),
  wrongCloser: (open: string, close: string, is: string, from: number): SlipWords => ({
    words: (lineOf) =>
      words(
        `${is} closes the ${open} of line ${lineOf(from)}`,
        `第 ${lineOf(from)} 行的 ${open} 被 ${is} 闭合`,
        `write ${close}`,
        `写成 ${close}`,
      ),
  }),
  openList: () =>
    slip(
      'this [ is not closed before the next key',
      '这里的 [ 在下一个键之前没有闭合',
      'write ] after the last entry of the list',
      '在列表最后一项之后写 ]',
    ),
  extraComma: () => slip('one comma too many', '多了一个逗号', 'remove it', '去掉它'),
  semicolon: () => slip('JSON needs , and not ;', 'JSON 要 , 而不是 ;', 'write ,', '写成 ,'),
  missingComma: () =>
    slip(
      'a comma is missing here',
      '这里缺少逗号',
      'write , before what follows',
      '在后面的内容之前写 ,',
    ),
  missingColon: (key: string) =>
    slip(
      `the colon between ${quote(key)} and its value is missing`,
      `键 ${quote(key)} 和它的值之间缺少冒号`,
      `write ${quote(key)}: and then the value`,
      `写成 ${quote(key)}: 再写值`,
    ),
  equals: (sign: string) =>
    slip(
      `${sign} stands where JSON needs a colon`,
      `这里是 ${sign}，JSON 要冒号`,
      'write :',
      '写成 :',
      'equals',
    ),
  noValue: (key: string) =>
    slip(
      `the key ${quote(key)} has no value`,
      `键 ${quote(key)} 没有值`,
      `write ${quote(key)}: and its value, or remove the key`,
      `写成 ${quote(key)}: 加上值，或者去掉这个键`,
    ),
  noKey: (text: string) =>
    slip(
      `${quote(text)} is not allowed here`,
      `这里不能写 ${quote(text)}`,
      'write a string in quotes, a number, true or false; or remove it',
      '写带引号的字符串、数、true 或 false；或者去掉它',
    ),
  openQuote: (text: string) =>
    slip(
      `the quote that opens here is not closed: ${quote(text)}`,
      `从这里开始的引号没有闭合：${quote(text)}`,
      `write ${quote(text)}, with both quotes`,
      `写成 ${quote(text)}，两边都有引号`,
    ),
  escape: (piece: string) =>
    slip(
      `JSON has no escape ${piece}`,
      `JSON 没有转义 ${piece}`,
      piece.startsWith('\\u')
        ? 'write four hexadecimal digits behind \\u, as in \\u00e9'
        : `write \\${piece} for a backslash`,
      piece.startsWith('\\u') ? '\\u 后面写四位十六进制数，如 \\u00e9' : `反斜杠写成 \\${piece}`,
    ),
};
