import { shown, type Words, words } from './words.ts';

/** Characters that an input method writes in place of ASCII: full-width forms and the Chinese full stop. */
const fullWidth = /[\uff01-\uff5e\u3002]/g;

/** The problem of a value with full-width characters; undefined without them. */
export function inFullWidth(key: string, value: unknown): Words | undefined {
  if (typeof value !== 'string') return undefined;
  const meant = value.replace(fullWidth, (char) =>
    char === '\u3002' ? '.' : String.fromCharCode(char.charCodeAt(0) - 0xfee0),
  );
  if (meant === value) return undefined;
  return words(
    `"${key}" contains full-width characters: ${shown(value)}`,
    `"${key}" 里有全角字符：${shown(value)}`,
    `write ${shown(meant)}`,
    `切换到英文输入法，改成 ${shown(meant)}`,
  );
}
