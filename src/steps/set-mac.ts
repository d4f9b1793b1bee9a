import { cmd } from '../model/command.ts';
import type { AttachmentStep } from './scope.ts';

/** The address with a first byte above every other that is handed out. */
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
      en: "A bridge without a fixed MAC adopts the lowest MAC among its ports. A MAC that begins with fe is never the lowest, so attaching this port cannot change the bridge's MAC.",
      zh: '没有固定 MAC 的网桥会采用各端口中最小的 MAC。首字节为 fe 的 MAC 永远不会是最小的，所以接入这个端口不会改变网桥的 MAC。',
    },
    commands: [
      {
        argv: cmd`ip link set dev ${outer} address ${high}`,
        makes: [{ kind: 'link-setting', link: outer, setting: 'mac', value: high }],
      },
    ],
  };
};
