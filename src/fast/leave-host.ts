import type { LabContainer } from '../lab.ts';
import type { Step } from '../step.ts';
import { isFromHost, visits } from './visits.ts';

const merged = ['configure-address', 'configure-route'];

/** Address and route of one container, and the end of the host's root in it, in one visit. */
export function connectContainer({ name }: LabContainer, staged: readonly Step[]): Step {
  const steps = staged.filter(({ id }) => merged.includes(id));
  const afterPivot = staged.flatMap(({ commands }) => commands.filter(isFromHost));
  return {
    id: 'connect-container',
    of: name,
    title: {
      en: `Give ${name} its address, and let go of the host's root`,
      zh: `给 ${name} 设置地址，并放开宿主机的根`,
    },
    why: {
      en: "The cable is there, and so is the root. A shell that keeps the host's root, so that its tools are the host's, gives the address and the route, and takes the old root off the container's list of mounts.",
      zh: '网线到了，根也到了。一个保留宿主机根（因此用的是宿主机的工具）的 shell 设好地址和路由，再把旧的根从容器的挂载表里卸下。',
    },
    commands: visits([...steps.flatMap(({ commands }) => commands), ...afterPivot], name, true),
    effects: steps.flatMap(({ effects }) => effects),
    merges: {
      steps: merged,
      saves: {
        en: 'One visit in place of one for every command, after the two things it needs were made side by side.',
        zh: '一次进入，代替每条命令各进一次；它所需要的两样东西是并排做好的。',
      },
    },
  };
}
