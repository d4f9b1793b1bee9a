import type { Node } from 'jsonc-parser';
import type * as z from 'zod/mini';
import type { ProblemCode } from '../model/codes/index.ts';
import { nearest } from '../model/nearest.ts';
import type { Text } from '../model/text.ts';
import { keyNodes, nodeAt, objectsIn } from './json-text.ts';
import { keysAt } from './schema.ts';
import { isValueKind, valueProblems } from './value-problems.ts';
import { shown, type Words, words } from './words.ts';

/** A problem and its place in the text. */
export interface Found extends Words {
  readonly code: ProblemCode;
  readonly offset: number;
}

type Form = 'tutorial' | 'canonical';

function unknownKey(key: string, known: readonly string[]): Words {
  const near = nearest(key, known);
  const [fixEn, fixZh] =
    near !== undefined
      ? [`did you mean "${near}"?`, `是不是 "${near}"？`]
      : known.length === 0
        ? ['leave it out', '去掉它']
        : [`keys here: ${known.join(', ')}`, `这里可用的键：${known.join('、')}`];
  return words(`unknown key ${shown(key)}`, `未知的键 ${shown(key)}`, fixEn, fixZh);
}

/** A valid value for each required key. */
const examples: Readonly<Record<string, string>> = {
  host_name: '"labex"',
  root_dir: '"./labex"',
  ip: '"192.168.0.100/16"',
  bridge_name: '"ctr0"',
  bridge_ip: '"192.168.0.1"',
  version: '1',
  name: '"lab"',
  networks: '{ "front": { … } }',
  containers: '{ "web": { … } }',
  bridge: '{ "name": "ctr0" }',
  subnets: '[{ "subnet": "10.88.0.0/24", "gateway": "10.88.0.1" }]',
  subnet: '"10.88.0.0/24"',
  gateway: '"10.88.0.1"',
  rootfs: '"./labex"',
  interfaces: '[{ "network": "front" }]',
  network: '"front"',
};

function missingKey(path: readonly PropertyKey[]): Words {
  const key = String(path.at(-1) ?? '');
  const example = path.at(-2) === 'bridge' ? '"ctr0"' : (examples[key] ?? '…');
  return words(
    `"${key}" is missing`,
    `缺少 "${key}"`,
    `add "${key}": ${example}`,
    `加上 "${key}": ${example}`,
  );
}

/** JSON's types, by zod's names for them. */
const types: Readonly<Record<string, { readonly is: Text; readonly write: Text }>> = {
  string: {
    is: { en: 'a string', zh: '字符串' },
    write: { en: 'write it in quotes, as in "labex"', zh: '加上引号，如 "labex"' },
  },
  boolean: {
    is: { en: 'true or false', zh: ' true 或 false' },
    write: { en: 'write true or false, without quotes', zh: '写 true 或 false，不带引号' },
  },
  array: {
    is: { en: 'a list', zh: '列表' },
    write: { en: 'write it in brackets: [ … ]', zh: '写在方括号里：[ … ]' },
  },
  object: {
    is: { en: 'an object', zh: '对象' },
    write: { en: 'write it in braces: { … }', zh: '写在花括号里：{ … }' },
  },
};

function wrongType(path: readonly PropertyKey[], type: string, actual: unknown): Words {
  const key = path.findLast((part) => typeof part === 'string');
  const { is, write } = types[type === 'record' ? 'object' : type] ?? {
    is: { en: type, zh: type },
    write: { en: `write ${type}`, zh: `写成 ${type}` },
  };
  const [en, zh] = key === undefined ? ['a config', '整份配置'] : [`"${key}"`, `"${key}"`];
  return {
    message: {
      en: `${en} must be ${is.en}, not ${shown(actual)}`,
      zh: `${zh} 必须是${is.zh}，不能是 ${shown(actual)}`,
    },
    fix: write,
  };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (holder, part) =>
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, part)
        ? (holder as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}

function keyOffset(holder: Node, key: string): number {
  return keyNodes(holder).find((one) => one.value === key)?.offset ?? holder.offset;
}

type Issue = z.core.$ZodIssue;

/** The issues of the branch of a union that the value's type matches; otherwise the union's own issue. */
function innermost(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const branch = issue.errors.find((inner) => inner.every(({ path }) => path.length > 0));
  if (branch === undefined) return [issue];
  return branch.flatMap((inner) =>
    innermost({ ...inner, path: [...issue.path, ...inner.path] } as Issue),
  );
}

/** One problem for each wrong value, even if zod reports several issues for it. */
export function issueProblems(
  issues: readonly Issue[],
  root: Node,
  value: unknown,
  form: Form,
): readonly Found[] {
  const all = issues.flatMap(innermost);
  const meant = new Set(
    all.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => pathKey([...issue.path, nearest(key, keysAt(form, issue.path))]))
        : [],
    ),
  );
  const seen = new Set<string>();
  return all.flatMap((issue) => {
    const path = pathKey(issue.path);
    const again = seen.has(path);
    seen.add(path);
    // The misspelt key is reported already, so its correct name is not reported as missing.
    if (again || (meant.has(path) && valueAt(value, issue.path) === undefined)) return [];
    return problemsOf(issue, root, value, form);
  });
}

function pathKey(path: readonly (PropertyKey | undefined)[]): string {
  return JSON.stringify(path.map((part) => (part === undefined ? null : String(part))));
}

function problemsOf(issue: Issue, root: Node, value: unknown, form: Form): readonly Found[] {
  const { path, message } = issue;
  const node = nodeAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(form, path);
    return issue.keys
      .filter((key) => key !== '__proto__')
      .map((key) => ({ code: 'E002', offset: keyOffset(node, key), ...unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1));
    const kind = issue.issues[0]?.message ?? '';
    const { code, say } = isValueKind(kind) ? valueProblems[kind] : valueProblems['container name'];
    const offset = keyOffset(nodeAt(root, path.slice(0, -1)), key);
    return [{ code, offset, ...say(key, key) }];
  }
  const actual = valueAt(value, path);
  if (actual === undefined) return [{ code: 'E003', offset: node.offset, ...missingKey(path) }];
  if (isValueKind(message)) {
    const key = String(path.findLast((part) => typeof part === 'string') ?? '');
    const { code, say } = valueProblems[message];
    return [{ code, offset: node.offset, ...say(key, actual) }];
  }
  const type = issue.code === 'invalid_type' ? issue.expected : 'string';
  return [{ code: 'E003', offset: node.offset, ...wrongType(path, type, actual) }];
}

export function duplicateKeys(root: Node): readonly Found[] {
  return [...objectsIn(root)].flatMap((object) => {
    const seen = new Set<unknown>();
    return keyNodes(object).flatMap((key) => {
      const again = seen.has(key.value);
      seen.add(key.value);
      if (!again) return [];
      const problem = words(
        `key ${shown(key.value)} appears twice in this object`,
        `键 ${shown(key.value)} 在这个对象里重复了`,
        'keep one of them',
        '只保留一个',
      );
      return [{ code: 'E004', offset: key.offset, ...problem }];
    });
  });
}

/** Reports keys `__proto__`, which zod silently drops from a record. */
export function prototypeKeys(root: Node): readonly Found[] {
  return [...objectsIn(root)].flatMap((object) =>
    keyNodes(object)
      .filter((key) => key.value === '__proto__')
      .map((key) => ({ code: 'E002', offset: key.offset, ...unknownKey('__proto__', []) })),
  );
}
