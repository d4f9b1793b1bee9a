import { existsSync } from 'node:fs';
import { exitStatus, requireStarted } from '../exec/launcher.ts';
import { childPids, commandOf, hasNamespaces, parentOf, sleep } from '../exec/processes.ts';
import { feed, standardInput } from '../exec/standard-input.ts';
import { cannotStart } from '../exec/start-refused.ts';
import { fitTerminal, handOver, type Opened, openTerminal } from '../exec/terminal.ts';
import type { Facts } from '../facts/index.ts';
import { lookUp } from '../facts/rootfs.ts';
import { type Argv, cmd, shellLine } from '../model/command.ts';
import { containerPath, helperDirectory, helperName, promptOf } from '../model/container-root.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Context } from '../run/context.ts';
import { stateDirectory } from '../state/directory.ts';
import { findContainer } from '../state/find-container.ts';
import { isReady, notedOf } from '../state/runs.ts';
import { closed, joinCgroup, ownKeyring } from '../steps/start-child.ts';
import { terminalOf } from './voice.ts';

/** The command line for a program of the helper whose files are in `place` (ld.so(8)). */
function helperCall(helper: readonly string[], program: string, place = ''): readonly string[] {
  const loader = helper.map(helperName).find((name) => /^ld[-.]/.test(name));
  const load = loader === undefined ? [] : [`${place}/${loader}`, '--library-path', `${place}/`];
  return [...load, `${place}/${program}`];
}

/**
 * A command prefix that ends with ctr. The shell's check covers a ctr that ended before setpriv(1) could set the
 * parent-death signal: then the shell has another parent.
 */
function endsWithParent(owner: readonly string[] = []): Argv {
  const still = '[ "$PPID" = "$0" ] && exec "$@"';
  return cmd`setpriv --pdeathsig KILL ${owner} sh -euc ${still} ${process.pid}`;
}

/**
 * A command prefix that enters a container and drops the privileges that the container lacks. Until then it neither
 * runs nor reads a file of the container, not even /etc/ld.so.preload: the helper's directory is its root. It enters
 * through the unshare(1) process that waits for the container: that one has the container's namespaces without being in
 * its PID namespace, while the first process may have changed its own root and namespaces.
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
  // The owner of a user namespace may enter it, and needs no other identity for that.
  const owner =
    firstUser === null ? [] : cmd`--reuid ${firstUser} --regid ${firstUser} --clear-groups`;
  return [
    // On a terminal the parent is script(1), whose end hangs up the terminal.
    ...(onTerminal
      ? cmd`setpriv --pdeathsig KILL ${owner as readonly string[]}`
      : endsWithParent(owner as readonly string[])),
    ...silently(ownKeyring(facts)),
    ...cmd`nsenter --target ${outside} ${firstUser === null ? [] : ['--user']} --mount --uts --ipc --net --cgroup`,
    ...cmd`--pid=/proc/${outside}/ns/pid_for_children --root=${root}${helperDirectory} --wd=${root}`,
    ...cmd`${helperCall(helper, 'setpriv')} ${closed} --pdeathsig KILL --`,
    ...cmd`${helperCall(helper, 'chroot')} .`,
    // The helper's env sets the variables last: they may affect a loader or a shell, and are meant for the container
    // only.
    ...cmd`${helperCall(helper, 'env', helperDirectory)} -i ${environment}`,
  ];
}

/**
 * A command prefix whose own messages on standard error are discarded. One shell saves standard error on 9 and
 * redirects it; a second one restores it for the command that follows.
 */
function silently(argv: Argv): Argv {
  if (argv.length === 0) return [];
  const away = `exec 9>&2 2>/dev/null; exec ${shellLine(argv)} sh -euc "$@"`;
  return cmd`sh -euc ${away} sh ${'exec 2>&9 9>&-; exec "$@"'} sh`;
}

/**
 * Runs script(1) on a pseudo-terminal of the container's devpts, so that the terminal has a name there (ttyname(3)). In
 * a private mount namespace, /dev/ptmx links to the container's.
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
 * Waits for the pseudo-terminal that script(1) makes for its child, which first has a pipe.
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
 * Refuses a missing program with a message that names the container, which env(1) inside would not know. Only a check:
 * the program is looked up again inside.
 */
function refuseMissing(name: string, outside: number, program: string, path: string): void {
  const found = lookUp(`/proc/${outside}/root`, program, path);
  // A process that has just ended has no root.
  if (found === 'found' || !hasNamespaces(outside)) return;
  throw cannotStart({ en: `in ${name}`, zh: `${name} 里` }, program, found);
}

/** `ctr exec`: runs another process in a container, with no more privileges than its first process. */
export async function exec(
  context: Context,
  name: string,
  command: readonly string[],
): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const found = findContainer(directory, name, exitCodes.cannotRun);
  const { container, pid, run } = found;
  // A run that is kept at a stage may not have its root yet.
  const early = pid !== undefined && notedOf(directory, run.name).stageServer !== undefined;
  const rooted = !early || existsSync(`/proc/${pid}/root${helperDirectory}`);
  if (pid !== undefined && (!isReady(directory, run.name) || !rooted)) {
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
    ...(terminal === null
      ? {}
      : { TERM: terminal, ...Object.fromEntries([promptOf(container.hostname)]) }),
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
    // In its own session, the process has no access to ctr's controlling terminal.
    const argv = cmd`setsid ${inside as readonly string[]}`;
    const running = await context.runner.start(argv as readonly string[], {
      descriptors: [standardInput(), 'inherit', 'inherit'],
    });
    feed(running);
    const outcome = await running.ended;
    requireStarted(outcome);
    const code = exitStatus(outcome, '');
    // nsenter(1) exits 1 if the namespaces are already gone.
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
