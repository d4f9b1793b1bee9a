import type { LabNetwork } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';
import type { Step } from '../model/step.ts';
import { mergesOf } from '../model/step-id.ts';
import { together } from './together.ts';

const merged = mergesOf('open-firewall');

/** Forwarding and firewall of one network. @returns null when the host needs no change. */
export function openFirewall({ name, bridge }: LabNetwork, plan: Plan): Step | null {
  const steps = plan.steps.filter(({ id, of }) => merged.includes(id) && of === name);
  if (steps.length === 0) return null;
  return {
    id: 'open-firewall',
    of: name,
    title: {
      en: `Forward and masquerade ${bridge}'s packets`,
      zh: `转发 ${bridge} 的数据包，并做源地址转换`,
    },
    why: {
      en: 'ctr switches forwarding on for the interfaces that need it, and adds all rules of the network in one transaction per table. Meanwhile the containers wait, and their roots are built.',
      zh: '只对需要的接口打开转发；这个网络的规则，每张表用一次事务全部写入。此时容器仍在等待，它们的根正在搭建。',
    },
    commands: together(steps.flatMap((step) => step.commands)),
    inherits: steps.flatMap(({ inherits = [] }) => inherits),
    merges: {
      steps: merged,
      saves: {
        en: 'Each iptables command reads the table, changes one rule and writes the table back. iptables-restore does that once for all rules, and a table gets either all of them or none.',
        zh: '每条 iptables 命令都要读出整张表、改一条规则、再写回去。iptables-restore 只做一次，而且一张表的规则要么全部写入，要么一条也不写入。',
      },
    },
  };
}
