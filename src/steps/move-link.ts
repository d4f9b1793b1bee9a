import { cmd, pidOf } from '../model/command.ts';
import type { AttachmentStep } from './scope.ts';

/** `lxc_netdev_move_by_name` of LXC's network.c: one request moves the link and renames it. */
export const moveLink: AttachmentStep = ({ inner, outer, device, container }) => ({
  id: 'move-link',
  of: `${container}/${device}`,
  title: {
    en: `Move ${inner} into ${container} as ${device}`,
    zh: `把 ${inner} 移入 ${container}，改名为 ${device}`,
  },
  why: {
    en: 'The other end of the veth pair moves into the network namespace of the waiting process. A move switches an interface off and removes its addresses, so ctr sets the address later.',
    zh: 'veth 对的另一端移入等待中的进程的网络命名空间 (network namespace)。接口移入另一个命名空间时会被关闭，地址也会清空，所以稍后再设置地址。',
  },
  commands: [
    {
      argv: cmd`ip link set dev ${inner} netns ${pidOf(container)} name ${device}`,
      makes: [{ kind: 'peer', name: device, of: outer, container }],
    },
  ],
});
