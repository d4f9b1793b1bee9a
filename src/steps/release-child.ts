import { cmd } from '../model/command.ts';
import type { ContainerStep } from './scope.ts';

export const releaseChild: ContainerStep = (container) => ({
  id: 'release-child',
  of: container.name,
  title: {
    en: `Tell ${container.name} to start ${container.command[0]}`,
    zh: `通知 ${container.name} 开始运行 ${container.command[0]}`,
  },
  why: {
    en: 'The waiting process reads this line from its pipe and executes the command (exec). By now every mount and every interface is in place.',
    zh: '等待中的进程从管道读到这一行，随即执行 (exec) 要运行的命令。此时所有挂载和接口都已就位。',
  },
  commands: [
    {
      argv: cmd`echo go`,
      gates: [container.name],
      makes: [{ kind: 'program', container: container.name, program: container.command[0] ?? '' }],
    },
  ],
});
