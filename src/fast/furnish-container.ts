import type { LabContainer } from '../lab.ts';
import type { Step } from '../step.ts';
import { isLast, visits } from './visits.ts';

const merged = ['map-users', 'stage-root', 'write-names', 'mount-root', 'pivot-root'];

/** Names and root of one container, up to the pivot, in one visit. */
export function furnishContainer({ name }: LabContainer, staged: readonly Step[]): Step {
  const steps = staged.filter(({ id }) => merged.includes(id));
  const commands = steps.flatMap((step) => step.commands);
  return {
    id: 'furnish-container',
    of: name,
    title: { en: `Give ${name} its names and its root`, zh: `给 ${name} 设置名字和根` },
    why: {
      en: "One shell enters the waiting process's namespaces with the host's tools: names and root, and last the pivot. It does not wait for the cable, which is laid meanwhile.",
      zh: '一个 shell 带着宿主机的工具进入等待中进程的各个命名空间：准备名字和根，最后切换根。它不用等网线，那边同时在铺。',
    },
    commands: visits(
      commands.filter((command) => !isLast(command)),
      name,
      false,
    ),
    effects: steps.flatMap(({ effects }) => effects),
    merges: {
      steps: merged,
      saves: {
        en: 'Entering a namespace means starting nsenter and then the tool: two programs for every line. A shell that is inside already starts one, and for writing a file none.',
        zh: '每进入一次命名空间，都要先启动 nsenter，再启动工具：一行两个程序。已经在里面的 shell 只需启动一个，写文件则一个也不用。',
      },
    },
  };
}
