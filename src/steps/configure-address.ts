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
      en: `In a new network namespace even loopback is down, so ctr switches it on as well. /${prefix} means that ${network.subnet} is directly reachable through ${device}: when ${device} comes up, the kernel adds that route itself.`,
      zh: `新的网络命名空间里，连回环接口 (loopback) 也是关闭的，所以一并启用。/${prefix} 表示 ${network.subnet} 与 ${device} 直连：${device} 启用后，内核会自动添加这条直连路由。`,
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
