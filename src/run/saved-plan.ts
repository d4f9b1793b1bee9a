import { readFileSync, statSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import { type Config, canonicalSchema } from '../config/schema.ts';
import { requireStart } from '../exec/working-directory.ts';
import type { Facts } from '../facts/index.ts';
import { shellLine } from '../model/command.ts';
import { CtrError, exitCodes, type Problem } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Text } from '../model/text.ts';
import { planFor } from '../plan.ts';

/** A saved plan, with the config and facts it was made from, so that ctr can make it again and compare. */
export interface SavedPlan {
  readonly ctr_plan: 1;
  readonly config: Config;
  readonly facts: Facts;
  readonly plan: Plan;
}

export interface Source {
  readonly config: Config;
  readonly warnings: readonly Problem[];
  /** Whether the fast plan is to run. For a saved plan, as it was saved. */
  readonly fast: boolean;
  /** Throws if the plan is not the saved one. @throws CtrError with exit code 8. */
  readonly approve: (plan: Plan, facts: Facts) => void;
}

/** Options of the command line that affect the plan. */
export interface Wishes {
  /** Replaces the command of the first container. */
  readonly command?: readonly string[] | undefined;
  readonly fast?: boolean | undefined;
}

const maxBytes = 64 * 1024 * 1024;

export function savePlan(config: Config, facts: Facts, fast: boolean): string {
  const saved: SavedPlan = { ctr_plan: 1, config, facts, plan: planFor(config, facts, fast) };
  return `${JSON.stringify(saved, null, 2)}\n`;
}

function parseSaved(file: string): SavedPlan | undefined {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > maxBytes) return undefined;
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<SavedPlan> | null;
    // The rest is compared with the plan that ctr makes itself.
    return value?.ctr_plan === 1 ? (value as SavedPlan) : undefined;
  } catch {
    return undefined;
  }
}

function editedPlan(file: string): CtrError {
  return new CtrError(
    'plan-edited',
    exitCodes.config,
    {
      en: `${file} does not match the config and facts saved in it`,
      zh: `${file} 里的计划与其中保存的配置和主机信息不符`,
    },
    {
      means: {
        en: 'somebody edited the file, or another version of ctr made it; ctr runs only commands that it plans itself',
        zh: '文件被改过，或由另一个版本的 ctr 生成；ctr 只运行它自己制定的命令',
      },
      try: [{ en: 'ctr plan --out PLAN CONFIG', zh: 'ctr plan --out 计划 配置' }],
    },
  );
}

/** Refuses options that would change a saved plan. */
function refuseOther(file: string, saved: boolean, { command = [], fast }: Wishes): void {
  const refuse = (what: Text, remedy: Text) => {
    throw new CtrError(
      'plan-is-settled',
      exitCodes.usage,
      {
        en: `${file} is a saved plan: it runs as it was saved, ${what.en}`,
        zh: `${file} 是保存的计划：只能按保存的样子运行，${what.zh}`,
      },
      { try: [`ctr up ${file}`, remedy] },
    );
  };
  if (command.length > 0) {
    refuse(
      { en: 'with its own command', zh: '使用它自己的命令' },
      {
        en: `ctr up CONFIG ${shellLine(command)}`,
        zh: `ctr up 配置 ${shellLine(command)}`,
      },
    );
  }
  if (fast === true && !saved) {
    refuse(
      { en: 'and it was saved without --fast', zh: '而它保存时没有用 --fast' },
      {
        en: `ctr plan --fast --out ${file} CONFIG`,
        zh: `ctr plan --fast --out ${file} 配置`,
      },
    );
  }
}

function withCommand(config: Config, command: readonly string[] = []): Config {
  const [first] = Object.keys(config.containers);
  const container = first === undefined ? undefined : config.containers[first];
  if (command.length === 0 || first === undefined || container === undefined) return config;
  return {
    ...config,
    containers: { ...config.containers, [first]: { ...container, command: [...command] } },
  };
}

