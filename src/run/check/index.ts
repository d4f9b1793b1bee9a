import type { Runner } from '../../exec/runner.ts';
import { readHostView } from '../../facts/view.ts';
import { losses, routingLosses } from '../../losses/index.ts';
import { isKind, type Resource, sharedAs } from '../../model/resource.ts';
import { madeBy } from '../../model/step.ts';
import { removableOf } from '../../resources/removable-of.ts';
import type { StateDirectory } from '../../state/directory.ts';
import type { RunState } from '../../state/record.ts';
import { childrenOf } from '../../state/runs.ts';
import { hasIpv6 } from '../../steps/ipv6.ts';
import { rulesOf, rulesOfEither } from '../../steps/rules-of.ts';
import { lacking, waySteps } from '../lacking.ts';
import { observe } from '../observe.ts';
import { commandsOf } from '../repair.ts';
import { type Finding, finding } from './finding.ts';
import { askKernel } from './kernel.ts';
import { hostFindings, resourceFindings } from './resources.ts';

/** Drops duplicates: the record and the plan name the same resources. */
function distinct(resources: readonly Resource[]): readonly Resource[] {
  const found = new Map<string, Resource>();
  for (const one of resources) {
    const key = sharedAs(one) ?? JSON.stringify(one);
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

/** Compares the kernel with what the run's plan made. Changes nothing. */
export async function checkRun(
  runner: Runner,
  directory: StateDirectory,
  state: RunState,
): Promise<readonly Finding[]> {
  const { lab, commands } = commandsOf(state);
  const { marks, inside } = await observe(
    runner,
    childrenOf(directory, state.name),
    state.resources,
  );
  const host = await readHostView(runner, hasIpv6(lab));
  // An attachment without isGateway has no way through the host, and the inside of its container is the engine's.
  const { attachment } = state;
  const routed = attachment === undefined || state.resources.some(({ kind }) => kind === 'address');
  const problems = routed
    ? await losses(lab, host, rulesOfEither(lab, state.facts), rulesOf(lab, state.facts))
    : [];
  const lost = problems.map(({ message, code, fix }) => ({
    ...finding(false, 'host', message.en, message.zh, code),
    ...(fix === undefined ? {} : { fix }),
  }));
  // If the losses already name a routing problem, the kernel would only repeat it.
  const explained = problems.some(({ code }) => routingLosses.includes(code));
  const asked = explained || attachment !== undefined ? [] : await askKernel(runner, lab, host);
  // Rules that the run now needs but did not add, since others had them when it came up. The losses cover sysctls.
  const needed = (routed ? lacking(waySteps.flat(), lab, state, host) : [])
    .flatMap(removableOf)
    .filter(isKind('firewall-rule'));
  const resources = [
    ...commands.flatMap(madeBy),
    ...state.resources.filter((one) => sharedAs(one) !== undefined),
    ...needed,
  ];
  const seen = { ...marks, inside };
  const here = attachment === undefined ? lab.containers : [];
  const containers = here.flatMap(({ name }) => [
    finding(inside.has(name), name, 'the first process is running', '第一个进程正在运行', 'ended'),
    ...resourceFindings(
      resources.filter(
        (one) => one.kind !== 'process' && 'container' in one && one.container === name,
      ),
      seen,
      state.name,
    ),
  ]);
  return [...hostFindings(lab, distinct(resources), seen), ...containers, ...lost, ...asked];
}
