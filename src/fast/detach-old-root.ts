import type { LabContainer } from '../model/lab.ts';
import type { Step } from '../model/step.ts';
import { mergesOf } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';
import { isLast, visits } from './visits.ts';

export function detachTitle(containers: number): Text {
  return {
    en: `Detach the host's root from ${containers} containers`,
    zh: `从 ${containers} 个容器卸下宿主机的根`,
  };
}

/** Unmounts the host's root in one container after the pivot. */
export function detachOldRoot({ name }: LabContainer, staged: readonly Step[]): Step {
  const last = staged.flatMap(({ commands }) => commands.filter(isLast));
  return {
    id: 'detach-old-root',
    of: name,
    title: { en: `Detach the host's root from ${name}`, zh: `从 ${name} 卸下宿主机的根` },
    why: {
      en: "After pivot_root the old root is still mounted, on /dev/.ctr; a program that keeps the host's root as its own, and is therefore the host's program, unmounts it in the container's mount namespace. Then /dev/.ctr shows the read-only setpriv, chroot and env that ctr exec uses. The line with test -e changes nothing: it checks that setpriv can be seen there, which is so only once the old root is gone.",
      zh: 'pivot_root 之后，旧根仍然挂载在 /dev/.ctr 上；一个仍以宿主机的根为根、因而来自宿主机的程序，在容器的挂载命名空间里卸载旧根。之后 /dev/.ctr 里可以看到供 ctr exec 使用的 setpriv、chroot 和 env，它们是只读的。test -e 这一行不改变任何东西，只检查那里能否看到 setpriv：旧根卸下之后才看得到。',
    },
    commands: visits(last, name, true),
    merges: {
      steps: mergesOf('detach-old-root'),
      saves: {
        en: "This is what comes after pivot_root, when a shell inside would find only the container's tools. One shell that stays outside does it for many containers.",
        zh: '这是 pivot_root 之后的部分：此时里面的 shell 只能找到容器里的工具。留在外面的一个 shell 可以依次处理许多容器。',
      },
    },
  };
}
