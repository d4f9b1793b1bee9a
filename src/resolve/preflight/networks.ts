import type { Facts, LinkFact } from '../../facts/index.ts';
import type { ProblemCode } from '../../model/codes/index.ts';
import type { Problem } from '../../model/errors.ts';
import {
  contains,
  overlaps,
  parseAddress,
  parseCidr,
  subnetOf,
  unusable,
} from '../../model/ipv4.ts';
import type { Attachment, Lab, LabNetwork } from '../../model/lab.ts';
import { isOurGroup } from '../../model/names.ts';
import { own } from '../../model/own.ts';
import type { Text } from '../../model/text.ts';

/** A problem if an existing bridge with foreign ports is down: ctr would connect these ports by setting it up. */
function switchedOff({ bridge }: LabNetwork, link: LinkFact, facts: Facts): readonly Problem[] {
  const port = facts.links.find(({ master, group }) => master === bridge && !isOurGroup(group));
  if (link.up || port === undefined) return [];
  return [
    {
      code: 'E068',
      place: bridge,
      message: {
        en: `bridge ${bridge} is down and has the port ${port.name}, which ctr did not create: switching ${bridge} on would connect ${port.name}`,
        zh: `网桥 ${bridge} 已停用，而它的端口 ${port.name} 不是 ctr 创建的：启用 ${bridge} 会接通 ${port.name}`,
      },
      fix: {
        en: `if you want that: ip link set dev ${bridge} up; otherwise use another bridge name`,
        zh: `如果确实要这样：ip link set dev ${bridge} up；否则换一个网桥名`,
      },
    },
  ];
}

export function bridgeProblems(network: LabNetwork, facts: Facts): readonly Problem[] {
  const link = facts.links.find(({ name }) => name === network.bridge);
  if (link === undefined) return [];
  if (link.kind !== 'bridge') {
    return [
      {
        code: 'E060',
        place: network.bridge,
        message: {
          en: `${network.bridge} already exists, but its type is ${link.kind}, not bridge`,
          zh: `${network.bridge} 已存在，但类型是 ${link.kind}，不是网桥 (bridge)`,
        },
        fix: { en: 'use another bridge name', zh: '换一个网桥名' },
      },
    ];
  }
  const has = link.addresses
    .map(parseCidr)
    .some((one) => one.address === parseAddress(network.gateway));
  if (has) return switchedOff(network, link, facts);
  const found = link.addresses.join(', ');
  return [
    {
      code: 'E062',
      place: network.bridge,
      message: {
        en: `bridge ${network.bridge} already exists, but does not have the gateway address ${network.gateway}`,
        zh: `网桥 ${network.bridge} 已存在，但没有网关地址 ${network.gateway}`,
      },
      fix:
        found === ''
          ? {
              en: `ip addr add ${network.gateway}/${network.prefix} dev ${network.bridge}, or use another bridge name`,
              zh: `ip addr add ${network.gateway}/${network.prefix} dev ${network.bridge}，或者换一个网桥名`,
            }
          : {
              en: `it has ${found}: use that as the gateway, or use another bridge name`,
              zh: `它有 ${found}：用它当网关，或者换一个网桥名`,
            },
    },
  ];
}

/**
 * Networks with overlapping subnets. Subnets that the config states have already been compared; these come from the
 * host.
 */
export function sharedSubnets(networks: readonly LabNetwork[]): readonly Problem[] {
  const subnet = (network: LabNetwork) => subnetOf(parseCidr(network.subnet));
  return networks.flatMap((one, index) =>
    networks
      .slice(0, index)
      .filter((other) => overlaps(subnet(one), subnet(other)))
      .map((other) => ({
        code: 'E026',
        place: one.bridge,
        message: {
          en: `subnet ${one.subnet} of network "${one.name}" overlaps ${other.subnet} of "${other.name}"`,
          zh: `网络 "${one.name}" 的子网 ${one.subnet} 与 "${other.name}" 的 ${other.subnet} 重叠`,
        },
        fix: {
          en: 'replace "auto" by subnets that share no address',
          zh: '不要写 "auto"，写明互不重叠的子网',
        },
      })),
  );
}

export function addressProblems(
  attachment: Attachment,
  lab: Lab,
  facts: Facts,
): readonly Problem[] {
  const { network, address, container } = attachment;
  const subnet = subnetOf(parseCidr(network.subnet));
  const problems: Problem[] = [];
  const add = (code: ProblemCode, message: Text, fix: Text) =>
    problems.push({ code, place: container, message, fix });
  if (!contains(subnet, parseAddress(address))) {
    add(
      'E022',
      {
        en: `address ${address} is outside ${network.subnet}, the subnet of ${network.bridge}`,
        zh: `地址 ${address} 不在 ${network.bridge} 的子网 ${network.subnet} 里`,
      },
      { en: `choose one inside ${network.subnet}`, zh: `在 ${network.subnet} 里选一个` },
    );
  } else if (unusable(parseAddress(address), subnet) !== null) {
    add(
      'E021',
      {
        en: `${address} is the first or the last address of ${network.subnet}, the subnet of ${network.bridge}: a host cannot use it`,
        zh: `${address} 是 ${network.bridge} 的子网 ${network.subnet} 的第一个或最后一个地址，主机不能用`,
      },
      { en: `choose another one inside ${network.subnet}`, zh: `在 ${network.subnet} 里另选一个` },
    );
  }
  if (!facts.runs.includes(lab.name) && own(facts.reserved, network.bridge)?.includes(address)) {
    add(
      'H006',
      {
        en: `address ${address} belongs to a container that is up`,
        zh: `地址 ${address} 属于一个正在运行的容器`,
      },
      { en: 'choose another address', zh: '换一个地址' },
    );
  }
  return problems;
}
