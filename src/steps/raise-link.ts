import { cmd } from '../command.ts';
import type { AttachmentStep } from '../step.ts';

/** ip-link(8), `up`. */
export const raiseLink: AttachmentStep = ({ outer, container, device }) => ({
  id: 'raise-link',
  of: `${container}/${device}`,
  title: { en: `Switch ${outer} on`, zh: `启用 ${outer}` },
  why: {
    en: 'An interface starts switched off. This end is on now, but its state is LOWERLAYERDOWN until the other end is on as well.',
    zh: '网络接口一开始是关着的。这一头现在打开了，但要等另一头也打开，状态才会离开 LOWERLAYERDOWN。',
  },
  commands: [{ argv: cmd`ip link set dev ${outer} up` }],
  effects: [{ kind: 'link', where: 'host', what: `${outer} up` }],
});
