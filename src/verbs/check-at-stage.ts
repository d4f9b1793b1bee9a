import { existsSync } from 'node:fs';
import { childPids, isAlive } from '../exec/processes.ts';
import type { Facts } from '../facts/index.ts';
import { readHost } from '../facts/read.ts';
import { exitCodes } from '../model/errors.ts';
import { groupOf } from '../model/names.ts';
import type { Plan } from '../model/plan.ts';
import type { Text } from '../model/text.ts';
import { planFor } from '../plan.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { printResult } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import { plansIn } from '../run/saved-plan.ts';
import { stateDirectory } from '../state/directory.ts';
import { findRun } from '../state/find-container.ts';
import { markedStarts } from '../state/marked-processes.ts';
import { childrenOf } from '../state/runs.ts';
import { checkStage, type StageFinding } from '../stepping/check-stage.ts';
import { positionOf } from '../stepping/stage.ts';

const problems: { readonly [P in StageFinding['problem']]: Text } = {
  missing: { en: 'missing', zh: '缺少' },
  extra: { en: 'not yet', zh: '不应已有' },
};

/** A host as it was before somebody built this lab on it by hand. */
function without(facts: Facts, bridges: readonly string[], run: string): Facts {
  const group = groupOf(run);
  const links = facts.links.filter((link) => link.group !== group && !bridges.includes(link.name));
  const there = new Set(links.map(({ name }) => name));
  const forwards = (key: string) => /^net\/ipv4\/conf\/[^/]+\/forwarding$/.test(key);
  const all = facts.sysctls['net/ipv4/ip_forward'] === '1';
  return {
    ...facts,
    links,
    routes: facts.routes.filter(({ dev }) => dev === undefined || there.has(dev)),
    sysctls: Object.fromEntries(
      Object.entries(facts.sysctls).map(([key, value]) => [
        key,
        !all && forwards(key) && !key.includes('/default/') ? '0' : value,
      ]),
    ),
  };
}

/** The first processes that were started by the plan's own line, by ctr or by hand. */
function startedByHand(run: string): ReadonlyMap<string, number> {
  return new Map(
    markedStarts()
      .filter((one) => one.run === run)
      .flatMap(({ container, pid }) => {
        const [first] = childPids(pid);
        return first === undefined ? [] : [[container, first] as const];
      }),
  );
}

interface Target {
  readonly plan: Plan;
  readonly pids: ReadonlyMap<string, number>;
}

/** A run, a saved plan, or a config that somebody follows by hand. */
async function targetOf(context: Context, name: string): Promise<Target> {
  if (existsSync(name) && /[./]/.test(name)) {
    const { plan, config } = plansIn(name);
    const pids = startedByHand(config.name);
    if (plan !== undefined) return { plan, pids };
    const bridges = Object.values(config.networks).map(({ bridge }) => bridge.name);
    const found = await readHost(context.runner, config, null);
    const facts = without({ ...found, runs: [], reserved: {}, shared: {} }, bridges, config.name);
    return { plan: planFor(config, facts, false), pids };
  }
  const directory = stateDirectory(context.stateDir);
  const { config, facts } = findRun(directory, name, exitCodes.usage);
  const children = [...childrenOf(directory, name)].filter(([, one]) =>
    isAlive(one.pid, one.start),
  );
  return {
    plan: planFor(config, facts, false),
    pids: new Map(children.map(([container, { pid }]) => [container, pid])),
  };
}

/** `ctr check NAME --stage S`. @returns 7 when the state is another one; a script that grades reads the JSON. */
export async function checkAtStage(context: Context, name: string, stage: string): Promise<number> {
  const { plan, pids } = await targetOf(context, name);
  const position = positionOf(plan, stage);
  const findings = await checkStage(context.runner, plan, position, pids);
  const holds = findings.length === 0;
  if (context.json) {
    printResult(context, 'check --stage', {
      name: plan.name,
      stage: position,
      of: plan.steps.length,
      holds,
      findings,
    });
    return holds ? exitCodes.done : exitCodes.notHeld;
  }
  for (const { problem, step, id, line, what } of findings) {
    context.print(
      escapeControls(
        `✘ ${say(context, problems[problem])}: ${say(context, what)}   (${step} ${id})`,
      ),
    );
    if (problem === 'missing') context.print(escapeControls(`    ${line}`));
  }
  if (holds) {
    context.print(
      say(context, {
        en: `✔ this is stage ${position} of ${plan.steps.length}`,
        zh: `✔ 正是第 ${position} 个阶段，共 ${plan.steps.length} 个`,
      }),
    );
  }
  return holds ? exitCodes.done : exitCodes.notHeld;
}
