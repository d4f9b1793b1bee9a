import type { LabNetwork } from '../model/lab.ts';
import { addRule } from '../model/rule.ts';
import { masqueradeRule } from '../resolve/network-rules.ts';
import { allOf, masquerade6 } from './ipv6.ts';
import type { NetworkStep } from './scope.ts';
import { sharedChange } from './shared-change.ts';

/** The subnets whose packets leave with the host's address. */
export function masquerading({ masquerade: four, subnet, ipv6 }: LabNetwork): string {
  const six = ipv6?.masquerade === true ? [ipv6.subnet] : [];
  return [...(four ? [subnet] : []), ...six].join(', ');
}

/** iptables-extensions(8) MASQUERADE; RFC 3022 (NAPT). */
export const masquerade: NetworkStep = (network, { facts }) => {
  if (network.firewall === 'nftables') return null;
  const six = masquerade6(network, facts);
  const isFour = network.masquerade;
  if (!isFour && network.ipv6?.masquerade !== true) return null;
  const { bridge } = network;
  const subnet = masquerading(network);
  const rule = masqueradeRule(network);
  const { masqueradeExcept: except } = network;
  const key = `rule:masquerade:${network.subnet}:${bridge}`;
  const four = isFour
    ? sharedChange(facts, except === undefined ? key : `${key}:${except}`, addRule(rule), {
        kind: 'firewall-rule',
        rule,
      })
    : undefined;
  const change = allOf(four === undefined ? [six] : [four, six]);
  if (change.commands.length + change.inherits.length === 0) return null;
  return {
    id: 'masquerade',
    of: network.name,
    title: {
      en: `Masquerade ${subnet} behind the host's address`,
      zh: `对 ${subnet.replace(', ', '、')} 做源地址转换，以宿主机地址访问外网`,
    },
    why: {
      en: `Routers outside know no way back to these containers. When a packet from ${subnet} leaves by an interface other than ${bridge}, MASQUERADE replaces its source address with the address of that interface, and remembers the connection. In the replies it puts the container's address back.`,
      zh: `外部路由器没有通往这些容器的路由。来自 ${subnet.replace(', ', '、')} 的数据包，只要出接口不是 ${bridge}，地址伪装 (MASQUERADE) 就把源地址改成出接口的地址，并记录这条连接。应答返回时，再把目的地址还原为容器地址。`,
    },
    ...change,
  };
};
