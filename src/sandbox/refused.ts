import type { Runner } from '../exec/runner.ts';
import { readSysctl } from '../facts/sysctls.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import type { Context } from '../run/context.ts';

/** The namespaces of a sandbox host, each with its option of unshare(1) and the name of its limit in /proc/sys/user. */
const kinds = [
  { option: '--user', limit: 'user', en: 'user', zh: '用户' },
  { option: '--net', limit: 'net', en: 'network', zh: '网络' },
  { option: '--mount', limit: 'mnt', en: 'mount', zh: '挂载' },
  { option: '--pid', limit: 'pid', en: 'PID', zh: 'PID ' },
  { option: '--uts', limit: 'uts', en: 'UTS', zh: 'UTS ' },
  { option: '--ipc', limit: 'ipc', en: 'IPC', zh: 'IPC ' },
  { option: '--cgroup', limit: 'cgroup', en: 'cgroup', zh: 'cgroup ' },
] as const;
type Kind = (typeof kinds)[number];

interface Reason {
  readonly means: Text;
  readonly try: readonly string[];
}

/** Finds the first namespace that may not be made here, by trying each with unshare(1). */
async function firstRefused(runner: Runner, asRoot: boolean): Promise<Kind | undefined> {
  for (const kind of kinds) {
    if (asRoot && kind.option === '--user') continue;
    const users = asRoot ? [] : ['--user', '--map-root-user'];
    const own = kind.option === '--user' ? [] : [kind.option, '--fork'];
    if (!(await runner.run(['unshare', ...users, ...own, 'true'])).ok) return kind;
  }
  return undefined;
}

/** The reason by /proc/sys/user (namespaces(7)), or by Debian's and Ubuntu's own sysctls for user namespaces. */
function reasonOf(kind: Kind): Reason | undefined {
  const key = `user.max_${kind.limit}_namespaces`;
  const most = readSysctl(`user/max_${kind.limit}_namespaces`);
  if (most === '0') {
    return {
      means: { en: `${key} is 0`, zh: `${key} 为 0` },
      try: [`sudo sysctl ${key}=10000`],
    };
  }
  if (kind.option !== '--user') return undefined;
  if (readSysctl('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    const setting = 'kernel.apparmor_restrict_unprivileged_userns';
    return {
      means: {
        en: `AppArmor restricts them (${setting} = 1)`,
        zh: `AppArmor 限制了它们 (${setting} = 1)`,
      },
      try: [`sudo sysctl ${setting}=0`],
    };
  }
  if (readSysctl('kernel/unprivileged_userns_clone') === '0') {
    const setting = 'kernel.unprivileged_userns_clone';
    return {
      means: { en: `${setting} is 0`, zh: `${setting} 为 0` },
      try: [`sudo sysctl ${setting}=1`],
    };
  }
  return undefined;
}

const unknown = {
  full: {
    en: 'the limit on namespaces is reached (namespaces(7), /proc/sys/user)',
    zh: '命名空间数量已达上限（namespaces(7)，/proc/sys/user）',
  },
  other: {
    en: 'ctr runs in a container, or a security module (SELinux, seccomp) forbids it',
    zh: 'ctr 运行在容器里，或者被安全模块（SELinux、seccomp）禁止',
  },
};

/** Why this machine allows no sandbox host. */
export interface Refusal {
  /** The first namespace that may not be made; absent if each of them may be. */
  readonly kind?: Kind;
  readonly means: Text;
  /** Commands that would allow it, if it is known what forbids it. */
  readonly try: readonly string[];
}

/**
 * Finds out why a sandbox host could not be made, by trying each namespace and by reading settings.
 * @param said the error message of unshare(1) or of the set-up script.
 */
export async function refusal(runner: Runner, asRoot: boolean, said: string): Promise<Refusal> {
  const kind = await firstRefused(runner, asRoot);
  if (kind === undefined) return { means: unknown.other, try: [] };
  const reason = reasonOf(kind);
  const means = said.includes('No space left') ? unknown.full : unknown.other;
  return { kind, means: reason?.means ?? means, try: reason?.try ?? [] };
}

/** The error of a sandbox host that could not be set up. @param said as for `refusal`. */
export async function sandboxRefused(context: Context, said: string): Promise<CtrError> {
  const asRoot = (process.geteuid?.() ?? 0) === 0;
  const { kind, means, try: ways } = await refusal(context.runner, asRoot, said);
  if (kind === undefined) {
    return new CtrError(
      'sandbox-failed',
      exitCodes.notReady,
      { en: 'cannot set up the sandbox host', zh: '无法搭建沙盒主机' },
      { said: said.trim(), means, try: ['ctr doctor'] },
    );
  }
  const whom = asRoot ? { en: '', zh: '' } : { en: ' for ordinary users', zh: '普通用户' };
  return new CtrError(
    'sandbox-refused',
    exitCodes.notReady,
    {
      en: `cannot create a sandbox host: this machine does not allow ${kind.en} namespaces${whom.en}`,
      zh: `无法创建沙盒主机：这台机器不允许${whom.zh}创建${kind.zh}命名空间 (${kind.en} namespace)`,
    },
    {
      said: said.trim(),
      means,
      try: [
        ...(asRoot || (ways.length > 0 && kind.option !== '--user')
          ? []
          : [
              {
                en: 'sudo ctr sandbox …   (in its own network namespace: the host is not touched)',
                zh: 'sudo ctr sandbox …   （有自己的网络命名空间：主机不受影响）',
              },
            ]),
        ...ways,
        ...(ways.length === 0 ? ['ctr doctor'] : []),
      ],
    },
  );
}
