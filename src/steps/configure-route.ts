import { cmd } from '../model/command.ts';
import { enter } from '../model/where.ts';
import type { AttachmentStep } from './scope.ts';

/** ip-route(8). */
export const configureRoute: AttachmentStep = ({ container, device, gateway, network, ipv6 }) => {
  const gateway6 = ipv6?.gateway ?? null;
  if (gateway === null) return null;
  const routes = ['default', ...(network.elsewhere ?? [])].map((to) => ({ to, via: gateway }));
  if (gateway6 !== null) routes.push({ to: 'default', via: gateway6 });
  return {
    id: 'configure-route',
    of: `${container}/${device}`,
    title: {
      en: `Send everything else to the gateway ${gateway}${gateway6 === null ? '' : ` or ${gateway6}`}`,
      zh: `其余流量都发给网关 ${gateway}${gateway6 === null ? '' : ` 或 ${gateway6}`}`,
    },
    why:
      network.elsewhere === undefined
        ? {
            en: 'A packet for an address outside the directly connected subnet needs a next hop. The default route says that this next hop is the gateway.',
            zh: '目的地址不在直连子网里的数据包需要下一跳 (next hop)。默认路由 (default route) 把下一跳指定为网关。',
          }
        : {
            en: `A packet for an address outside the directly connected subnet needs a next hop. The default route says that this next hop is the gateway. Part of ${network.subnet} is not on this link either, because the host reaches it through another interface. That part gets a route of its own, and the longest prefix wins.`,
            zh: `目的地址不在直连子网里的数据包需要下一跳 (next hop)。默认路由 (default route) 把下一跳指定为网关。${network.subnet} 的一部分也不在这条链路上，宿主机要经另一个接口才能到达，因此为那一部分单独添加路由：最长前缀匹配优先。`,
          },
    commands: routes.map(({ to, via }) => ({
      ...enter(container, ['net'], cmd`ip route add ${to} via ${via} dev ${device}`),
      makes: [{ kind: 'route', to, via, dev: device, container }],
    })),
  };
};
