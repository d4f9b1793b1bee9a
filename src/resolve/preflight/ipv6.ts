import type { Facts } from '../../facts/index.ts';
import type { ProblemCode } from '../../model/codes/index.ts';
import type { Problem } from '../../model/errors.ts';
import {
  contains6,
  overlaps6,
  parseAddress6,
  parseCidr6,
  subnet6Of,
  unusable6,
} from '../../model/ipv6.ts';
import type { Attachment, Lab, LabNetwork, LabNetwork6 } from '../../model/lab.ts';
import { isOurGroup } from '../../model/names.ts';
import { own } from '../../model/own.ts';
import type { Text } from '../../model/text.ts';
import { foreignNeighbours6, taken6 } from '../ipv6.ts';
import { allForwardingKey, forceForwardingKey } from '../network-rules.ts';
import type { Preflight } from './findings.ts';

interface Wanted {
  readonly network: LabNetwork;
  readonly ipv6: LabNetwork6;
}

function wantedBy({ networks }: Lab): readonly Wanted[] {
  return networks.flatMap((network) =>
    network.ipv6 === undefined ? [] : [{ network, ipv6: network.ipv6 }],
  );
}

/** A kernel without IPv6, or one in which it is switched off for new interfaces. */
function disabled({ ipv6, sysctls }: Facts): Problem | undefined {
  if (ipv6 === undefined) {
    return {
      code: 'E054',
      message: {
        en: 'the saved facts say nothing of IPv6',
        zh: '保存的主机信息里没有 IPv6 的内容',
      },
      fix: {
        en: 'read the facts again for this config: ctr plan CONFIG --facts-out FACTS',
        zh: '按这份配置重新读取：ctr plan 配置 --facts-out 主机信息',
      },
    };
  }
  const off = ['all', 'default'].find(
    (name) => sysctls[`net/ipv6/conf/${name}/disable_ipv6`] === '1',
  );
  if (ipv6.present && off === undefined) return undefined;
  return {
    code: 'H015',
    place: off === undefined ? '/proc/sys/net/ipv6' : `net.ipv6.conf.${off}.disable_ipv6`,
    message: ipv6.present
      ? {
          en: 'IPv6 is disabled on this host (the value is 1), and the config asks for it',
          zh: '本机禁用了 IPv6（值为 1），而配置要用 IPv6',
        }
      : {
          en: "this host's kernel has no IPv6, and the config asks for it",
          zh: '本机内核没有 IPv6，而配置要用 IPv6',
        },
    fix: ipv6.present
      ? {
          en: `sysctl -w net.ipv6.conf.${off}.disable_ipv6=0, or leave "subnet6" ("bridge_ip6") out`,
          zh: `sysctl -w net.ipv6.conf.${off}.disable_ipv6=0，或者去掉 "subnet6"（"bridge_ip6"）`,
        }
      : {
          en: 'start the kernel without ipv6.disable=1, or leave "subnet6" ("bridge_ip6") out',
          zh: '启动内核时不要加 ipv6.disable=1，或者去掉 "subnet6"（"bridge_ip6"）',
        },
  };
}

/** A bridge that exists without the address that the containers would use as gateway. */
function withoutGateway({ network: { bridge }, ipv6 }: Wanted, facts: Facts): readonly Problem[] {
  const link = facts.links.find(({ name }) => name === bridge);
  const has = link?.addresses6?.some(
    (one) => parseCidr6(one).address === parseAddress6(ipv6.gateway),
  );
  if (link === undefined || link.kind !== 'bridge' || has === true) return [];
  return [
    {
      code: 'E062',
      place: bridge,
      message: {
        en: `bridge ${bridge} already exists, but does not have the IPv6 gateway address ${ipv6.gateway}`,
        zh: `网桥 ${bridge} 已存在，但没有 IPv6 网关地址 ${ipv6.gateway}`,
      },
      fix: isOurGroup(link.group)
        ? {
            en: 'end the runs that use this bridge without IPv6, use the subnet that it has, or use another bridge name',
            zh: '先结束不用 IPv6 而占用这个网桥的运行实例，或者用网桥已有的子网，或者换一个网桥名',
          }
        : {
            en: `ip addr add ${ipv6.gateway}/${ipv6.prefix} dev ${bridge} nodad, or use another bridge name`,
            zh: `ip addr add ${ipv6.gateway}/${ipv6.prefix} dev ${bridge} nodad，或者换一个网桥名`,
          },
    },
  ];
}

