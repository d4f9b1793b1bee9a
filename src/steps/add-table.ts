import type { Facts } from '../facts/index.ts';
import type { LabNetwork } from '../model/lab.ts';
import { mark } from '../model/names.ts';
import { makeTable, networkTable } from '../model/nft.ts';
import type { NftTable, Rule } from '../model/resource.ts';
import { acceptRules, masqueradeRule } from '../resolve/network-rules.ts';
import type { NetworkStep } from './scope.ts';

/** The chain of Docker is one of iptables: a table of our own has nothing to do with it. */
const place = { firewall: { dockerUser: false } };

function rulesFor(network: LabNetwork): readonly Rule[] {
  const accepts = acceptRules(network, place);
  return network.masquerade ? [...accepts, masqueradeRule(network)] : accepts;
}

/** The table that a living run has made for this network. */
function heldTable(shared: string, facts: Facts): readonly NftTable[] {
  const held = facts.shared[shared];
  return held?.kind === 'nft-table' ? [held] : [];
}

/** nft(8): "Tables", "Chains", "Rules", NAT STATEMENTS. */
export const addTable: NetworkStep = (network, { facts }) => {
  if (network.firewall !== 'nftables') return null;
  const { bridge, subnet } = network;
  const table = networkTable(network);
  const shared = `nft-table:${table}:${subnet}`;
  const inherits = heldTable(shared, facts);
  const made = makeTable({ kind: 'nft-table', table, bridge, shared }, rulesFor(network));
  return {
    id: 'add-table',
    of: network.name,
    title: network.masquerade
      ? {
          en: `Let ${bridge}'s packets pass, and masquerade ${subnet}`,
          zh: `放行 ${bridge} 的数据包，并对 ${subnet} 做源地址转换`,
        }
      : {
          en: `Let ${bridge}'s packets pass the firewall`,
          zh: `让 ${bridge} 的数据包通过防火墙`,
        },
    why: {
      en: `nft reads these lines as one transaction: the kernel takes all of them or none. They make a table that is ours alone, so that one command deletes it again. Its rules accept packets between containers, to the outside and back${network.masquerade ? ', and replace the source of what leaves, since routers outside know no way back to a container' : ''}; the comment ${mark(bridge)} marks them.`,
      zh: `nft 把这几行当作一次事务：要么全部写入，要么一条也不写入。它们建立一张 ctr 自己的表，所以一条命令就能整张删除。表里的规则放行容器互访、容器访问外部，以及外部的应答${network.masquerade ? '；外部路由器没有通往容器的路由，所以还要改写发出的包的源地址' : ''}。注释 ${mark(bridge)} 标明它们由 ctr 添加。`,
    },
    commands: inherits.length > 0 ? [] : [made],
    inherits,
  };
};
