import { cmd } from '../model/command.ts';
import { ruleSpec } from '../model/rule.ts';
import { masqueradeRule } from '../resolve/network-rules.ts';
import type { NetworkStep } from './scope.ts';
import { sharedChange } from './shared-change.ts';

/** iptables-extensions(8) MASQUERADE; RFC 3022 (NAPT). */
export const masquerade: NetworkStep = (network, { facts }) => {
  if (!network.masquerade) return null;
  const { bridge, subnet } = network;
  const rule = masqueradeRule(network);
  const change = sharedChange(
    facts,
    `rule:masquerade:${subnet}:${bridge}`,
    [...cmd`iptables -w 5 -t nat -A POSTROUTING`, ...ruleSpec(rule).spec],
    { kind: 'firewall-rule', rule },
  );
  if (change.commands.length + change.inherits.length === 0) return null;
  return {
    id: 'masquerade',
    of: network.name,
    title: {
      en: `Masquerade ${subnet} behind the host's address`,
      zh: `对 ${subnet} 做源地址转换，以宿主机地址访问外网`,
    },
    why: {
      en: `No router outside has a route to ${subnet}. MASQUERADE changes the source address of packets that leave through any interface but ${bridge} to the host's own, remembers the connection, and puts the container's address back into the replies.`,
      zh: `外部网络没有到 ${subnet} 的路由。地址伪装 (MASQUERADE) 把从 ${bridge} 以外的接口发出的数据包的源地址改成宿主机地址，记住这条连接，再把应答包的目的地址改回容器地址。`,
    },
    ...change,
  };
};
