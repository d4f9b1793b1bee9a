import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod/mini';
import { planFor } from './compact.ts';
import { loadConfig } from './config/load.ts';
import { type Config, canonicalSchema } from './config/schema.ts';
import { CtrError, exitCodes, type Problem } from './errors.ts';
import type { Facts } from './facts/index.ts';
import type { Plan } from './plan.ts';
import { requireStart } from './working-directory.ts';

/** A plan on paper: with the config and the facts it was made from, so that it can be made again. */
export interface SavedPlan {
  readonly ctr_plan: 1;
  readonly config: Config;
  readonly facts: Facts;
  readonly plan: Plan;
}

export interface Source {
  readonly config: Config;
  readonly warnings: readonly Problem[];
  /** A plan on paper is in one form. */
  readonly fast: boolean;
  /** Refuses a plan that is not the one on paper. @throws CtrError with exit code 8. */
  readonly approve: (plan: Plan, facts: Facts) => void;
}

const maxBytes = 64 * 1024 * 1024;
const envelope = z.looseObject({ ctr_plan: z.literal(1) });

export function savePlan(config: Config, facts: Facts, fast: boolean): string {
  const saved: SavedPlan = { ctr_plan: 1, config, facts, plan: planFor(config, facts, fast) };
  return `${JSON.stringify(saved, null, 2)}\n`;
}

function parseSaved(file: string): SavedPlan | undefined {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > maxBytes) return undefined;
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return envelope.safeParse(value).success ? (value as SavedPlan) : undefined;
  } catch {
    return undefined;
  }
}

function editedPlan(file: string): CtrError {
  return new CtrError(
    'plan-edited',
    exitCodes.config,
    {
      en: `${file} is not the plan that its own config and facts make`,
      zh: `${file} 不是由它自己的配置和事实生成的计划`,
    },
    {
      means: {
        en: 'it was edited, or made by another version of ctr; a plan is data, never a way to have other commands run',
        zh: '它被改过，或由另一个版本的 ctr 生成；计划只是数据，不能借它运行别的命令',
      },
      try: [{ en: 'ctr plan CONFIG --out PLAN', zh: 'ctr plan 配置 --out 计划' }],
    },
  );
}

/** A path to each value that differs, as in `links[1].mtu`. */
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

function stale(file: string, was: Facts, is: Facts): CtrError {
  const changed = differences(was, is);
  return new CtrError(
    'plan-stale',
    exitCodes.stale,
    {
      en: `the plan in ${file} is stale: the host has changed`,
      zh: `${file} 里的计划已过时：主机变了`,
    },
    {
      problems: changed.slice(0, 8).map((text) => ({
        code: 'fact',
        message: { en: text, zh: text },
      })),
      try: [
        {
          en: `make it again: ctr plan CONFIG --out ${file}`,
          zh: `重新生成：ctr plan 配置 --out ${file}`,
        },
      ],
    },
  );
}

/** What `up` was given: a config, or a saved plan. */
export function readSource(file: string): Source {
  requireStart(file);
  const saved = parseSaved(file);
  if (saved === undefined) {
    const { config, warnings } = loadConfig(file);
    return { config, warnings, fast: false, approve: () => undefined };
  }
  const config = canonicalSchema.safeParse(saved.config);
  const fast = (saved.plan as Partial<Plan> | undefined)?.fast === true;
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
