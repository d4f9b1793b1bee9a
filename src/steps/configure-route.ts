import { cmd, pidOf } from '../command.ts';
import type { AttachmentStep } from '../step.ts';

/** ip-route(8). */
export const configureRoute: AttachmentStep = ({ container, device, gateway, network }) => {
  if (gateway === null) return null;
  const routes = ['default', ...(network.elsewhere ?? [])];
  const inside = cmd`nsenter --target ${pidOf(container)} --net`;
  return {
    id: 'configure-route',
    of: `${container}/${device}`,
    title: {
      en: `Send the rest to ${gateway}`,
      zh: `其余的都发给 ${gateway}`,
    },
    why:
      network.elsewhere === undefined
        ? {
            en: 'A packet for an address that is not on the cable needs a next hop. The default route names it: the gateway.',
            zh: '目的地址不在这根网线上的包需要一个下一跳。默认路由 (default route) 说的就是它：网关。',
          }
        : {
            en: `A packet for an address that is not on the cable needs a next hop. The default route names it: the gateway. A part of ${network.subnet} is not on the cable either, since the host reaches it by another interface: the longer prefix wins.`,
            zh: `目的地址不在这根网线上的包需要一个下一跳。默认路由 (default route) 说的就是它：网关。${network.subnet} 的一部分也不在这根网线上，宿主机从另一个接口到达那里：最长前缀优先。`,
          },
    commands: routes.map((to) => ({
      argv: [...inside, ...cmd`ip route add ${to} via ${gateway} dev ${device}`],
    })),
    effects: routes.map((to) => ({
      kind: 'route',
      where: container,
      what: `${to} via ${gateway}`,
    })),
  };
};
