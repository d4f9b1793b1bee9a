import { type Argv, cmd, shellLine } from '../command.ts';
import type { Context } from '../context.ts';
import { findContainer } from '../engine/find-container.ts';
import { exitStatus } from '../engine/launcher.ts';
import { childPids, commandOf, hasNamespaces, parentOf, sleep } from '../engine/processes.ts';
import { isReady } from '../engine/runs.ts';
import { feed, standardInput } from '../engine/standard-input.ts';
import { stateDirectory } from '../engine/state.ts';
import { fitTerminal, handOver, terminalDeviceOf } from '../engine/terminal.ts';
import { CtrError, exitCodes } from '../errors.ts';
import type { Facts } from '../facts/index.ts';
import { helperDirectory, helperName } from '../steps/staging.ts';
import { closed, containerPath, joinCgroup, ownKeyring } from '../steps/start-child.ts';
import { terminalOf } from './voice.ts';

/** A program of the helper, as it is called where the helper stands at `place` (ld.so(8)). */
function helperCall(helper: readonly string[], program: string, place = ''): readonly string[] {
  const loader = helper.map(helperName).find((name) => /^ld[-.]/.test(name));
  const load = loader === undefined ? [] : [`${place}/${loader}`, '--library-path', `${place}/`];
  return [...load, `${place}/${program}`];
}

/**
 * What follows ends with ctr, also when that has ended before setpriv(1) could ask for it: then the shell has
 * another parent.
 */
function endsWithParent(owner: readonly string[] = []): Argv {
  const still = '[ "$PPID" = "$0" ] && exec "$@"';
  return cmd`setpriv --pdeathsig KILL ${owner} sh -euc ${still} ${process.pid}`;
}

/**
 * Enters a container and gives up what it does not have, before anything of the container is run
 * or read: not even its /etc/ld.so.preload, since the helper's directory is the root until then.
 * Entered is the unshare(1) that waits for the container: it is in its namespaces and not among
 * its processes, while the first process may have changed its own root and namespaces.
 */
function entering(
  outside: number,
  facts: Facts,
  environment: readonly string[],
  firstUser: number | null,
  onTerminal: boolean,
): Argv {
  const { helper } = facts;
  const root = `/proc/${outside}/root`;
  // Whom the user namespace belongs to may enter it, and needs to be nobody else for that.
  const owner =
    firstUser === null ? [] : cmd`--reuid ${firstUser} --regid ${firstUser} --clear-groups`;
  return [
    // On a terminal the parent is script(1), and its end hangs up.
    ...(onTerminal
      ? cmd`setpriv --pdeathsig KILL ${owner as readonly string[]}`
      : endsWithParent(owner as readonly string[])),
    ...silently(ownKeyring(facts)),
    ...cmd`nsenter --target ${outside} ${firstUser === null ? [] : ['--user']} --mount --uts --ipc --net --cgroup`,
    ...cmd`--pid=/proc/${outside}/ns/pid_for_children --root=${root}${helperDirectory} --wd=${root}`,
    ...cmd`${helperCall(helper, 'setpriv')} ${closed} --pdeathsig KILL --`,
    ...cmd`${helperCall(helper, 'chroot')} .`,
    // What the variables mean to a loader or a shell is for the container alone.
    ...cmd`${helperCall(helper, 'env', helperDirectory)} -i ${environment}`,
  ];
}

/**
 * What becomes the command that follows, and says so on standard error, which is none of its business: the
 * shell before it puts that away, and the one after it takes it back.
 */
function silently(argv: Argv): Argv {
  if (argv.length === 0) return [];
  const away = `exec 9>&2 2>/dev/null; exec ${shellLine(argv)} sh -euc "$@"`;
  return cmd`sh -euc ${away} sh ${'exec 2>&9 9>&-; exec "$@"'} sh`;
}

/**
 * The pseudo-terminal that script(1) has made for what it starts, which at first still has ours.
 * @returns undefined when there is none within two seconds.
 */
async function madeBy(script: number): Promise<string | undefined> {
  const ours = terminalDeviceOf(process.pid);
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const [child] = childPids(script);
    const device = child === undefined ? undefined : terminalDeviceOf(child);
    if (device !== undefined && device !== ours) return device;
    await sleep(5);
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
  process.umask(0o022);
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
  const outside = parentOf(pid);
  if (outside === undefined || commandOf(outside) !== 'unshare') throw ended(name, run.name);
  const inside = [
    ...joinCgroup(run.facts, run.name, container.name),
    ...entering(outside, run.facts, assignments, container.firstUser, terminal !== null),
    ...words,
  ];
  if (terminal === null) {
    // In a session of its own it has no hold of the terminal that ctr was started on.
    const argv = cmd`setsid ${inside as readonly string[]}`;
    const running = context.runner.start(argv as readonly string[], {
      descriptors: [standardInput(), 'inherit', 'inherit'],
    });
    feed(running);
    const code = exitStatus(await running.ended, '');
    // nsenter(1) says 1 when the namespaces are gone before it is in them.
    if (code === 1 && !hasNamespaces(pid)) throw ended(name, run.name);
    return code;
  }
  const argv = cmd`${endsWithParent() as readonly string[]} script --quiet --return --flush --echo always --command ${`exec ${shellLine(inside)}`} /dev/null`;
  const running = context.runner.start(argv as readonly string[], {
    descriptors: ['pipe', 'pipe', 'inherit'],
  });
  let device: string | undefined;
  const pty = {
    input: running.input(0),
    output: running.output(1),
    shown: '',
    device: () => device,
  };
  const giveBack = handOver(context.runner, pty);
  device = await Promise.race([madeBy(running.pid ?? 0), running.ended.then(() => undefined)]);
  await fitTerminal(context.runner, device);
  const outcome = await running.ended;
  giveBack();
  return exitStatus(outcome, '');
}
