import { cmd } from '../model/command.ts';
import type { AttachmentStep } from './scope.ts';

/** ip-link(8), `up`. */
export const raiseLink: AttachmentStep = ({ outer, container, device }) => ({
  id: 'raise-link',
  of: `${container}/${device}`,
  title: { en: `Switch ${outer} on`, zh: `启用 ${outer}` },
  why: {
    en: 'A new interface is down. This end is up now, but its state stays LOWERLAYERDOWN until the other end is up as well.',
    zh: '新建的网络接口是关闭的。这一端现在已启用，但在另一端也启用之前，状态一直是 LOWERLAYERDOWN。',
  },
  commands: [
    {
      argv: cmd`ip link set dev ${outer} up`,
      makes: [{ kind: 'link-setting', link: outer, setting: 'up', value: '' }],
    },
  ],
});
