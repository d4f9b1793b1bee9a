import type { ProblemCode } from '../codes/index.ts';
import { contains, overlaps, parseAddress, parseCidr, subnetOf, unusable } from '../config/ipv4.ts';
import type { Problem } from '../errors.ts';
import type { Facts, LinkFact } from '../facts/index.ts';
import type { Attachment, Lab, LabNetwork } from '../lab.ts';
import { isOurGroup } from '../names.ts';
import { own } from '../own.ts';
import type { Text } from '../text.ts';

/** To switch on a bridge that somebody has switched off would connect who is plugged into it. */
function switchedOff({ bridge }: LabNetwork, link: LinkFact, facts: Facts): readonly Problem[] {
  const port = facts.links.find(({ master, group }) => master === bridge && !isOurGroup(group));
  if (link.up || port === undefined) return [];
  return [
    {
      code: 'E068',
      place: bridge,
      message: {
        en: `bridge ${bridge} is down, and ${port.name} of somebody else is a port of it: to switch it on would connect that one`,
        zh: `网桥 ${bridge} 已停用，而且别人的 ${port.name} 是它的端口：启用它会把那个端口接通`,
      },
      fix: {
        en: `ip link set dev ${bridge} up, if that is meant, or name another bridge`,
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
          en: `${network.bridge} is there and is not a bridge but ${link.kind}`,
          zh: `${network.bridge} 已存在，但不是网桥 (bridge) 而是 ${link.kind}`,
        },
        fix: { en: 'name another bridge', zh: '换一个网桥名' },
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
        en: `bridge ${network.bridge} is there and does not have the gateway's address ${network.gateway}`,
        zh: `网桥 ${network.bridge} 已存在，但没有网关地址 ${network.gateway}`,
      },
      fix:
        found === ''
          ? {
              en: `ip addr add ${network.gateway}/${network.prefix} dev ${network.bridge}, or name another bridge`,
              zh: `ip addr add ${network.gateway}/${network.prefix} dev ${network.bridge}，或者换一个网桥名`,
            }
          : {
              en: `it has ${found}: use that as the gateway, or name another bridge`,
              zh: `它有 ${found}：用它当网关，或者换一个网桥名`,
            },
    },
  ];
}

/** Networks whose subnets only the host tells may meet; those that are written have been compared. */
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
          en: 'write subnets that share no address, in place of "auto"',
          zh: '不要写 "auto"，写明没有公共地址的子网',
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
        en: `${address} is the first or the last address of ${network.subnet}, the subnet of ${network.bridge}: no host can have it`,
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
