import { cmd } from '../model/command.ts';
import { cgroupOf } from '../model/names.ts';
import type { Command } from '../model/step.ts';
import type { ContainerStep } from './scope.ts';

/** cgroups(7); kernel: admin-guide/cgroup-v2. */
export const makeCgroup: ContainerStep = ({ name, limits }, { lab, facts }) => {
  if (facts.cgroup === null) return null;
  const { mount, netns } = facts.cgroup;
  const cgroup = cgroupOf(netns, lab.name, name);
  const path = `${mount}/${cgroup}`;
  const limit = (file: string, value: number | null): readonly Command[] =>
    value === null
      ? []
      : [
          {
            argv: cmd`tee ${path}/${file}`,
            input: `${value}\n`,
            makes: [{ kind: 'file', path: `${path}/${file}` }],
          },
        ];
  const limited = limits.memory !== null || limits.pids !== null;
  return {
    id: 'make-cgroup',
    of: name,
    title: limited
      ? { en: `Make a cgroup for ${name} and limit it`, zh: `为 ${name} 建一个 cgroup 并加上限制` }
      : { en: `Make a cgroup for ${name}`, zh: `为 ${name} 建一个 cgroup` },
    why: {
      en: 'A control group (cgroup) is a group of processes: what a member starts stays in the group, and the kernel counts and limits the group as a whole. In a cgroup of its own, the container neither sees nor shares the cgroup that ctr runs in.',
      zh: '控制组 (cgroup) 是一组进程：组内进程启动的进程仍在组内，内核对整个组统一计量和限制。容器有了自己的 cgroup，就既看不到也不共用 ctr 所在的 cgroup。',
    },
    commands: [
      { argv: cmd`mkdir ${path}`, makes: [{ kind: 'cgroup', mount, cgroup }] },
      ...limit('memory.max', limits.memory),
      ...limit('pids.max', limits.pids),
    ],
  };
};
