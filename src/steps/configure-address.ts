import { cmd, pidOf } from '../command.ts';
import type { AttachmentStep } from '../step.ts';

/** ip-address(8). */
export const configureAddress: AttachmentStep = (attachment) => {
  const { container, device, address, prefix, broadcast, network } = attachment;
  const inside = cmd`nsenter --target ${pidOf(container)} --net`;
  const near = prefix < 31 ? (cmd`broadcast ${broadcast}` as readonly string[]) : [];
  return {
    id: 'configure-address',
    of: `${container}/${device}`,
    title: {
      en: `Give ${device} in ${container} the address ${address}/${prefix}`,
      zh: `给 ${container} 里的 ${device} 设置地址 ${address}/${prefix}`,
    },
    why: {
      en: `Loopback is off in a new namespace too. /${prefix} says that ${network.subnet} is reached directly over this cable: the kernel adds that route by itself when ${device} is up.`,
      zh: `新命名空间里连回环 (loopback) 都是关着的。/${prefix} 表示 ${network.subnet} 可以经这根网线直接到达：${device} 启用后内核会自己加上这条路由。`,
    },
    commands: [
      { argv: [...inside, ...cmd`ip link set dev lo up`] },
      { argv: [...inside, ...cmd`ip addr add ${address}/${prefix} ${near} dev ${device}`] },
      { argv: [...inside, ...cmd`ip link set dev ${device} up`] },
    ],
    effects: [
      { kind: 'link', where: container, what: 'lo up' },
      { kind: 'address', where: container, what: `${address}/${prefix} on ${device}` },
      { kind: 'link', where: container, what: `${device} up` },
      { kind: 'route', where: container, what: `${network.subnet} dev ${device}` },
    ],
  };
};
