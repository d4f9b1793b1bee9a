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
      en: 'A bridge without a fixed MAC takes the lowest one among its ports. fe is the highest first byte that a unicast MAC can have, so any port with a lower MAC goes before this one. The tutorial does this for docker0; a bridge that ctr creates has a fixed MAC anyway.',
      zh: '没有固定 MAC 的网桥会取各端口 MAC 中最小的一个。把这个端口的 MAC 设成以 fe 开头（单播 MAC 首字节的最大值），网桥就几乎不会取它。教程对 docker0 就是这样做的；ctr 创建的网桥本来就有固定的 MAC。',
    },
    commands: [
      {
        argv: cmd`ip link set dev ${outer} address ${high}`,
        makes: [{ kind: 'link-setting', link: outer, setting: 'mac', value: high }],
      },
    ],
  };
};
