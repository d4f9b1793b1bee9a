import { joined } from '../batch.ts';
import type { Plan } from '../plan.ts';
import type { Step } from '../step.ts';

const merged = ['configure-address', 'configure-route'];

/** Addresses and routes of the whole run, as soon as the cables are there. */
export function giveAddresses(plan: Plan): Step {
  const steps = plan.steps.filter(({ id }) => merged.includes(id));
  const { containers } = plan.lab;
  return {
    id: 'give-addresses',
    of: plan.name,
    title:
      containers.length === 1
        ? { en: 'Give it its address', zh: '给它设置地址' }
        : {
            en: `Give ${containers.length} containers their addresses`,
            zh: `给 ${containers.length} 个容器设置地址`,
          },
    why: {
      en: 'The other end of the cable is in place already, and needs no root file system. Address and route are given by one ip for each container, beside the furnishing.',
      zh: '网线的另一头已经就位，而且不需要根文件系统。每个容器用一个 ip 设好地址和路由，同时另一边在布置。',
    },
    commands: containers.map(({ name }) =>
      joined(steps.filter(({ of }) => of.split('/')[0] === name).flatMap((step) => step.commands)),
    ),
    effects: steps.flatMap(({ effects }) => effects),
    merges: {
      steps: merged,
      saves: {
        en: 'One ip in place of one for every request. And an early one: what ip leaves behind, a socket, holds the network namespace until every processor has passed a quiet moment (RCU), some 10 ms. A container whose command is short would be waited for.',
        zh: '一个 ip 代替每个请求各一个。而且要早：ip 留下的套接字 (socket) 会一直占住网络命名空间，直到每个处理器都经过一个静止点 (RCU)，大约 10 毫秒。命令很短的容器就得为此等待。',
      },
    },
  };
}
