import { cmd } from '../model/command.ts';
import type { AttachmentStep } from './scope.ts';

/** ip-link(8), `master`. */
export const attachBridge: AttachmentStep = ({ outer, network, container, device }) => ({
  id: 'attach-bridge',
  of: `${container}/${device}`,
  title: {
    en: `Attach ${outer} to bridge ${network.bridge}`,
    zh: `把 ${outer} 接入网桥 ${network.bridge}`,
  },
  why: {
    en: "The host's end of the veth pair becomes a port of the bridge. From now on the bridge forwards the frames that it receives on this port.",
    zh: 'veth 对的宿主机端成为网桥的端口。此后，网桥会转发从这个端口收到的帧 (frame)。',
  },
  commands: [
    {
      argv: cmd`ip link set dev ${outer} master ${network.bridge}`,
      makes: [{ kind: 'link-setting', link: outer, setting: 'master', value: network.bridge }],
    },
  ],
});
