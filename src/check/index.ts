import { lacking, waySteps } from '../engine/lacking.ts';
import type { Marks } from '../engine/marks.ts';
import { observe } from '../engine/observe.ts';
import type { Runner } from '../engine/runner.ts';
import { childrenOf } from '../engine/runs.ts';
import type { StateDirectory } from '../engine/state.ts';
import type { RunState } from '../engine/state-file.ts';
import { readHostView } from '../facts/view.ts';
import { type Lab, settle } from '../lab.ts';
import { losses, routingLosses } from '../losses/index.ts';
import { undosOf } from '../step.ts';
import { isKind, type Undo } from '../undo.ts';
import { bridges, strangers } from './bridges.ts';
import { cable, insideOf } from './cables.ts';
import { type Finding, finding } from './finding.ts';
import { askKernel } from './kernel.ts';
import { shared } from './shared.ts';

/** What two processes can tell of a run: all but the insides of its containers. */
export interface Outside {
  /** Of one container's cables. */
  readonly cables: ReadonlyMap<string, readonly Finding[]>;
  readonly bridges: readonly Finding[];
  readonly shared: readonly Finding[];
}

export function outsideOf(lab: Lab, undos: readonly Undo[], marks: Marks): Outside {
  const byName = new Map(marks.links.map((link) => [link.name, link]));
  return {
    cables: new Map(
      lab.containers.map(({ name, attachments }) => [
        name,
        attachments.map((one) => cable(one, byName.get(one.outer))),
      ]),
    ),
    bridges: bridges(lab, marks.links),
    shared: [...undos.flatMap((undo) => shared(undo, marks)), ...strangers(marks.links, undos)],
  };
}

/** Reads the kernel again and holds it against what the run's plan made. Changes nothing. */
export async function checkRun(
  runner: Runner,
  directory: StateDirectory,
  state: RunState,
): Promise<readonly Finding[]> {
  const { lab } = settle(state.config, state.facts);
  const { marks, inside } = await observe(runner, childrenOf(directory, state.name));
  const host = await readHostView(runner);
  const problems = await losses(lab, host);
  const lost = problems.map(({ message, code, fix }) => ({
    ...finding(false, 'host', message.en, message.zh, code),
    ...(fix === undefined ? {} : { fix }),
  }));
  // What the rules of routing explain is not asked for again.
  const explained = problems.some(({ code }) => routingLosses.includes(code));
  const asked = explained ? [] : await askKernel(runner, lab, host);
  // Rules that were somebody else's when the run came up; switches are among the losses.
  const needed = lacking(waySteps.flat(), lab, state, host)
    .flatMap(undosOf)
    .filter(isKind('delete-rule'))
    .flatMap((undo) => shared(undo, marks));
  const outside = outsideOf(lab, state.undos, marks);
  const containers = lab.containers.flatMap(({ name, attachments }) => {
    const place = inside.get(name);
    const runs = place !== undefined;
    return [
      finding(runs, name, 'the first process is running', '第一个进程正在运行', 'ended'),
      ...(outside.cables.get(name) ?? []),
      ...(runs ? insideOf(place, attachments, name) : []),
    ];
  });
  return [...outside.bridges, ...containers, ...outside.shared, ...needed, ...lost, ...asked];
}