/** A subnet that the host reaches elsewhere, or that two networks of the lab have. */
function overlapping(all: readonly Wanted[], facts: Facts): readonly Problem[] {
  return all.flatMap(({ network: { bridge, name }, ipv6 }, index): readonly Problem[] => {
    const subnet = subnet6Of(parseCidr6(ipv6.subnet));
    const twin = all
      .slice(0, index)
      .find((one) => overlaps6(subnet, subnet6Of(parseCidr6(one.ipv6.subnet))));
    if (twin !== undefined) {
      return [
        {
          code: 'E026',
          place: bridge,
          message: {
            en: `subnet ${ipv6.subnet} of network "${name}" overlaps ${twin.ipv6.subnet} of "${twin.network.name}"`,
            zh: `网络 "${name}" 的子网 ${ipv6.subnet} 与 "${twin.network.name}" 的 ${twin.ipv6.subnet} 重叠`,
          },
          fix: {
            en: 'choose subnets that share no address, or "auto"',
            zh: '选互不重叠的子网，或者写 "auto"',
          },
        },
      ];
    }
    // The kernel takes the longest prefix, so a shorter one around the subnet does not matter.
    const taken = taken6(bridge, facts).find(
      (one) => one.prefix >= subnet.prefix && overlaps6(one, subnet),
    );
    if (taken === undefined) return [];
    return [
      {
        code: 'H005',
        place: bridge,
        message: {
          en: `subnet ${ipv6.subnet} is in use already: this host reaches it, or a part of it, without ${bridge}`,
          zh: `子网 ${ipv6.subnet} 已被使用：本机不经 ${bridge} 就能到达它或它的一部分`,
        },
        fix: {
          en: 'choose another subnet; "auto" takes a free one',
          zh: '换一个子网；写 "auto" 会选一个空闲的',
        },
      },
    ];
  });
}

function addressProblems(attachment: Attachment, lab: Lab, facts: Facts): readonly Problem[] {
  const { network, container, ipv6 } = attachment;
  if (ipv6 === undefined || network.ipv6 === undefined) return [];
  const { address } = ipv6;
  const number = parseAddress6(address);
  const subnet = subnet6Of(parseCidr6(network.ipv6.subnet));
  const one = (code: ProblemCode, message: Text): readonly Problem[] => [
    {
      code,
      place: container,
      message,
      fix: {
        en: `choose another address inside ${network.ipv6?.subnet}, or leave it out`,
        zh: `在 ${network.ipv6?.subnet} 里另选一个地址，或者不写`,
      },
    },
  ];
  if (!contains6(subnet, number) || unusable6(number, subnet) !== null) {
    return one('E022', {
      en: `${address} is no address for a container of ${network.bridge}, whose IPv6 subnet is ${network.ipv6.subnet}`,
      zh: `${address} 不能作 ${network.bridge} 上容器的地址，它的 IPv6 子网是 ${network.ipv6.subnet}`,
    });
  }
  if (number === parseAddress6(network.ipv6.gateway)) {
    return one('E024', {
      en: `${address} is the address of the bridge ${network.bridge} itself`,
      zh: `${address} 是网桥 ${network.bridge} 自己的地址`,
    });
  }
  if (!facts.runs.includes(lab.name) && own(facts.reserved, network.bridge)?.includes(address)) {
    return one('H006', {
      en: `address ${address} belongs to a container that is up`,
      zh: `地址 ${address} 属于一个正在运行的容器`,
    });
  }
  const neighbour = foreignNeighbours6(network.bridge, facts).find(
    (known) => parseAddress6(known.address) === number && known.mac !== attachment.mac,
  );
  if (neighbour !== undefined) {
    return one('H022', {
      en: `${neighbour.mac} on ${network.bridge} already uses the address ${address}`,
      zh: `${network.bridge} 上的 ${neighbour.mac} 已占用地址 ${address}`,
    });
  }
  const holder = facts.links.find(({ addresses6 = [] }) =>
    addresses6.some((text) => parseCidr6(text).address === number),
  );
  if (holder === undefined) return [];
  return one('H021', {
    en: `this host itself has address ${address}, on ${holder.name}`,
    zh: `地址 ${address} 是本机 ${holder.name} 的地址`,
  });
}

/** Uplinks that get their default route by router advertisements, which a router ignores unless accept_ra is 2. */
function losesRoute({ ipv6, sysctls }: Facts): readonly Problem[] {
  const single = sysctls[forceForwardingKey('default')] !== undefined;
  if (single || sysctls[allForwardingKey] === '1') return [];
  const devices = new Set(
    (ipv6?.routes ?? []).flatMap(({ dev, advertised }) => (advertised && dev ? [dev] : [])),
  );
  return [...devices]
    .filter((dev) => sysctls[`net/ipv6/conf/${dev}/accept_ra`] !== '2')
    .map((dev) => ({
      code: 'W150',
      place: dev,
      message: {
        en: `this host has an IPv6 route by router advertisements on ${dev}: with net.ipv6.conf.all.forwarding, which this run switches on, the kernel deletes it and ignores further ones`,
        zh: `本机在 ${dev} 上经路由通告得到 IPv6 路由：这次运行要打开 net.ipv6.conf.all.forwarding，内核随即删除这条路由，并忽略之后的通告`,
      },
      fix: {
        en: `first: sysctl -w net.ipv6.conf.${dev}.accept_ra=2`,
        zh: `先运行：sysctl -w net.ipv6.conf.${dev}.accept_ra=2`,
      },
    }));
}

/** What prevents the IPv6 part of a lab on this host, or deserves a warning. Pure. */
export function ipv6Findings(lab: Lab, facts: Facts): Preflight {
  const all = wantedBy(lab);
  if (all.length === 0) return { problems: [], warnings: [] };
  const off = disabled(facts);
  if (off !== undefined) return { problems: [off], warnings: [] };
  const attachments = lab.containers.flatMap((container) => container.attachments);
  return {
    problems: [
      ...all.flatMap((one) => withoutGateway(one, facts)),
      ...overlapping(all, facts),
      ...attachments.flatMap((one) => addressProblems(one, lab, facts)),
    ],
    warnings: losesRoute(facts),
  };
}
