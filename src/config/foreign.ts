import type { Text } from '../model/text.ts';
import { type Words, words } from './words.ts';

/** The line that reveals the format of a text, and its offset. */
interface Line {
  readonly text: string;
  readonly offset: number;
}

function linesOf(text: string): readonly Line[] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].map((match) => ({
    text: match[0].trim(),
    offset: match.index + (match[0].length - match[0].trimStart().length),
  }));
}

const yamlKey = /^(?:- +)?(["']?)([\w.-]+)\1 *:(?: +(.*))?$/;
const assignment = /^([\w.-]+) *= *(.*)$/;
const startFrom = {
  en: 'ctr reads JSON; ctr init writes a config to start from',
  zh: 'ctr 只读 JSON；ctr init 会写出一份起始配置',
} satisfies Text;

function asJson(key: string, value: string): string {
  const bare = value.replace(/\s+#.*$/, '');
  const plain = bare.replace(/^(["'])(.*)\1$/, '$2');
  const literal = /^(?:true|false|-?\d+)$/.test(bare) ? bare : JSON.stringify(plain.slice(0, 40));
  return `{ ${JSON.stringify(key)}: ${bare === '' ? '…' : literal}, … }`;
}

function is(kind: Text, fix: Text = startFrom): Words {
  return { message: { en: `this is ${kind.en}, not JSON`, zh: `这是${kind.zh}，不是 JSON` }, fix };
}

function written(kind: string, key: string, value: string): Words {
  const json = asJson(key, value);
  return words(
    `this is ${kind}, not JSON`,
    `这是 ${kind}，不是 JSON`,
    `write ${json}; ctr init writes a config to start from`,
    `写成 ${json}；ctr init 会写出一份起始配置`,
  );
}

function configured(first: string, second: string): Words | undefined {
  if (/^\[\[?[\w."\s-]+\]\]?(?:\s*[#;].*)?$/.test(first) && /^[\w."-]+ *=/.test(second)) {
    const [, key = '', value = ''] = assignment.exec(second) ?? [];
    return written('TOML/INI', key, value);
  }
  if (/^(?:export default|module\.exports|import |const |let |var |function )/.test(first)) {
    return is({ en: 'a JavaScript program', zh: ' JavaScript 程序' });
  }
  const assigned = assignment.exec(first);
  if (assigned !== null) return written('TOML/INI', assigned[1] ?? '', assigned[2] ?? '');
  if (/^-{3}(?:\s|$)/.test(first) || /^%YAML/.test(first)) {
    const [, , key = 'host_name', value = 'labex'] = yamlKey.exec(second) ?? [];
    return written('YAML', key, value);
  }
  const yaml = yamlKey.exec(first);
  if (yaml !== null && yaml[1] === '') return written('YAML', yaml[2] ?? '', yaml[3] ?? '');
  if (/^- +\S/.test(first)) return is({ en: 'YAML (a list)', zh: ' YAML（列表）' });
  return undefined;
}

/** Recognises another format by the beginning of a text; undefined for JSON and unknown formats. */
export function foreignFormat(
  text: string,
): { readonly offset: number; readonly words: Words } | undefined {
  const lines = linesOf(text);
  const conflict = lines.find((line) => /^(?:<{7} |={7}$|>{7} )/.test(line.text));
  if (conflict !== undefined) {
    const marks = words(
      'there is an unresolved git merge conflict here',
      '这里有尚未解决的 git 合并冲突',
      'keep one of the two sides, and remove the lines with <<<<<<<, ======= and >>>>>>>',
      '保留其中一边，去掉 <<<<<<<、======= 和 >>>>>>> 这几行',
    );
    return { offset: conflict.offset, words: marks };
  }
  const [first, ...rest] = lines.filter(({ text: line }) => !/^(?:#(?!!)|\/\/)/.test(line));
  if (first === undefined || /^[{[]\s*["'{[\]}]/.test(first.text)) return undefined;
  const { offset } = first;
  if (first.text.startsWith('#!')) return { offset, words: is({ en: 'a script', zh: '脚本' }) };
  if (/^<[!?a-z]/i.test(first.text)) {
    return { offset, words: is({ en: 'XML or HTML', zh: ' XML 或 HTML' }) };
  }
  if (/^(?:FROM|ARG) \S/.test(first.text)) {
    return { offset, words: is({ en: 'a Dockerfile', zh: ' Dockerfile' }) };
  }
  if (first.text.startsWith('# ') || /^\{/.test(first.text)) return undefined;
  const found = configured(first.text, rest[0]?.text ?? '');
  return found === undefined ? undefined : { offset, words: found };
}

/** The problem of a truncated saved plan, recognised by its beginning. */
export function brokenPlan(text: string): Words | undefined {
  if (!/^\s*\{\s*"ctr_plan"\s*:/.test(text.slice(0, 400))) return undefined;
  return words(
    'this saved plan is cut off or damaged',
    '这份保存的计划被截断或损坏了',
    'make it again: ctr plan CONFIG --out PLAN',
    '重新生成：ctr plan 配置 --out 计划',
  );
}

/** The problem of another file that ctr wrote, recognised by its keys. */
export function otherFile(value: unknown): Words | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const has = (...keys: readonly string[]) => keys.every((key) => Object.hasOwn(value, key));
  if (has('ctr_plan')) {
    return words(
      'this is a saved plan, not a config',
      '这是保存的计划，不是配置',
      'if this version of ctr made it, run it: ctr up PLAN; otherwise make it again: ctr plan CONFIG --out PLAN',
      '如果由这个版本的 ctr 生成，直接运行：ctr up 计划；否则重新生成：ctr plan 配置 --out 计划',
    );
  }
  if (has('lab', 'steps')) {
    return words(
      'this is the output of ctr plan --format json, which ctr cannot run',
      '这是 ctr plan --format json 的输出，ctr 不能运行它',
      'save a plan that ctr can run: ctr plan CONFIG --out PLAN',
      '保存一份能运行的计划：ctr plan 配置 --out 计划',
    );
  }
  if (has('kernel', 'links', 'tools')) {
    return words(
      'this file holds the facts of a host, not a config',
      '这是主机信息 (facts)，不是配置',
      'to plan with these facts: ctr plan CONFIG --facts FACTS',
      '用它制定计划：ctr plan 配置 --facts 主机信息',
    );
  }
  return undefined;
}
