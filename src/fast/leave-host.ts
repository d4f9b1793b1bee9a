import type { LabContainer } from '../lab.ts';
import type { Step } from '../step.ts';
import { isLast, visits } from './visits.ts';

/** After the pivot: the end of the host's root in one container. */
export function leaveHost({ name }: LabContainer, staged: readonly Step[]): Step {
  const last = staged.flatMap(({ commands }) => commands.filter(isLast));
  return {
    id: 'leave-host',
    of: name,
    title: { en: `Let go of the host's root in ${name}`, zh: `在 ${name} 里放开宿主机的根` },
    why: {
      en: "The pivot has put the old root aside. A program that keeps the host's root, so that it is the host's, takes it off the container's list of mounts.",
      zh: '切换根之后，旧的根被放在一边。一个保留宿主机根（因此本身来自宿主机）的程序把它从容器的挂载表里卸下。',
    },
    commands: visits(last, name, true),
    effects: [],
    merges: {
      steps: ['pivot-root'],
      saves: {
        en: 'The part that comes after the pivot: by then a shell inside would take its tools from the container. One that stays outside makes this visit to many containers.',
        zh: '切换根之后的那部分：这时里面的 shell 会从容器里找工具。留在外面的一个 shell 依次到许多容器里去做。',
      },
    },
  };
}
