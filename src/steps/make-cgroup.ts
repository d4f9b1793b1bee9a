import { cmd } from '../command.ts';
import { cgroupOf } from '../names.ts';
import type { Command, ContainerStep } from '../step.ts';

/** cgroups(7); kernel: admin-guide/cgroup-v2. */
export const makeCgroup: ContainerStep = ({ name, limits }, { lab, facts }) => {
  if (facts.cgroup === null) return null;
  const { mount, netns } = facts.cgroup;
  const cgroup = cgroupOf(netns, lab.name, name);
  const path = `${mount}/${cgroup}`;
  const limit = (file: string, value: number | null): readonly Command[] =>
    value === null ? [] : [{ argv: cmd`tee ${path}/${file}`, input: `${value}\n` }];
  const limited = limits.memory !== null || limits.pids !== null;
  return {
    id: 'make-cgroup',
    of: name,
    title: limited
      ? { en: `Make a cgroup for ${name} and limit it`, zh: `为 ${name} 建一个 cgroup 并加上限制` }
      : { en: `Make a cgroup for ${name}`, zh: `为 ${name} 建一个 cgroup` },
    why: {
      en: 'A control group is a directory of processes: what is started in it stays in it, is counted together and can be limited together. In one of its own, the container neither sees nor shares the one that ctr runs in.',
      zh: '控制组 (cgroup) 是一个装进程的目录：在里面启动的进程留在里面，一起计数，也可以一起限制。有了自己的，容器就看不到也不共用 ctr 所在的那个。',
    },
    commands: [
      { argv: cmd`mkdir ${path}`, undo: { kind: 'remove-cgroup', mount, cgroup } },
      ...limit('memory.max', limits.memory),
      ...limit('pids.max', limits.pids),
    ],
    effects: [{ kind: 'file', where: 'host', what: path }],
  };
};
