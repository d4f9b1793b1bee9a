import { fuse, joined } from '../batch.ts';
import type { LabNetwork } from '../lab.ts';
import type { Plan } from '../plan.ts';
import type { Step } from '../step.ts';

const merged = ['enable-forwarding', 'allow-forwarding', 'masquerade'];

/** Forwarding and firewall of one network. @returns null when the host is that way already. */
export function openWays({ name, bridge }: LabNetwork, plan: Plan): Step | null {
  const steps = plan.steps.filter(({ id, of }) => merged.includes(id) && of === name);
  if (steps.length === 0) return null;
  const commands = fuse(steps.flatMap((step) => step.commands));
  return {
    id: 'open-ways',
    of: name,
    title: {
      en: `Let ${bridge}'s packets through the host and out`,
      zh: `让 ${bridge} 的包通过宿主机并出门`,
    },
    why: {
      en: 'Forwarding for the interfaces that need it, and all rules of the network in one transaction a table. It happens while the containers, which wait at their gates, are being furnished.',
      zh: '只对需要的接口打开转发，这个网络的规则每张表一次事务全部写入。这时容器还在门口等待，正在布置。',
    },
    commands: commands.flatMap((group) => (group.length === 1 ? group : [joined(group)])),
    inherits: steps.flatMap(({ inherits = [] }) => inherits),
    effects: steps.flatMap(({ effects }) => effects),
    merges: {
      steps: merged,
      saves: {
        en: 'Each iptables reads the table, changes one rule and writes the table back. iptables-restore does that once for all of them, and either all rules of a table are there or none.',
        zh: '每次 iptables 都要读出整张表、改一条规则、再写回去。iptables-restore 只做一次，而且一张表的规则要么全在，要么全不在。',
      },
    },
  };
}
