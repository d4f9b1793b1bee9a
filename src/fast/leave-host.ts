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
  };
}
