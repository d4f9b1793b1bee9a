import { exitStatus, requireStarted } from '../exec/launcher.ts';
import { childPids, commandOf, hasNamespaces, parentOf, sleep } from '../exec/processes.ts';
import { feed, standardInput } from '../exec/standard-input.ts';
import { cannotStart } from '../exec/start-refused.ts';
import { fitTerminal, handOver, type Opened, openTerminal } from '../exec/terminal.ts';
import type { Facts } from '../facts/index.ts';
import { lookUp } from '../facts/rootfs.ts';
import { type Argv, cmd, shellLine } from '../model/command.ts';
import { containerPath, helperDirectory, helperName } from '../model/container-root.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Context } from '../run/context.ts';
import { stateDirectory } from '../state/directory.ts';
import { findContainer } from '../state/find-container.ts';
import { isReady } from '../state/runs.ts';
import { closed, joinCgroup, ownKeyring } from '../steps/start-child.ts';
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
 * script(1), on a pseudo-terminal of the container's own devpts, where it has a name (ttyname(3)): what
 * script opens as /dev/ptmx leads there, in a mount namespace that is script's alone.
 */
function onOwnTerminal(outside: number, owner: number | null, inside: Argv): Argv {
  const terminals = `/proc/${outside}/root/dev/pts`;
  const lead = `exec 9>/dev/null; mount --no-mtab -t tmpfs -o mode=1777 ctr /dev; ln -s ${terminals}/ptmx /dev/ptmx; exec "$@"`;
  const own = owner === null ? '' : `chown ${owner} /proc/self/fd/0 && `;
  return [
    ...endsWithParent(),
    ...cmd`unshare --mount --propagation private sh -euc ${lead} sh`,
    ...cmd`script --quiet --return --flush --echo always --command ${`exec 9>&-; ${own}exec ${shellLine(inside)}`} /proc/self/fd/9`,
  ];
}

/**
 * The pseudo-terminal that script(1) has made for what it starts, which at first has a pipe.
 * @returns undefined when there is none within two seconds.
 */
async function madeBy(script: number): Promise<Opened | undefined> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const [child] = childPids(script);
    const terminal = child === undefined ? undefined : openTerminal(child);
    if (terminal !== undefined) return terminal;
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

/**
 * Says what env(1) would say in the container, where nobody knows that name. It is only looked at: what is
 * started is still looked up inside.
 */
function refuseMissing(name: string, outside: number, program: string, path: string): void {
  const found = lookUp(`/proc/${outside}/root`, program, path);
  // One that has just ended has no root to look in.
  if (found === 'found' || !hasNamespaces(outside)) return;
  throw cannotStart({ en: `in ${name}`, zh: `${name} 里` }, program, found);
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
  refuseMissing(name, outside, words[0] ?? '', environment.PATH);
  const inside = [
    ...joinCgroup(run.facts, run.name, container.name),
    ...entering(outside, run.facts, assignments, container.firstUser, terminal !== null),
    ...words,
  ];
  if (terminal === null) {
    // In a session of its own it has no hold of the terminal that ctr was started on.
    const argv = cmd`setsid ${inside as readonly string[]}`;
    const running = await context.runner.start(argv as readonly string[], {
      descriptors: [standardInput(), 'inherit', 'inherit'],
    });
    feed(running);
    const outcome = await running.ended;
    requireStarted(outcome);
    const code = exitStatus(outcome, '');
    // nsenter(1) says 1 when the namespaces are gone before it is in them.
    if (code === 1 && !hasNamespaces(pid)) throw ended(name, run.name);
    return code;
  }
  const argv = onOwnTerminal(outside, container.firstUser, inside);
  const running = await context.runner.start(argv as readonly string[], {
    descriptors: ['pipe', 'pipe', 'inherit'],
  });
  let made: Opened | undefined;
  const pty = {
    input: running.input(0),
    output: running.output(1),
    shown: '',
    device: () => made?.path,
  };
  const giveBack = handOver(context.runner, pty);
  made = await Promise.race([madeBy(running.pid ?? 0), running.ended.then(() => undefined)]);
  await fitTerminal(context.runner, made?.path);
  const outcome = await running.ended;
  giveBack();
  made?.close();
  requireStarted(outcome);
  return exitStatus(outcome, '');
}
