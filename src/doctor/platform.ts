import type { Examination } from './examination.ts';
import { modes } from './finding.ts';

/** The only part of the report on another system than Linux: nothing else could be read there. */
export const platform: Examination = {
  area: 'system',
  title: { en: 'system', zh: '系统' },
  examine: () => [
    {
      id: 'not-linux',
      severity: 'problem',
      says: {
        en: `ctr changes the network of Linux, and this is ${process.platform}`,
        zh: `ctr 改动的是 Linux 的网络，而这里是 ${process.platform}`,
      },
      fixes: [
        {
          command: 'ctr replay',
          costs: {
            en: 'plays a recorded run, which needs no Linux',
            zh: '回放录制的运行，不需要 Linux',
          },
        },
        {
          command: 'multipass launch --name lab && multipass shell lab',
          costs: { en: 'a virtual machine with Linux', zh: '一台 Linux 虚拟机' },
        },
      ],
      blocks: modes,
    },
  ],
};