/** The path and the two values of everything that differs, such as `links[1].mtu: 1500 → 1400`. */
function differences(was: unknown, is: unknown, path = ''): readonly string[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (typeof was !== 'object' || typeof is !== 'object' || was === null || is === null) {
    return [`${path}: ${JSON.stringify(was)} → ${JSON.stringify(is)}`];
  }
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return keys.flatMap((key) =>
    differences(
      (was as Record<string, unknown>)[key],
      (is as Record<string, unknown>)[key],
      Array.isArray(was) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
    ),
  );
}

/** The error when the facts differ only in the terminal. */
function otherTerminal(file: string, was: Facts, is: Facts): CtrError {
  const detach = is.terminal === null ? '-d ' : '';
  return new CtrError(
    'plan-stale',
    exitCodes.stale,
    was.terminal === null
      ? {
          en: `the plan in ${file} was made for a run without a terminal, but this run has one`,
          zh: `${file} 里的计划是为没有终端的运行制定的，而这次运行有终端`,
        }
      : {
          en: `the plan in ${file} was made for a run on a terminal (TERM=${was.terminal}), but this run has ${is.terminal === null ? 'none' : `TERM=${is.terminal}`}`,
          zh: `${file} 里的计划是为终端上的运行制定的 (TERM=${was.terminal})，而这次运行${is.terminal === null ? '没有终端' : `的是 TERM=${is.terminal}`}`,
        },
    {
      try: [
        {
          en: `ctr plan ${detach}--out ${file} CONFIG`,
          zh: `ctr plan ${detach}--out ${file} 配置`,
        },
      ],
    },
  );
}

function stale(file: string, was: Facts, is: Facts): CtrError {
  const changed = differences(was, is);
  if (changed.every((text) => text.startsWith('terminal:'))) return otherTerminal(file, was, is);
  return new CtrError(
    'plan-stale',
    exitCodes.stale,
    {
      en: `the plan in ${file} is stale: the host has changed since`,
      zh: `${file} 里的计划已过时：主机已发生变化`,
    },
    {
      problems: changed.slice(0, 8).map((text) => ({
        code: 'H030',
        message: { en: text, zh: text },
      })),
      try: [
        {
          en: `make it again: ctr plan --out ${file} CONFIG`,
          zh: `重新生成：ctr plan --out ${file} 配置`,
        },
      ],
    },
  );
}

/**
 * Reads the argument of `up`: a config or a saved plan.
 * @throws CtrError: an invalid config (3), or wrong usage (2) when options would change a saved plan.
 */
export function readSource(file: string, wishes: Wishes): Source {
  requireStart(file);
  const saved = parseSaved(file);
  if (saved === undefined) {
    const { config, warnings } = loadConfig(file);
    const { command, fast = false } = wishes;
    return { config: withCommand(config, command), warnings, fast, approve: () => undefined };
  }
  const config = canonicalSchema.safeParse(saved.config);
  const fast = (saved.plan as Partial<Plan> | undefined)?.fast === true;
  refuseOther(file, fast, wishes);
  let remade: Plan;
  try {
    if (!config.success) throw new Error('config');
    remade = planFor(config.data, saved.facts, fast);
  } catch {
    throw editedPlan(file);
  }
  if (JSON.stringify(remade) !== JSON.stringify(saved.plan)) throw editedPlan(file);
  return {
    config: config.data,
    warnings: [],
    fast,
    approve(plan, facts) {
      if (JSON.stringify(plan) !== JSON.stringify(saved.plan))
        throw stale(file, saved.facts, facts);
    },
  };
}

/** The config in a file, and the plan if the file is a saved one. @throws as `readSource`. */
export function plansIn(file: string): { readonly config: Config; readonly plan?: Plan } {
  const { config } = readSource(file, {});
  const saved = parseSaved(file);
  return saved === undefined ? { config } : { config, plan: saved.plan };
}
