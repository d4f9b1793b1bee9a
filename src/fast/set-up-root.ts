import type { LabContainer } from '../model/lab.ts';
import type { Step } from '../model/step.ts';
import { mergesOf } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';
import { isLast, visits } from './visits.ts';

const merged = mergesOf('set-up-root');

export function rootsTitle(containers: number): Text {
  return {
    en: `Set up the host names, /etc files and roots of ${containers} containers`,
    zh: `设置 ${containers} 个容器的主机名、/etc 文件和根`,
  };
}

/** Names and root of one container, up to the pivot, in one visit. */
export function setUpRoot({ name }: LabContainer, staged: readonly Step[]): Step {
  const steps = staged.filter(({ id }) => merged.includes(id));
  const commands = steps.flatMap((step) => step.commands);
  return {
    id: 'set-up-root',
    of: name,
    title: {
      en: `Set up ${name}'s host name, /etc files and root`,
      zh: `设置 ${name} 的主机名、/etc 文件和根`,
    },
    why: {
      en: "One shell with the host's tools enters the namespaces of the waiting process: it sets the host name, writes the files in /etc, mounts the root, and calls pivot_root last. It does not wait for the veth pair, which ctr creates meanwhile.",
      zh: '一个 shell 带着宿主机的工具进入等待中的进程的各个命名空间：设置主机名，写 /etc 里的文件，挂载根，最后执行 pivot_root。它不必等待 veth 对，后者同时在创建。',
    },
    commands: visits(
      commands.filter((command) => !isLast(command)),
      name,
      false,
    ),
    merges: {
      steps: merged,
      saves: {
        en: 'Each command that enters a namespace starts two programs, nsenter and the tool. A shell that is already inside starts only the tool, and writes files without any program.',
        zh: '每条进入命名空间的命令都要启动两个程序：nsenter 和工具。已经在里面的 shell 只需启动工具，写文件则不用启动任何程序。',
      },
    },
  };
}
