import type { ProblemCode } from '../model/codes/index.ts';
import type { Text } from '../model/text.ts';
import { inFullWidth } from './full-width.ts';
import { shown, type Words } from './words.ts';

/** The code and the messages for wrong values of one kind. */
export interface ValueProblem {
  readonly code: ProblemCode;
  readonly say: (key: string, value: unknown) => Words;
}

/** Builds messages like `"mtu" is not an MTU: 10`, or `"A=B" is not a name for …` if the key is the wrong value. */
export function isNot(code: ProblemCode, what: Text, fix: Text): ValueProblem {
  return {
    code,
    say: (key, value) => {
      const wide = inFullWidth(key, value);
      if (wide !== undefined) return wide;
      const shownValue = key === value ? '' : shown(value);
      return {
        message: {
          en: `${shown(key)} is not ${what.en}${shownValue === '' ? '' : `: ${shownValue}`}`,
          zh: `${shown(key)} 不是${what.zh}${shownValue === '' ? '' : `：${shownValue}`}`,
        },
        fix,
      };
    },
  };
}

const shortName = {
  en: 'lower-case letters, digits and hyphens, a letter first, at most 31 characters',
  zh: '小写字母、数字和连字符，以字母开头，最多 31 个字符',
} satisfies Text;

export function nameOf(en: string, zh: string, example: string): ValueProblem {
  return isNot(
    'E010',
    { en: `a name for ${en}`, zh: `有效的${zh}` },
    { en: `${shortName.en}, as in "${example}"`, zh: `${shortName.zh}，如 "${example}"` },
  );
}

export const plainAddress = {
  en: 'four numbers from 0 to 255 without leading zeros',
  zh: '四个 0 到 255 的数字，不带前导零',
} satisfies Text;

export function addressOf(what: Text, en: string, zh: string): ValueProblem {
  return isNot('E020', what, { en, zh });
}

export const ipv6 = { en: 'an IPv6 address', zh: '有效的 IPv6 地址' } satisfies Text;
export const ipv4 = { en: 'an IPv4 address', zh: '有效的 IPv4 地址' } satisfies Text;
export const macFix = {
  en: 'six pairs of hexadecimal digits, not all zero, with an even first pair, as in "02:42:c0:a8:00:64"',
  zh: '六组两位十六进制数，不全为零，第一组为偶数，如 "02:42:c0:a8:00:64"',
} satisfies Text;
export const mtuFix = {
  en: 'a whole number of bytes from 68 to 65535, without quotes, as in 1500',
  zh: '68 到 65535 的整数（字节），不带引号，如 1500',
} satisfies Text;

export function orAuto(fix: Text): Text {
  return { en: `${fix.en}; or "auto"`, zh: `${fix.zh}；或者 "auto"` };
}

export const mac = { en: 'a unicast MAC address', zh: '有效的单播 MAC 地址' } satisfies Text;
export const mtu = { en: 'an MTU', zh: '有效的 MTU' } satisfies Text;
