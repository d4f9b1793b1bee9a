import { readdirSync, statSync } from 'node:fs';
import { allProcesses, namespaceOf } from '../exec/processes.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { RunState } from './record.ts';
import { placeOf } from './runs.ts';

/** Where ip-netns(8) keeps named network namespaces. */
const named = '/run/netns';

/** A command prefix that enters a network namespace; undefined when it has neither a process nor a name. */
function wayInto(netns: string): readonly string[] | undefined {
  for (const { pid } of allProcesses()) {
    if (namespaceOf(pid) === netns) return ['nsenter', `--net=/proc/${pid}/ns/net`];
  }
  try {
    for (const name of readdirSync(named)) {
      const { ino } = statSync(`${named}/${name}`);
      if (netns === `net:[${ino}]`) return ['ip', 'netns', 'exec', name];
    }
  } catch {
    // There are no named network namespaces.
  }
  return undefined;
}

/** Whether a run is in another network namespace that still exists, with a process in it or a name. */
export function isElsewhere(state: RunState): boolean {
  return placeOf(state) === 'elsewhere' && wayInto(state.netns) !== undefined;
}

/**
 * Refuses a verb for a run in another network namespace: the state of this one says nothing about that run.
 * @throws CtrError with exit code 4 and the command that works.
 */
export function refuseElsewhere(state: RunState, verb: string): void {
  const { name, netns } = state;
  if (placeOf(state) !== 'elsewhere') return;
  const way = wayInto(netns);
  if (way === undefined) return;
  throw new CtrError(
    'run-elsewhere',
    exitCodes.notReady,
    {
      en: `run ${name} is in another network namespace (${netns}); ctr ${verb} would work on the wrong one here`,
      zh: `运行实例 ${name} 在另一个网络命名空间 (${netns}) 里；在这里执行 ctr ${verb} 会作用于错误的命名空间`,
    },
    { try: [`${way.join(' ')} ctr ${verb} ${name}`] },
  );
}
