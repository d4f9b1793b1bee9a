import { cmd } from '../command.ts';
import type { ContainerStep } from '../step.ts';

export const releaseChild: ContainerStep = (container) => ({
  id: 'release-child',
  of: container.name,
  title: {
    en: `Let ${container.name} go: ${container.command[0]}`,
    zh: `放行 ${container.name}：${container.command[0]}`,
  },
  why: {
    en: 'The waiting process reads this line at its gate and becomes the command. From here on nothing more is mounted and nothing more is moved.',
    zh: '等待中的进程在门口读到这一行，就变成要运行的命令。从这里开始，不再挂载，也不再搬动任何东西。',
  },
  commands: [{ argv: cmd`echo go`, gates: [container.name] }],
  effects: [{ kind: 'process', where: container.name, what: container.command.join(' ') }],
});
