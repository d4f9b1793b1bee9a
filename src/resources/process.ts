import { isAlive } from '../exec/processes.ts';
import { cmd, pidOf, variable } from '../model/command.ts';
import type { FirstProcess } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';

/** kill(1). When the first process has ended, the kernel kills all others (pid_namespaces(7)). */
export const firstProcess: ResourceKind<FirstProcess, 'processes'> = {
  reads: { processes: true },
  judge({ container }, { processes }) {
    if (processes === undefined) return undefined;
    const found = processes.get(container);
    const alive = found !== undefined && isAlive(found.pid, found.start);
    return alive ? { state: 'ours' } : { state: 'absent', found: 'ended' };
  },
  removal: {
    id: 'end-containers',
    title: { en: 'End the containers', zh: '结束容器' },
    why: {
      en: 'When process 1 of a container ends, the kernel ends all others in it, and removes its namespaces with every mount, address and route in them. If process 1 has a handler for SIGTERM, ctr sends SIGTERM first, and SIGKILL ten seconds later if it still runs.',
      zh: '容器的 1 号进程退出后，内核会杀死其中的其余进程，命名空间以及里面的挂载、地址和路由也随之释放。1 号进程若注册了 SIGTERM 处理函数，ctr 先发送 SIGTERM，十秒后仍未退出再发送 SIGKILL。',
    },
    one: ({ container }) => cmd`kill -s KILL ${pidOf(container)}`,
    all: (processes) => ({
      argv: cmd`kill -s KILL ${[]}`.concat(processes.map(({ container }) => pidOf(container))),
      makes: [],
    }),
    guard({ container }) {
      const pid = variable(container);
      return [`[ -n "\${${pid}-}" ] || { kill "\${${pid}_parent-}" 2>/dev/null; return 0; }`];
    },
    script({ container }) {
      const pid = variable(container);
      return [`kill -s KILL "$${pid}" 2>/dev/null`, `wait "$${pid}_parent" 2>/dev/null`];
    },
  },
  says: () => ({ en: 'the first process is running', zh: '第一个进程正在运行' }),
};
