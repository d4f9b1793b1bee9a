import type { Text } from '../model/text.ts';
import { shown, type Words, words } from './words.ts';

/** Magic numbers of other file types, with their offsets (magic(5)). */
const kinds: readonly (readonly [begins: string, at: number, what: Text])[] = [
  ['\x7fELF', 0, { en: 'a program', zh: '程序' }],
  ['\x1f\x8b', 0, { en: 'a gzip archive', zh: ' gzip 压缩文件' }],
  ['PK\x03\x04', 0, { en: 'a zip archive', zh: ' zip 压缩文件' }],
  ['\xfd7zXZ', 0, { en: 'an xz archive', zh: ' xz 压缩文件' }],
  ['BZh', 0, { en: 'a bzip2 archive', zh: ' bzip2 压缩文件' }],
  ['(\xb5/\xfd', 0, { en: 'a zstd archive', zh: ' zstd 压缩文件' }],
  ['7z\xbc\xaf', 0, { en: 'a 7z archive', zh: ' 7z 压缩文件' }],
  ['ustar', 257, { en: 'a tar archive', zh: ' tar 归档文件' }],
  ['!<arch>', 0, { en: 'a Debian package or a library', zh: ' Debian 软件包或库文件' }],
  ['hsqs', 0, { en: 'a squashfs image', zh: ' squashfs 镜像' }],
  ['SQLite format', 0, { en: 'a database', zh: '数据库' }],
  ['\x89PNG', 0, { en: 'a picture', zh: '图片' }],
  ['\xff\xd8\xff', 0, { en: 'a picture', zh: '图片' }],
  ['GIF8', 0, { en: 'a picture', zh: '图片' }],
  ['RIFF', 0, { en: 'a picture or a sound', zh: '图片或声音' }],
  ['%PDF', 0, { en: 'a PDF', zh: ' PDF' }],
];

/** Why the bytes of a file are not the text of a config, and where. Line 0 stands for the whole file. */
export interface NotText extends Words {
  readonly line: number;
  /** In bytes, from 1. */
  readonly column: number;
}

/** A file name for a shell command, quoted if necessary. */
function named(file: string): string {
  return /^[\w./+-]+$/.test(file) ? file : shown(file);
}

function encoded(name: string, file: string, guess: boolean): Words {
  return words(
    `the text ${guess ? 'seems to be' : 'is'} encoded in ${name}; ctr reads only UTF-8`,
    `文本${guess ? '看来' : ''}是 ${name} 编码；ctr 只读 UTF-8`,
    `iconv -f ${name} -t UTF-8 ${named(file)} >utf8.json, or save it as UTF-8 in the editor`,
    `iconv -f ${name} -t UTF-8 ${named(file)} >utf8.json，或者在编辑器里另存为 UTF-8`,
  );
}

/**
 * Recognises UTF-16 and UTF-32 by their byte order marks. UTF-16 without a mark has a NUL in each ASCII character
 * (RFC 4627 §3).
 */
function wideEncoding(bytes: Buffer): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16';
  if (a === 0xfe && b === 0xff) return 'UTF-16';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'UTF-32';
  if (a === 0 && b !== 0 && c === 0 && d !== 0 && bytes.length > 3) return 'UTF-16BE';
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 'UTF-16LE';
  return undefined;
}

function decodes(bytes: Buffer, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The number of bytes before the first byte that is not UTF-8. */
function validLength(bytes: Buffer): number {
  let [from, to] = [0, bytes.length];
  const decoder = () => new TextDecoder('utf-8', { fatal: true });
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    try {
      decoder().decode(bytes.subarray(0, middle), { stream: true });
      from = middle;
    } catch {
      to = middle - 1;
    }
  }
  return from;
}

function placeOf(
  bytes: Buffer,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = bytes.subarray(0, offset);
  const start = before.lastIndexOf(0x0a) + 1;
  return {
    line: before.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 1),
    column: offset - start + 1,
  };
}

/** GB 18030 writes a Chinese character as two bytes; European encodings write single bytes above 0x7f. */
function guessEncoding(bytes: Buffer): string | undefined {
  const runs = bytes.toString('latin1').match(/[\x80-\xff]+/g) ?? [];
  const paired = runs.every((run) => run.length % 2 === 0);
  if (paired && decodes(bytes, 'gb18030')) return 'GB18030';
  return runs.every((run) => run.length === 1) ? 'LATIN1' : undefined;
}

/** @returns the text of a file, or why it is not text. */
export function textOf(bytes: Buffer, file: string): string | NotText {
  const start = bytes.toString('latin1', 0, 300);
  const whole = { line: 1, column: 1 };
  const kind = kinds.find(([begins, at]) => start.startsWith(begins, at));
  if (kind !== undefined) {
    const [, , { en, zh }] = kind;
    return {
      ...whole,
      ...words(
        `this file is ${en}, not a config`,
        `这个文件是${zh}，不是配置`,
        'give the path of a config; ctr init writes one to start from',
        '请给出配置文件的路径；ctr init 会写出一份起始配置',
      ),
    };
  }
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { ...whole, ...encoded(wide, file, false) };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const offset = validLength(bytes);
    const place = placeOf(
      bytes,
      Math.max(
        0,
        bytes.findIndex((byte, at) => at >= offset - 3 && byte >= 0x80),
      ),
    );
    const guess = guessEncoding(bytes);
    if (guess !== undefined) return { ...place, ...encoded(guess, file, true) };
    return {
      ...place,
      ...words(
        'the text is not UTF-8 from here on',
        '从这里开始不是 UTF-8 文本',
        'save the file as UTF-8 in the editor, or delete the bytes here',
        '在编辑器里另存为 UTF-8，或者删掉这里的内容',
      ),
    };
  }
}
