import { cmd } from '../command.ts';
import type { LabNetwork } from '../lab.ts';
import type { NetworkStep } from '../step.ts';
import { sharedChange } from '../step.ts';
import { type Rule, ruleSpec } from '../undo.ts';

export function masqueradeRule({ subnet, bridge }: LabNetwork): Rule {
  return { rule: 'masquerade', subnet, bridge };
}

/** iptables-extensions(8) MASQUERADE; RFC 3022 (NAPT). */
export const masquerade: NetworkStep = (network, { facts }) => {
  if (!network.masquerade) return null;
  const { bridge, subnet } = network;
  const rule = masqueradeRule(network);
  const change = sharedChange(
    facts,
    `rule:masquerade:${subnet}:${bridge}`,
    [...cmd`iptables -w 5 -t nat -A POSTROUTING`, ...ruleSpec(rule).spec],
    { kind: 'delete-rule', rule },
  );
  if (change.commands.length + change.inherits.length === 0) return null;
  return {
    id: 'masquerade',
    of: network.name,
    title: {
      en: `Let ${subnet} leave with the host's address`,
      zh: `让 ${subnet} 以宿主机的地址出门`,
    },
    why: {
      en: `Nobody outside knows a way to ${subnet}. MASQUERADE puts the host's own address on packets that leave by any other way than ${bridge}, remembers the flow, and puts the container's back on the answers.`,
      zh: `外面没有人知道怎么到 ${subnet}。地址伪装 (MASQUERADE) 把不从 ${bridge} 离开的包换上宿主机自己的地址，记住这条流，再把回应改回容器的地址。`,
    },
    ...change,
    effects: [{ kind: 'rule', where: 'host', what: `masquerade ${subnet}` }],
  };
};
