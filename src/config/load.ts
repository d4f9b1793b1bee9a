import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, normalize, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type * as z from 'zod/mini';
import { CtrError, exitCodes, messageOf, type Problem } from '../errors.ts';
import type { Text } from '../text.ts';
import { shown, valueProblems, type Words } from './problems.ts';
import { type RuleProblem, rules } from './rules.ts';
import { type Config, canonicalSchema, keysAt, rootfsPattern, tutorialSchema } from './schema.ts';
import { fromTutorial, tutorialPath } from './tutorial.ts';

export interface Parsed {
  /** Absent when there is a problem. */
  readonly config?: Config;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly form: 'tutorial' | 'canonical';
}

const maxBytes = 1024 * 1024;
const maxDepth = 64;

/** Depth of the deepest bracket outside strings; the parser recurses, so that it must be bounded. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"' || char === '\n') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (char === ']' || char === '}') depth -= 1;
  }
  return deepest;
}

/** What a node says, as plain data without a prototype to poison. */
function plainOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plainOf);
  if (node.type !== 'object') return node.value;
  const entries = (node.children ?? []).flatMap((property): [string, unknown][] => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), plainOf(value)]];
  });
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

function keyNodes(node: Node): readonly Node[] {
  return (node.children ?? []).flatMap((property) => property.children?.[0] ?? []);
}

function* objectsIn(node: Node): Generator<Node> {
  if (node.type === 'object') yield node;
  for (const child of node.children ?? []) yield* objectsIn(child);
}

/** A text with line and column of an offset, counted from 1. */
class Source {
  private readonly starts: readonly number[];
  private readonly file: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  }

  place(offset: number): string {
    let line = this.starts.findLastIndex((start) => start <= offset);
    if (line < 0) line = 0;
    return `${this.file}:${line + 1}:${offset - (this.starts[line] ?? 0) + 1}`;
  }
}

/** The node at a path, or the nearest one around it. */
function nodeAt(root: Node, path: readonly PropertyKey[]): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const found = findNodeAtLocation(
      root,
      path.slice(0, length).map((part) => (typeof part === 'symbol' ? String(part) : part)),
    );
    if (found !== undefined) return found;
  }
  return root;
}

