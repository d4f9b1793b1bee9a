import { cmd } from '../model/command.ts';
import type { AttachmentStep } from './scope.ts';

/** ip-link(8), `up`. */
export const raiseLink: AttachmentStep = ({ outer, container, device }) => ({
  id: 'raise-link',
  of: `${container}/${device}`,
  title: { en: `Switch ${outer} on`, zh: `启用 ${outer}` },
  why: {
    en: "A new interface is switched off. This command switches on the host's end; ip link shows it as LOWERLAYERDOWN (no carrier) until the other end is switched on as well.",
    zh: '新建的网络接口默认关闭。这条命令启用宿主机端；另一端启用之前，ip link 显示它的状态是 LOWERLAYERDOWN（无载波）。',
  },
  commands: [
    {
      argv: cmd`ip link set dev ${outer} up`,
      makes: [{ kind: 'link-setting', link: outer, setting: 'up', value: '' }],
    },
  ],
});
