import { cmd, shellLine } from '../command.ts';
import type { Context } from '../context.ts';
import { findContainer } from '../engine/find-container.ts';
import { exitStatus } from '../engine/launcher.ts';
import { childPids, hasNamespaces, sleep } from '../engine/processes.ts';
import { isReady } from '../engine/runs.ts';
import { stateDirectory } from '../engine/state.ts';
import { fitTerminal, handOver } from '../engine/terminal.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { helperDirectory, helperName } from '../steps/staging.ts';
import { closed, containerPath } from '../steps/start-child.ts';
import { terminalOf } from './voice.ts';

/** The loader is the helper file that is neither setpriv nor a library of it (ld.so(8)). */
function setprivInside(helper: readonly string[]): readonly string[] {
  const loader = helper.map(helperName).find((name) => /^ld[-.]/.test(name));
  const start =
    loader === undefined ? [] : [`${helperDirectory}/${loader}`, '--library-path', helperDirectory];
  return [...start, `${helperDirectory}/setpriv`];
}

/** The process that script(1) has started on its pseudo-terminal. */
async function innerOf(script: number): Promise<number | undefined> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const [child] = childPids(script);
    if (child !== undefined) return child;
    await sleep(2);
  }
  return undefined;
}

function ended(name: string, run: string): CtrError {
  return new CtrError(
    'container-ended',
    exitCodes.cannotRun,
    { en: `${name} has ended`, zh: `${name} 已经结束` },
    { try: [`ctr down ${run}`] },
  );
}

/** `ctr exec`: one more process in a container, no more powerful than its first. */
export async function exec(
  context: Context,
  name: string,
  command: readonly string[],
): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const found = findContainer(directory, name, exitCodes.cannotRun);
  const { container, pid, run } = found;
  if (pid !== undefined && !isReady(directory, run.name)) {
    throw new CtrError(
      'container-not-ready',
      exitCodes.cannotRun,
      { en: `${name} is still being brought up`, zh: `${name} 还在启动` },
      { try: ['ctr ps'] },
    );
  }
  if (pid === undefined) throw ended(name, run.name);
  const terminal = terminalOf(context, false);
  const environment = {
    PATH: containerPath,
    HOME: '/root',
    HOSTNAME: container.hostname,
    ...(terminal === null ? {} : { TERM: terminal }),
    ...container.environment,
  };
  const assignments = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  const words = command.length === 0 ? ['/bin/sh'] : command;
  const inside = cmd`nsenter --target ${pid} --mount --uts --ipc --net --pid --cgroup ${setprivInside(run.facts.helper)} ${closed} --pdeathsig KILL -- ${words}`;
  if (terminal === null) {
    const argv = cmd`env -i ${assignments} setpriv --pdeathsig KILL ${inside as readonly string[]}`;
    const running = context.runner.start(argv as readonly string[], {
      descriptors: ['inherit', 'inherit', 'inherit'],
    });
    const code = exitStatus(await running.ended, '');
    // nsenter(1) says 1 when the namespaces are gone before it is in them.
    if (code === 1 && !hasNamespaces(pid)) throw ended(name, run.name);
    return code;
  }
  const argv = cmd`env -i ${assignments} setpriv --pdeathsig KILL script --quiet --return --flush --echo always --command ${`exec ${shellLine(inside)}`} /dev/null`;
  const running = context.runner.start(argv as readonly string[], {
    descriptors: ['pipe', 'pipe', 'inherit'],
  });
  let inner: number | undefined;
  const pty = { input: running.input(0), output: running.output(1), shown: '' };
  const giveBack = handOver(context.runner, pty, () => inner);
  inner = await innerOf(running.pid ?? 0);
  await fitTerminal(context.runner, inner);
  const outcome = await running.ended;
  giveBack();
  return exitStatus(outcome, '');
}
