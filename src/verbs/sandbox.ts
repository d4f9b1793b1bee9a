import { readFileSync } from 'node:fs';
import type { Context } from '../context.ts';
import { interruptedExit, listenForInterrupts } from '../engine/interrupt.ts';
import { collect, exitStatus, lineReader } from '../engine/launcher.ts';
import { childPids, sleep } from '../engine/processes.ts';
import { toolPath } from '../engine/tool-path.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { program } from '../program.ts';
import { worldAddresses } from '../sandbox/addresses.ts';
import { hostScript } from '../sandbox/host.ts';
import { forgetSandbox, rememberSandbox } from '../sandbox/register.ts';
import { userEnvironment } from '../user-environment.ts';

export interface SandboxOptions {
  /** The sandbox stays until the run of this name has ended. */
  readonly stayFor?: string;
}

function refused(said: string): CtrError {
  const restricted = (path: string, value: string) => {
    try {
      return readFileSync(path, 'utf8').trim() === value;
    } catch {
      return false;
    }
  };
  const appArmor = restricted('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1');
  const none = restricted('/proc/sys/user/max_user_namespaces', '0');
  const debian = restricted('/proc/sys/kernel/unprivileged_userns_clone', '0');
  return new CtrError(
    'sandbox-refused',
    exitCodes.notReady,
    {
      en: 'cannot make a sandbox host: this machine does not let ordinary users make user namespaces',
      zh: '无法创建沙盒主机：这台机器不允许普通用户创建用户命名空间 (user namespace)',
    },
    {
      said,
      means: appArmor
        ? {
            en: 'AppArmor restricts them (kernel.apparmor_restrict_unprivileged_userns = 1)',
            zh: 'AppArmor 限制了它们 (kernel.apparmor_restrict_unprivileged_userns = 1)',
          }
        : none
          ? { en: 'user.max_user_namespaces is 0', zh: 'user.max_user_namespaces 为 0' }
          : debian
            ? {
                en: 'kernel.unprivileged_userns_clone is 0',
                zh: 'kernel.unprivileged_userns_clone 为 0',
              }
            : {
                en: 'a container or a security module stands in between',
                zh: '中间隔着容器或安全模块',
              },
      try: [
        {
          en: 'sudo ctr sandbox …   (its own network namespace: the host is untouched)',
          zh: 'sudo ctr sandbox …   （有自己的网络命名空间：主机不受影响）',
        },
        ...(appArmor ? ['sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'] : []),
        ...(none ? ['sudo sysctl user.max_user_namespaces=10000'] : []),
        ...(debian ? ['sudo sysctl kernel.unprivileged_userns_clone=1'] : []),
      ],
    },
  );
}

function signalQuietly(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

/** `ctr sandbox`: a private machine with a little internet, for one command. @returns its exit code. */
export async function sandbox(
  context: Context,
  command: readonly string[],
  options: SandboxOptions = {},
): Promise<number> {
  const asRoot = (process.geteuid?.() ?? 0) === 0;
  const { stayFor } = options;
  const words = command.length === 0 ? [context.environment.SHELL ?? '/bin/sh'] : command;
  const own = asRoot ? [] : ['--user', '--map-root-user'];
  const register = stayFor === undefined ? undefined : rememberSandbox(context.stateDir);
  const interrupt = listenForInterrupts();
  const running = context.runner.start(
    [
      'unshare',
      ...own,
      ...['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'],
      ...['--mount-proc', '--propagation', 'private'],
      ...['sh', '-c', hostScript, 'ctr-sandbox'],
      ...(stayFor === undefined ? ['leave', ''] : ['stay', stayFor]),
      ...[worldAddresses.join(' '), ...program(), context.environment.PATH ?? '', ...words],
    ],
    {
      descriptors: [
        // Who waits for the end of our output must not wait for a sandbox that stays.
        ...(stayFor === undefined
          ? (['inherit', 'inherit', 'inherit'] as const)
          : (['ignore', 'pipe', 'pipe'] as const)),
        stayFor === undefined ? 'pipe' : 'ignore',
        'pipe',
        'ignore',
        'ignore',
        register?.descriptor ?? 'ignore',
      ],
      // The tools that make the host are not looked up where the user's are.
      environment: { ...userEnvironment(context.environment), PATH: toolPath },
      cwd: process.cwd(),
      detached: stayFor !== undefined,
    },
  );
  const { pid } = running;
  if (stayFor !== undefined) {
    running.output(1).pipe(process.stdout, { end: false });
    running.output(2).pipe(process.stderr, { end: false });
  }
  interrupt.whenHeard(() => {
    const name = interrupt.by() ?? 'SIGTERM';
    // Ctrl-C reaches what runs inside by the terminal; the others only by us.
    if (name === 'SIGINT' && process.stdin.isTTY === true) return;
    for (const init of pid === undefined ? [] : childPids(pid)) {
      for (const inner of childPids(init)) signalQuietly(inner, name);
    }
  });
  try {
    if (stayFor !== undefined && register !== undefined && pid !== undefined) {
      const line = await Promise.race([
        lineReader(running.output(4))(10 * 60_000),
        running.ended.then(() => undefined),
      ]);
      if (line !== undefined) {
        if (line === '0') register.write(stayFor, childPids(pid)[0] ?? 0);
        // What was said before the code may still be on its way.
        await sleep(20);
        for (const descriptor of [1, 2, 4]) running.output(descriptor).destroy();
        running.forget();
        return Number(line);
      }
      forgetSandbox(context.stateDir, stayFor);
    }
    const said = collect(running.output(4));
    const outcome = await running.ended;
    if (outcome.exitCode === 1 && !asRoot && said.text() === '' && outcome.durationMs < 500) {
      const check = await context.runner.run([
        'unshare',
        '--user',
        '--map-root-user',
        '--net',
        'true',
      ]);
      if (!check.ok) throw refused(check.stderr.trim());
    }
    const by = interrupt.by();
    const code = exitStatus(outcome, '');
    return by !== undefined && code >= 128 ? interruptedExit(by) : code;
  } finally {
    interrupt.stop();
    register?.close();
  }
}
