import { type ParseError, parseTree } from 'jsonc-parser';
import type { Problem } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import { otherFile } from './foreign.ts';
import { deeperThan, nodeAt, plainOf, Source } from './json-text.ts';
import { type RuleProblem, rules } from './rules.ts';
import { type Config, canonicalSchema, tutorialSchema } from './schema.ts';
import { duplicateKeys, type Found, issueProblems, prototypeKeys } from './shape.ts';
import { slips } from './slips.ts';
import { syntaxProblems } from './syntax.ts';
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

/** A path in the notation of JavaScript, such as `networks.front.subnets[0].gateway`. */
function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

function toProblem(source: Source, found: Found): Problem {
  const { code, offset, message, fix } = found;
  return { code, place: source.place(offset), message, fix };
}

/** The syntax errors of a text that is not JSON. */
export function syntaxProblemsIn(text: string, file: string): readonly Problem[] {
  const source = new Source(file, text);
  const found = syntaxProblems(text, 0, (offset) => source.lineOf(offset));
  return found.map((one) => toProblem(source, one));
}

/** Pure; throws nothing. @returns the config, or all problems of the text. */
export function parseConfig(text: string, file: string): Parsed {
  const clean = text.replace(/^\uFEFF/, '');
  const source = new Source(file, clean);
  const failed = (problems: readonly Problem[]): Parsed => ({
    problems,
    warnings: [],
    form: 'tutorial',
  });
  const tooDeep = deeperThan(maxDepth, clean);
  if (tooDeep !== undefined) {
    const words = slips.tooDeep(maxDepth).words(() => 1);
    return failed([toProblem(source, { code: 'E001', offset: tooDeep, ...words })]);
  }
  const errors: ParseError[] = [];
  const root = parseTree(clean, errors, { allowTrailingComma: true, disallowComments: false });
  if (root === undefined || errors.length > 0) {
    const found = syntaxProblems(clean, errors[0]?.offset ?? 0, (offset) => source.lineOf(offset));
    return failed(found.map((one) => toProblem(source, one)));
  }
  const value = plainOf(root);
  const other = otherFile(value);
  if (other !== undefined) {
    return failed([toProblem(source, { code: 'E001', offset: root.offset, ...other })]);
  }
  const form = formOf(value);
  const parsed =
    form === 'tutorial' ? tutorialSchema.safeParse(value) : canonicalSchema.safeParse(value);
  const shape = [
    ...duplicateKeys(root),
    ...prototypeKeys(root),
    ...issueProblems(parsed.error?.issues ?? [], root, value, form),
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
    const placeOf = (where: readonly PropertyKey[]) =>
      source.place(nodeAt(root, form === 'tutorial' ? tutorialPath(where) : where).offset);
    const second = one.other === undefined ? undefined : placeOf(one.other);
    const whole: Text =
      second === undefined
        ? { en, zh }
        : { en: `${en} (the other is at ${second})`, zh: `${zh}（另一处在 ${second}）` };
    const message =
      field === '' ? whole : { en: `${field}: ${whole.en}`, zh: `${field}：${whole.zh}` };
    return toProblem(source, { ...one, message, offset: nodeAt(root, path).offset });
  };
  const all = rules(config).map(place);
  const problems = all.filter((one) => one.code.startsWith('E'));
  const warnings = all.filter((one) => one.code.startsWith('W'));
  return problems.length > 0 ? { problems, warnings, form } : { config, problems, warnings, form };
}
