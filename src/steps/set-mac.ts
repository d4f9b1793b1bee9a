import { cmd } from '../model/command.ts';
import type { AttachmentStep } from './scope.ts';

/** The address with fe as first byte, above every other MAC that ctr assigns. */
export function highMac(mac: string): string {
  return `fe${mac.slice(2)}`;
}

/** `setup_private_host_hw_addr` of LXC's network.c. */
export const setMac: AttachmentStep = ({ outer, outerMac, container, device }) => {
  const high = highMac(outerMac);
  return {
    id: 'set-mac',
    of: `${container}/${device}`,
    title: { en: `Give ${outer} the MAC ${high}`, zh: `把 ${outer} 的 MAC 设为 ${high}` },
    why: {
      en: 'A bridge without a fixed MAC takes the lowest MAC of its ports. One that begins with fe hardly ever is the lowest: fe is the highest first byte of a unicast MAC, the address of one interface. The tutorial does this for docker0, the bridge of Docker; a bridge that ctr creates has a fixed MAC, so here the step only shows how it is done.',
      zh: '没有固定 MAC 的网桥会取各端口 MAC 中最小的一个。把这个端口的 MAC 设成以 fe 开头（单播 MAC 首字节的最大值），网桥就几乎不会取它。教程对 Docker 的网桥 docker0 就是这样做的；ctr 创建的网桥有固定的 MAC，这一步在这里只是演示。',
    },
    commands: [
      {
        argv: cmd`ip link set dev ${outer} address ${high}`,
        makes: [{ kind: 'link-setting', link: outer, setting: 'mac', value: high }],
      },
    ],
  };
};