function unknownKey(key: string, known: readonly string[]): Words {
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

interface Found extends Words {
  readonly code: string;
  readonly offset: number;
}

function issueProblems(
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

function duplicateKeys(root: Node): readonly Found[] {
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
function prototypeKeys(root: Node): readonly Found[] {
  return [...objectsIn(root)].flatMap((object) =>
    keyNodes(object)
      .filter((key) => key.value === '__proto__')
      .map((key) => ({ code: 'E002', offset: key.offset, ...unknownKey('__proto__', []) })),
  );
}

const canonicalKeys = ['version', 'networks', 'containers'];
const tutorialKeys = ['host_name', 'root_dir', 'ip', 'bridge_name', 'bridge_ip'];

function formOf(value: unknown): 'tutorial' | 'canonical' {
  if (typeof value !== 'object' || value === null) return 'tutorial';
  const has = (key: string) => Object.hasOwn(value, key);
  return canonicalKeys.some(has) && !tutorialKeys.some(has) ? 'canonical' : 'tutorial';
}

/** A path as it would be written, as in `networks.front.subnets[0].gateway`. */
function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

function toProblem(source: Source, found: Found): Problem {
  const { code, offset, message, fix } = found;
  return { code, place: source.place(offset), message, ...(fix === undefined ? {} : { fix }) };
}

function syntaxProblems(source: Source, text: string, errors: readonly ParseError[]) {
  const found = errors.map((error) => {
    const reason = printParseErrorCode(error.error);
    return {
      code: 'E001',
      offset: Math.min(error.offset, text.length),
      message: { en: `not JSON: ${reason}`, zh: `不是 JSON：${reason}` },
    };
  });
  return found.slice(0, 5).map((one) => toProblem(source, one));
}

/** Pure, and throws nothing: a text is a config, or it has problems. All of them are said at once. */
export function parseConfig(text: string, file: string): Parsed {
  const clean = text.replace(/^\uFEFF/, '');
  const source = new Source(file, clean);
  const failed = (problems: readonly Problem[]): Parsed => ({
    problems,
    warnings: [],
    form: 'tutorial',
  });
  if (depthOf(clean) > maxDepth) {
    const message = { en: `nested deeper than ${maxDepth} levels`, zh: `嵌套超过 ${maxDepth} 层` };
    return failed([{ code: 'E001', place: source.place(0), message }]);
  }
  const errors: ParseError[] = [];
  const root = parseTree(clean, errors, { allowTrailingComma: true, disallowComments: false });
  if (root === undefined || errors.length > 0) {
    const fallback = {
      code: 'E001',
      offset: 0,
      message: { en: 'not JSON: empty', zh: '不是 JSON：空的' },
    };
    return failed(
      errors.length > 0 ? syntaxProblems(source, clean, errors) : [toProblem(source, fallback)],
    );
  }
  const value = plainOf(root);
  const form = formOf(value);
  const parsed =
    form === 'tutorial' ? tutorialSchema.safeParse(value) : canonicalSchema.safeParse(value);
  const shape = [
    ...duplicateKeys(root),
    ...prototypeKeys(root),
    ...(parsed.error?.issues ?? []).flatMap((issue) => issueProblems(issue, root, value, form)),
  ];
  if (shape.length > 0 || !parsed.success) {
    const sorted = shape.toSorted((one, other) => one.offset - other.offset);
    return { problems: sorted.map((one) => toProblem(source, one)), warnings: [], form };
  }
  const config = 'host_name' in parsed.data ? fromTutorial(parsed.data) : parsed.data;
  const place = (one: RuleProblem): Problem => {
    const path = form === 'tutorial' ? tutorialPath(one.path) : one.path;
    const { en, zh } = one.message;
    const field = fieldOf(path);
    const message = field === '' ? { en, zh } : { en: `${field}: ${en}`, zh: `${field}：${zh}` };
    return toProblem(source, { ...one, message, offset: nodeAt(root, path).offset });
  };
  const all = rules(config).map(place);
  const problems = all.filter((one) => one.code.startsWith('E'));
  const warnings = all.filter((one) => one.code.startsWith('W'));
  return problems.length > 0 ? { problems, warnings, form } : { config, problems, warnings, form };
}

function unreadable(file: string, why: Text): CtrError {
  return new CtrError(
    'config-invalid',
    exitCodes.config,
    { en: `cannot read ${file}`, zh: `无法读取 ${file}` },
    { problems: [{ code: 'E000', place: file, message: why }] },
  );
}

/** @throws CtrError when the file is missing, no file, too large or not text. */
function readText(file: string): string {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(file, { en: messageOf(error), zh: messageOf(error) });
  }
  try {
    if (!fstatSync(descriptor).isFile() && file !== '/dev/stdin') {
      throw unreadable(file, { en: 'it is not a regular file', zh: '它不是普通文件' });
    }
    const bytes = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (;;) {
      const got = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += got;
      if (got === 0 || length === bytes.length) break;
    }
    if (length > maxBytes) {
      throw unreadable(file, { en: 'it is larger than 1 MiB', zh: '它大于 1 MiB' });
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } catch (error) {
    if (error instanceof CtrError) throw error;
    throw unreadable(file, { en: messageOf(error), zh: messageOf(error) });
  } finally {
    closeSync(descriptor);
  }
}

function invalid(file: string, problems: readonly Problem[]): CtrError {
  return new CtrError(
    'config-invalid',
    exitCodes.config,
    {
      en: `${file} is not a valid config: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
      zh: `${file} 不是有效的配置：${problems.length} 个问题`,
    },
    { problems },
  );
}

function absolute(directory: string, path: string): string {
  const full = normalize(resolve(directory, path));
  return full.length > 1 ? full.replace(/\/+$/, '') : full;
}

/**
 * Reads a config; relative root file systems start at its folder.
 * @throws CtrError with exit code 3 and every problem.
 */
export function loadConfig(file: string): { config: Config; warnings: readonly Problem[] } {
  const { config, problems, warnings } = parseConfig(readText(file), file);
  if (config === undefined) throw invalid(file, problems);
  const directory = dirname(resolve(file));
  const containers = Object.fromEntries(
    Object.entries(config.containers).map(([name, container]) => {
      const rootfs = absolute(directory, container.rootfs);
      // The folder of the config is part of it now.
      if (!rootfsPattern.test(rootfs)) {
        const words = valueProblems.E050?.('rootfs', rootfs) ?? unknownKey(rootfs, []);
        throw invalid(file, [{ code: 'E050', place: file, ...words }]);
      }
      return [name, { ...container, rootfs }];
    }),
  );
  return { config: { ...config, containers }, warnings };
}
