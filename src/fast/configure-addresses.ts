import { joined } from '../model/batch.ts';
import type { Plan } from '../model/plan.ts';
import type { Command, Step } from '../model/step.ts';
import { mergesOf } from '../model/step-id.ts';
import { together } from './together.ts';

const merged = mergesOf('configure-addresses');

function isSysctl({ where, argv }: Command): boolean {
  return (where?.words ?? argv)[0] === 'sysctl';
}

/** Addresses and routes of the whole run, once the veth pairs exist. */
export function configureAddresses(plan: Plan): Step {
  const steps = plan.steps.filter(({ id }) => merged.includes(id));
  const { containers } = plan.lab;
  return {
    id: 'configure-addresses',
    of: plan.name,
    title:
      containers.length === 1
        ? { en: 'Give the container its address and route', zh: '给容器设置地址和路由' }
        : {
            en: `Give ${containers.length} containers their addresses and routes`,
            zh: `给 ${containers.length} 个容器设置地址和路由`,
          },
    why: {
      en: "The container's end of the veth pair is already in place, and an address needs no root file system. One ip process for each container sets address and route, while a shell builds the container's root.",
      zh: 'veth 对的容器端已经就位，设置地址也不需要根文件系统。每个容器用一个 ip 进程设置地址和路由，与搭建容器的根同时进行。',
    },
    commands: together(
      containers.flatMap(({ name }) => {
        const own = steps.filter(({ of }) => of.split('/')[0] === name);
        const commands = own.flatMap((step) => step.commands);
        // With IPv6, the sysctls of all interfaces come before the first address.
        const quiet = commands.filter(isSysctl);
        return [...quiet, joined(commands.filter((one) => !isSysctl(one)))];
      }),
    ),
    merges: {
      steps: merged,
      saves: {
        en: 'One ip process replaces one for each request, and it runs early for a reason: the socket that ip leaves behind keeps the network namespace in use until every CPU has passed a quiescent state (RCU), about 10 ms. If ip ran last, a container with a short command would end before that, and ctr would have to wait.',
        zh: '一个 ip 进程代替每个请求一个进程，而且要尽早运行：ip 留下的套接字 (socket) 会占用网络命名空间，直到每个 CPU 都经过静止状态 (RCU)，大约 10 毫秒。如果最后才运行 ip，命令很短的容器在此之前就结束了，ctr 只好等待。',
      },
    },
  };
}
