import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Problem } from '../errors.ts';
import { depthOf, nodeAt, plainOf, Source } from './json-text.ts';
import { type RuleProblem, rules } from './rules.ts';
import { type Config, canonicalSchema, tutorialSchema } from './schema.ts';
import { duplicateKeys, type Found, issueProblems, prototypeKeys } from './shape.ts';
import { fromTutorial, tutorialPath } from './tutorial.ts';

export interface Parsed {
  /** Absent when there is a problem. */
  readonly config?: Config;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly form: 'tutorial' | 'canonical';
}

const maxDepth = 64;

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
