import { isAlive } from '../exec/processes.ts';
import { shellQuote } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Lab, LabContainer } from '../model/lab.ts';
import { settle } from '../resolve/lab.ts';
import { unreadableRecord } from './damage.ts';
import type { StateDirectory } from './directory.ts';
import { endOf } from './ended.ts';
import { otherOwnerOf } from './marked-processes.ts';
import { type RunState, UnreadableState } from './record.ts';
import { childrenOf } from './runs.ts';

export interface FoundContainer {
  readonly run: RunState;
  readonly lab: Lab;
  readonly container: LabContainer;
  /** Undefined when the first process has ended. */
  readonly pid: number | undefined;
}

/** @throws CtrError when there is no run of that name. */
export function findRun(directory: StateDirectory, name: string, exitCode: number): RunState {
  try {
    const state = directory.names().includes(name) ? directory.load(name) : undefined;
    if (state !== undefined) return state;
  } catch (error) {
    if (error instanceof UnreadableState) throw unreadableRecord(name, error.damage);
    throw error;
  }
  throw othersRun(name) ?? hasEnded(directory, name, exitCode) ?? noSuchRun(name, exitCode);
}

/** The exit code is 2 (wrong usage) for every verb except `exec`, whose own failures are all 125. */
export function noSuchRun(name: string, exitCode: number): CtrError {
  return new CtrError(
    'no-such-run',
    exitCode,
    {
      en: `there is no run named ${shellQuote(name)}`,
      zh: `没有名为 ${shellQuote(name)} 的运行实例`,
    },
    { try: ['ctr ps -a'] },
  );
}

/** The error for an ended run that `ctr ps -a` still shows; undefined for any other. */
function hasEnded(directory: StateDirectory, name: string, exitCode: number): CtrError | undefined {
  if (endOf(directory.path, name) === undefined) return undefined;
  return new CtrError(
    'no-such-run',
    exitCode,
    { en: `${name} has ended`, zh: `${name} 已经结束` },
    { try: ['ctr ps -a', `ctr logs ${name}`] },
  );
}

/** The error for another user's living run; undefined when there is none. */
export function othersRun(name: string): CtrError | undefined {
  const owner = otherOwnerOf(name);
  if (owner === undefined) return undefined;
  const whose =
    owner === 0 ? { en: 'root', zh: 'root' } : { en: `user ${owner}`, zh: `用户 ${owner}` };
  return new CtrError(
    'not-your-run',
    exitCodes.notReady,
    { en: `run ${name} belongs to ${whose.en}`, zh: `运行实例 ${name} 属于 ${whose.zh}` },
    { try: [owner === 0 ? 'sudo ctr ps' : `sudo -u '#${owner}' ctr ps`] },
  );
}

export function noSuchContainer(
  run: string,
  wanted: string,
  all: readonly string[],
  exitCode: number,
): CtrError {
  return new CtrError(
    'no-such-container',
    exitCode,
    { en: `run ${run} has no container ${wanted}`, zh: `运行实例 ${run} 没有容器 ${wanted}` },
    { try: all.map((one) => `${run}/${one}`) },
  );
}

/**
 * @param name `NAME` for the first container of a run, or `NAME/CONTAINER`.
 * @throws CtrError when there is no such run or container.
 */
export function findContainer(
  directory: StateDirectory,
  name: string,
  exitCode: number = exitCodes.usage,
): FoundContainer {
  const [runName = '', wanted] = name.split('/');
  if (runName === '' || runName.includes('.')) throw noSuchRun(name, exitCode);
  const run = findRun(directory, runName, exitCode);
  const { lab } = settle(run.config, run.facts);
  const container =
    wanted === undefined ? lab.containers[0] : lab.containers.find((one) => one.name === wanted);
  if (container === undefined) {
    const all = lab.containers.map((one) => one.name);
    throw noSuchContainer(runName, wanted ?? '', all, exitCode);
  }
  const child = childrenOf(directory, runName).get(container.name);
  const alive = child !== undefined && isAlive(child.pid, child.start);
  return { run, lab, container, pid: alive ? child.pid : undefined };
}
