import { resolve } from 'node:path';
import { listenForInterrupts } from '../exec/interrupt.ts';
import { exitStatus, requireStarted } from '../exec/launcher.ts';
import { waitUntilGone } from '../exec/processes.ts';
import { cannotStart } from '../exec/start-refused.ts';
import { rememberSettings } from '../exec/terminal-settings.ts';
import { userEnvironment } from '../exec/user-environment.ts';
import { workingDirectory } from '../exec/working-directory.ts';
import { lookUp } from '../facts/rootfs.ts';
import { promptOf } from '../model/container-root.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { type Context, say } from '../run/context.ts';
import { isInSandboxHost, type SandboxHost, sandboxHosts, worldOf } from '../sandbox/find.ts';
import { systemPath } from '../sandbox/host.ts';
import { enter } from '../sandbox/visit.ts';
import { stateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { findRun } from '../state/find-container.ts';

export interface BesideFlags {
  readonly host?: boolean;
  readonly world?: boolean;
}

/** Milliseconds for a sandbox host to end after its run has. */
const endMs = 500;

function noWorld(run: string): CtrError {
  return new CtrError(
    'no-world',
    exitCodes.cannotRun,
    { en: `${run} is in no sandbox host`, zh: `${run} 不在沙盒主机里` },
    { try: [`ctr exec --host ${run}`] },
  );
}

/**
 * The shell for somebody who names no command. bash edits lines, and ends quietly in a PID namespace where the process
 * group that had the terminal before has no number; dash complains. Without its files the prompt stays ctr's.
 */
function shellIn(path: string): readonly string[] {
  return lookUp('', 'bash', path) === 'found' ? ['bash', '--norc'] : ['/bin/sh'];
}

/** Runs a command of the user's on this terminal. @param first words that run it. */
async function runHere(
  context: Context,
  first: readonly string[],
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const running = await context.runner.start([...first, ...command], {
    descriptors: ['inherit', 'inherit', 2],
    environment,
  });
  // The terminal sends Ctrl-C to the command as well; ctr waits for what the command does about it.
  const interrupt = listenForInterrupts();
  interrupt.whenHeard(() => {
    const name = interrupt.by() ?? 'SIGTERM';
    if (name === 'SIGINT' && process.stdin.isTTY === true) return;
    if (running.pid !== undefined) process.kill(running.pid, name);
  });
  const outcome = await running.ended.finally(interrupt.stop);
  requireStarted(outcome);
  return exitStatus(outcome, '');
}

/** Says why a shell in a sandbox host has ended by itself. */
async function tellGone(context: Context, host: SandboxHost, code: number): Promise<void> {
  if (code <= 128 || context.quiet || context.json) return;
  if (!(await waitUntilGone(host.pid, host.start, endMs))) return;
  context.tell(
    say(context, {
      en: `${host.name} has ended, and its sandbox host with it`,
      zh: `${host.name} 已经结束，它的沙盒主机也随之消失`,
    }),
  );
}

/**
 * `ctr exec --host` and `--world`: a shell or a command beside the containers of a run, in the namespaces of its host or
 * in the network namespace of the world.
 * @returns the command's exit code.
 */
export async function beside(
  context: Context,
  { host: onHost, world: inWorld }: BesideFlags,
  name: string,
  command: readonly string[],
): Promise<number> {
  if (onHost === true && inWorld === true) {
    throw new CtrError('host-or-world', exitCodes.cannotRun, {
      en: '--host and --world cannot be used together',
      zh: '--host 和 --world 不能同时使用',
    });
  }
  const [run = ''] = name.split('/');
  const host = sandboxHosts(context).find((one) => one.name === run);
  if (host === undefined) {
    refuseElsewhere(findRun(stateDirectory(context.stateDir), run, exitCodes.cannotRun), 'exec');
  }
  const init = host?.pid ?? (isInSandboxHost() ? 1 : undefined);
  const world = inWorld === true && init !== undefined ? worldOf(init) : undefined;
  if (inWorld === true && world === undefined) throw noWorld(run);
  const path = `${context.environment.PATH ?? ''}:${systemPath}`;
  const words = command.length === 0 ? shellIn(path) : command;
  const program = words[0] ?? '';
  const whole = program.includes('/') ? resolve(workingDirectory(), program) : program;
  const found = lookUp('', whole, path);
  if (found !== 'found') {
    throw cannotStart({ en: 'on this machine', zh: '这台机器上' }, program, found);
  }
  const prompt = promptOf(inWorld === true ? 'world' : 'host').join('=');
  const typed = ['env', `PATH=${path}`, prompt, ...words];
  const environment = userEnvironment(context.environment);
  const into = (pid: number) => ['nsenter', '--target', String(pid), '--net'];
  if (host === undefined) {
    return await runHere(context, world === undefined ? [] : into(world.pid), typed, environment);
  }
  const first = world === undefined ? [] : into(world.inside);
  const restore = await rememberSettings(context.runner);
  const code = await enter(context, host, first, typed, environment);
  if (code > 128) await restore();
  await tellGone(context, host, code);
  return code;
}
