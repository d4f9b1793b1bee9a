import { cmd, pidOf } from '../command.ts';
import type { AttachmentStep } from '../step.ts';

/** `lxc_netdev_move_by_name` of LXC's network.c: one request moves the link and renames it. */
export const moveLink: AttachmentStep = ({ inner, device, container }) => ({
  id: 'move-link',
  of: `${container}/${device}`,
  title: {
    en: `Push ${inner} into ${container} as ${device}`,
    zh: `把 ${inner} 送进 ${container}，改名 ${device}`,
  },
  why: {
    en: 'The other end of the cable goes through the wall, into the network namespace of the waiting process. A move switches a link off and takes its addresses away, so those come later.',
    zh: '网线的另一头穿过墙壁，进入等待中进程的网络命名空间 (network namespace)。搬动会关掉接口并清除地址，所以地址稍后再设。',
  },
  commands: [{ argv: cmd`ip link set dev ${inner} netns ${pidOf(container)} name ${device}` }],
  effects: [
    { kind: 'link', where: 'host', what: `${inner} leaves` },
    { kind: 'link', where: container, what: device },
  ],
});
