import type { Facts } from '../facts/index.ts';
import type { LabNetwork } from '../model/lab.ts';
import { mark } from '../model/names.ts';
import { makeTable, networkTable, networkTable6 } from '../model/nft.ts';
import type { NftTable, Rule } from '../model/resource.ts';
import { acceptRules, masqueradeRule } from '../resolve/network-rules.ts';
import { allOf, rules6 } from './ipv6.ts';
import { masquerading } from './masquerade.ts';
import type { NetworkStep } from './scope.ts';

/** The chain of Docker is one of iptables: a table of our own has nothing to do with it. */
const place = { firewall: { dockerUser: false } };

function rulesFor(network: LabNetwork): readonly Rule[] {
  const accepts = acceptRules(network, place);
  return network.masquerade ? [...accepts, masqueradeRule(network)] : accepts;
}

/** Makes a table, or inherits the one that a living run has made for this network. */
function added(
  made: NftTable & { readonly shared: string },
  rules: readonly Rule[],
  facts: Facts,
): ReturnType<typeof allOf> {
  const held = facts.shared[made.shared];
  return held?.kind === 'nft-table'
    ? { commands: [], inherits: [held] }
    : { commands: [makeTable(made, rules)], inherits: [] };
}

function four(network: LabNetwork, facts: Facts): ReturnType<typeof allOf> {
  const { bridge, subnet } = network;
  const table = networkTable(network);
  const shared = `nft-table:${table}:${subnet}`;
  return added({ kind: 'nft-table', table, bridge, shared }, rulesFor(network), facts);
}

/** A network of two families has a table of each: a run without IPv6 may share the one of IPv4. */
function six(network: LabNetwork, facts: Facts): ReturnType<typeof allOf> {
  const { bridge, ipv6 } = network;
  const table = networkTable6(network);
  if (ipv6 === undefined || table === undefined) return allOf([]);
  const shared = `nft-table:ip6 ${table}:${ipv6.subnet}`;
  const made = { kind: 'nft-table', family: 'ip6', table, bridge, shared } as const;
  return added(made, rules6(bridge, ipv6), facts);
}

/** nft(8): "Tables", "Chains", "Rules", NAT STATEMENTS. */
export const addTable: NetworkStep = (network, { facts }) => {
  if (network.firewall !== 'nftables') return null;
  const { bridge } = network;
  const subnets = masquerading(network);
  const hides = subnets !== '';
  const both =
    network.ipv6 === undefined
      ? { en: '', zh: '' }
      : {
          en: ' IPv4 and IPv6 have a table each, ip and ip6.',
          zh: 'IPv4 和 IPv6 各有一张表：ip 和 ip6。',
        };
  return {
    id: 'add-table',
    of: network.name,
    title: hides
      ? {
          en: `Let ${bridge}'s packets pass, and masquerade ${subnets}`,
          zh: `放行 ${bridge} 的数据包，并对 ${subnets.replace(', ', '、')} 做源地址转换`,
        }
      : {
          en: `Let ${bridge}'s packets pass the firewall`,
          zh: `让 ${bridge} 的数据包通过防火墙`,
        },
    why: {
      en: `nft reads these lines as one transaction: the kernel takes all of them or none. They make a table that is ours alone, so that one command deletes it again.${both.en} Its rules accept packets between containers, to the outside and back${hides ? ', and replace the source of what leaves, since routers outside know no way back to a container' : ''}; the comment ${mark(bridge)} marks them.`,
      zh: `nft 把这几行当作一次事务：要么全部写入，要么一条也不写入。它们建立一张 ctr 自己的表，所以一条命令就能整张删除。${both.zh}表里的规则放行容器互访、容器访问外部，以及外部的应答${hides ? '；外部路由器没有通往容器的路由，所以还要改写发出的包的源地址' : ''}。注释 ${mark(bridge)} 标明它们由 ctr 添加。`,
    },
    ...allOf([four(network, facts), six(network, facts)]),
  };
};
