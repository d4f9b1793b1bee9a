import type { Facts } from '../facts/index.ts';
import { type Argv, cmd, shellLine } from '../model/command.ts';
import { containerPath, ownTerminals, promptOf } from '../model/container-root.ts';
import { gate } from '../model/gate.ts';
import { cgroupOf, containerMark } from '../model/names.ts';
import { terminalFor } from '../resolve/staging.ts';
import type { ContainerStep } from './scope.ts';

/** Docker's default capabilities (capabilities(7)) without mknod. */
const capabilities = [
  'chown',
  'dac_override',
  'fsetid',
  'fowner',
  'net_raw',
  'setgid',
  'setuid',
  'setfcap',
  'setpcap',
  'net_bind_service',
  'sys_chroot',
  'kill',
  'audit_write',
];

const few = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');

/** setpriv(1) options that limit a process to few capabilities, and keep it from gaining more. */
export const closed =
  cmd`--bounding-set ${few} --inh-caps -all --no-new-privs` as readonly string[];

/** The same for a process whose uid is unmapped at first: it keeps its capabilities only as ambient ones. */
const closedNobody = cmd`--bounding-set ${few} --inh-caps ${few} --ambient-caps ${few} --no-new-privs`;

/**
 * The process that makes the new user namespace already has the uid that becomes its root, so that only the mapping
 * remains. CAP_SYS_ADMIN is for hosts where other users may not make user namespaces.
 */
function ownUsers(firstUser: number | null): readonly string[] {
  if (firstUser === null) return [];
  const id = String(firstUser);
  return cmd`--reuid ${id} --regid ${id} --clear-groups --inh-caps +sys_admin --ambient-caps +sys_admin` as readonly string[];
}

/** Sets the config's variables last: PATH, SHELL or LD_PRELOAD would also affect the tools before. */
const setVariables = 'while [ "$1" != -- ]; do export "$1"; shift; done; shift; ';

/** Variables that bash(1), if it is sh, does not accept from its environment. */
const keptByShells = /^(?:BASH\w*|E?UID|PPID|SHELLOPTS)$/;

/**
 * A process joins a container's cgroup by writing to it, and stays there when it executes another program. This must
 * come before the cgroup namespace, whose root is the cgroup of the process that makes it.
 */
export function joinCgroup({ cgroup }: Facts, run: string, container: string): Argv {
  if (cgroup === null) return [];
  const processes = `${cgroup.mount}/${cgroupOf(cgroup.netns, run, container)}/cgroup.procs`;
  return cmd`sh -euc ${'echo 0 >"$0"; exec "$@"'} ${processes}`;
}

/**
 * A session keyring (session-keyring(7)) is inherited, with all keys of the user who started ctr. If keyctl(1) works,
 * the command that follows gets a new one.
 */
export function ownKeyring({ tools }: Facts): Argv {
  return tools.keyctl == null ? [] : cmd`keyctl session -`;
}

/**
 * script(1) opens its pseudo-terminal in a devpts that later becomes the container's. There the terminal has a name
 * (ttyname(3)), and the host's terminals are absent.
 */
const inOwnTerminals = cmd`unshare --mount --propagation private sh -euc ${`mount --no-mtab -t devpts -o ${ownTerminals} devpts /dev/pts; exec "$@"`} sh`;

/** unshare(1), setpriv(1), script(1), pts(4); namespaces(7). */
export const startChild: ContainerStep = (container, scope) => {
  const { lab, facts } = scope;
  const terminal = terminalFor(container, scope);
  const { firstUser } = container;
  const assigned = (variables: readonly (readonly [string, string])[]) =>
    variables.map(([name, value]) => `${name}=${value}`);
  const given = Object.entries({
    // A shell that is bash drops a PS1 that it inherits before it becomes interactive, so it is set late, too.
    ...(terminal === null ? {} : Object.fromEntries([promptOf(container.hostname)])),
    ...container.environment,
  });
  const late = assigned(given.filter(([name]) => !keptByShells.test(name)));
  const assignments = assigned([
    ['PATH', containerPath],
    ['HOME', '/root'],
    ['HOSTNAME', container.hostname],
    ...(terminal === null ? [] : [['TERM', terminal] as const]),
    ...given.filter(([name]) => keptByShells.test(name)),
  ]);
  const script = `${gate}${late.length === 0 ? '' : setVariables}exec "$@"`;
  const last = late.length === 0 ? container.command : [...late, '--', ...container.command];
  const child: Argv = [
    ...joinCgroup(facts, lab.name, container.name),
    ...(terminal === null ? cmd`setsid` : []),
    ...cmd`setpriv --pdeathsig KILL ${ownUsers(firstUser)}`,
    ...ownKeyring(facts),
    ...cmd`unshare ${firstUser === null ? [] : ['--user', '--keep-caps']} --fork --kill-child`,
    ...cmd`--net --pid --mount --uts --ipc --cgroup --propagation private`,
    ...cmd`setpriv ${firstUser === null ? closed : (closedNobody as readonly string[])} sh -c ${script} ${containerMark(lab.name, container.name)} ${container.workingDir} ${last}`,
  ];
  const argv =
    terminal === null
      ? child
      : cmd`setpriv --pdeathsig KILL ${inOwnTerminals as readonly string[]} script --quiet --return --flush --echo always --command ${`exec ${shellLine(child)} 6>&2 2>&5 5>&6 6>&-`} /dev/null`;
  return {
    id: 'start-child',
    of: container.name,
    title: {
      en: `Start ${container.name} in its own namespaces, and make it wait`,
      zh: `在独立的命名空间里启动 ${container.name}，并使其等待`,
    },
    why: {
      en: `unshare gives the process its own network, process IDs, mounts, host name and IPC, ${terminal === null ? 'setsid detaches it from your terminal' : 'script gives it a terminal of its own, in a devpts that will be its /dev/pts'}, and setpriv leaves it few capabilities. The process then waits until ctr writes a line into its pipe, in the last step: until then no program of the container runs. Descriptor 3 is that pipe; on 4 the process tells ctr its pid, and 5 is the standard error that the container's program gets.`,
      zh: `unshare 让这个进程拥有独立的网络、进程号、挂载、主机名和 IPC，${terminal === null ? 'setsid 让它脱离你的终端' : 'script 给它一个自己的终端，所在的 devpts 就是它将来的 /dev/pts'}，setpriv 只给它留下少数能力 (capability)。随后进程等着从管道读到一行，ctr 在最后一步才写入这一行：在此之前，容器里的程序都不运行。描述符 3 就是这条管道，4 用来向 ctr 报告进程号，5 是留给容器程序的标准错误。`,
    },
    commands: [
      {
        argv: cmd`env -i ${assignments} ${argv as readonly string[]}`,
        starts: container.name,
        makes: [{ kind: 'process', container: container.name }],
      },
    ],
  };
};
