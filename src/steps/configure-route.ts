import { cmd, pidOf } from '../command.ts';
import type { AttachmentStep } from '../step.ts';

/** ip-route(8). */
export const configureRoute: AttachmentStep = ({ container, device, gateway }) => {
  if (gateway === null) return null;
  const inside = cmd`nsenter --target ${pidOf(container)} --net`;
  return {
    id: 'configure-route',
    of: `${container}/${device}`,
    title: {
      en: `Send the rest to ${gateway}`,
      zh: `其余的都发给 ${gateway}`,
    },
    why: {
      en: 'A packet for an address that is not on the cable needs a next hop. The default route names it: the gateway.',
      zh: '目的地址不在这根网线上的包需要一个下一跳。默认路由 (default route) 说的就是它：网关。',
    },
    commands: [{ argv: [...inside, ...cmd`ip route add default via ${gateway} dev ${device}`] }],
    effects: [{ kind: 'route', where: container, what: `default via ${gateway}` }],
  };
};
