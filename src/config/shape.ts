import { closest, distance } from 'fastest-levenshtein';
import type { Node } from 'jsonc-parser';
import type * as z from 'zod/mini';
import type { Text } from '../text.ts';
import { keyNodes, nodeAt, objectsIn } from './json-text.ts';
import { shown, valueProblems, type Words } from './problems.ts';
import { keysAt } from './schema.ts';

export function unknownKey(key: string, known: readonly string[]): Words {
  const near = known.length === 0 ? undefined : closest(key, known);
  const isNear =
    near !== undefined && distance(key, near) <= Math.max(2, Math.floor(near.length / 3));
  return {
    message: { en: `unknown key ${shown(key)}`, zh: `未知的键 ${shown(key)}` },
    fix: isNear
      ? { en: `did you mean "${near}"?`, zh: `是不是 "${near}"？` }
      : known.length === 0
        ? { en: 'leave it out', zh: '去掉它' }
        : { en: `keys here: ${known.join(', ')}`, zh: `这里可用的键：${known.join('、')}` },
  };
}

export interface Found extends Words {
  readonly code: string;
  readonly offset: number;
}

export function issueProblems(
  issue: z.core.$ZodIssue,
  root: Node,
  value: unknown,
  form: 'tutorial' | 'canonical',
): readonly Found[] {
  const node = nodeAt(root, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(form, issue.path);
    const keys = issue.keys.filter((key) => key !== '__proto__');
    return keys.map((key) => ({
      code: 'E002',
      offset: keyNodes(node).find((one) => one.value === key)?.offset ?? node.offset,
      ...unknownKey(key, known),
    }));
  }
  if (issue.code === 'invalid_key') {
    const key = String(issue.path.at(-1));
    const holder = nodeAt(root, issue.path.slice(0, -1));
    const code = issue.issues[0]?.message ?? 'E010';
    const say = valueProblems[code] ?? valueProblems.E010;
    return [
      {
        code: valueProblems[code] === undefined ? 'E010' : code,
        offset: keyNodes(holder).find((one) => one.value === key)?.offset ?? holder.offset,
        ...(say?.(key, key) ?? unknownKey(key, [])),
      },
    ];
  }
  const inner = issue.code === 'invalid_union' ? issue.errors.flat() : [];
  const code = [issue.message, ...inner.map((one) => one.message)].find(
    (message) => valueProblems[message] !== undefined,
  );
  const key = String(issue.path.findLast((part) => typeof part === 'string') ?? '');
  const actual = issue.path.reduce<unknown>(
    (holder, part) =>
      typeof holder === 'object' && holder !== null
        ? (holder as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
  const known = code ?? 'E003';
  if (actual === undefined) {
    const message: Text = { en: `"${key}" is missing`, zh: `缺少 "${key}"` };
    return [{ code: 'E003', offset: node.offset, message }];
  }
  if (known === 'E003' && issue.code === 'invalid_type') {
    return [
      {
        code: 'E003',
        offset: node.offset,
        message: {
          en: `"${key}" must be ${issue.expected}, not ${shown(actual)}`,
          zh: `"${key}" 必须是 ${issue.expected}，不能是 ${shown(actual)}`,
        },
      },
    ];
  }
  const say = valueProblems[known];
  return say === undefined ? [] : [{ code: known, offset: node.offset, ...say(key, actual) }];
}

export function duplicateKeys(root: Node): readonly Found[] {
  return [...objectsIn(root)].flatMap((object) => {
    const seen = new Set<unknown>();
    return keyNodes(object).flatMap((key) => {
      const again = seen.has(key.value);
      seen.add(key.value);
      if (!again) return [];
      return [
        {
          code: 'E004',
          offset: key.offset,
          message: {
            en: `key ${shown(key.value)} stands here twice`,
            zh: `键 ${shown(key.value)} 重复了`,
          },
          fix: { en: 'keep one of them', zh: '只保留一个' },
        },
      ];
    });
  });
}

/** zod leaves this key out of a record without a word. */
export function prototypeKeys(root: Node): readonly Found[] {
  return [...objectsIn(root)].flatMap((object) =>
    keyNodes(object)
      .filter((key) => key.value === '__proto__')
      .map((key) => ({ code: 'E002', offset: key.offset, ...unknownKey('__proto__', []) })),
  );
}
