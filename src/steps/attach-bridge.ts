import { cmd } from '../command.ts';
import type { AttachmentStep } from '../step.ts';

/** ip-link(8), `master`. */
export const attachBridge: AttachmentStep = ({ outer, network, container, device }) => ({
  id: 'attach-bridge',
  of: `${container}/${device}`,
  title: { en: `Plug ${outer} into ${network.bridge}`, zh: `把 ${outer} 插到 ${network.bridge}` },
  why: {
    en: "The host's end of the cable becomes a port of the bridge. Frames that arrive there are now the bridge's to forward.",
    zh: '网线在宿主机的一头成为网桥的端口。到达这里的帧 (frame) 从此由网桥转发。',
  },
  commands: [{ argv: cmd`ip link set dev ${outer} master ${network.bridge}` }],
  effects: [{ kind: 'link', where: 'host', what: `${outer} master ${network.bridge}` }],
});
