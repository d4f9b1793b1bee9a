import { mark } from '../model/names.ts';
import { addRule } from '../model/rule.ts';
import { acceptRules, forwardingChain } from '../resolve/network-rules.ts';
import { allowForwarding6 } from './ipv6.ts';
import type { NetworkStep } from './scope.ts';
import { sharedChange } from './shared-change.ts';

/** iptables(8), iptables-extensions(8) conntrack. */
export const allowForwarding: NetworkStep = (network, { facts }) => {
  if (network.firewall === 'nftables') return null;
  const { bridge } = network;
  const chain = forwardingChain(facts);
  const rules = acceptRules(network, facts);
  const four = rules.map((rule) =>
    sharedChange(facts, `rule:${rule.rule}:${bridge}`, addRule(rule), {
      kind: 'firewall-rule',
      rule,
    }),
  );
  const changes = [...four, allowForwarding6(network, facts)];
  if (changes.every(({ commands, inherits }) => commands.length + inherits.length === 0))
    return null;
  return {
    id: 'allow-forwarding',
    of: network.name,
    title: {
      en: `Let ${bridge}'s packets pass the firewall`,
      zh: `让 ${bridge} 的数据包通过防火墙`,
    },
    why: {
      en: `${network.ipv6 === undefined ? '' : 'IPv4 and IPv6 have chains of their own, so each rule is added twice. '}Packets that the host routes pass the chain ${chain}, and with br_netfilter so do packets between ports of a bridge; on many hosts the policy of FORWARD is DROP. Three rules accept packets between containers, from containers to the outside, and the replies. The comment ${mark(bridge)} marks them as ctr's.`,
      zh: `${network.ipv6 === undefined ? '' : 'IPv4 和 IPv6 各有自己的链，每条规则都要加两次。'}宿主机路由转发的数据包都要经过 ${chain} 链；启用 br_netfilter 时，网桥端口之间的数据包也要经过。很多主机上 FORWARD 的默认策略是丢弃 (DROP)，所以用三条规则分别放行容器互访、容器访问外部，以及外部的应答。注释 ${mark(bridge)} 标明它们由 ctr 添加。`,
    },
    commands: changes.flatMap((change) => change.commands),
    inherits: changes.flatMap((change) => change.inherits),
  };
};
