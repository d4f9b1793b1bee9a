import type { Facts, LinkFact } from '../facts/index.ts';
import { cmd } from '../model/command.ts';
import type { LabNetwork } from '../model/lab.ts';
import { isOurGroup, sharedGroup } from '../model/names.ts';
import type { LinkSetting } from '../model/resource.ts';
import type { Command, Step } from '../model/step.ts';
import { bridgeArgv } from '../resources/bridge-settings.ts';
import { quietLink, quietWhy } from './ipv6.ts';
import type { NetworkStep } from './scope.ts';
import { sharedChange } from './shared-change.ts';

const noMac = '00:00:00:00:00:00';

function upSetting(link: string): LinkSetting {
  return { kind: 'link-setting', link, setting: 'up', value: '' };
}

/**
 * A bridge that existed before is used unchanged. When a port leaves an otherwise empty bridge, the kernel changes its
 * MAC and MTU (br_stp_recalculate_bridge_id, br_mtu_auto_adjust). So ctr fixes the MAC, and restores the MTU later.
 * With STP, setting the MAC would give the bridge the id zero, which wins every election; then ctr restores the MAC
 * later instead.
 */
function existingBridge(link: LinkFact, { name }: LabNetwork, facts: Facts): Step | null {
  const { name: bridge, mac, mtu, up } = link;
  const key = `bridge-state:${bridge}`;
  const held = facts.shared[key] !== undefined;
  const ports = facts.links.some(({ master, group }) => master === bridge && !isOurGroup(group));
  if (ports && !held) return null;
  const kept = mac === noMac ? {} : { mac };
  const before = { kind: 'bridge-settings', link: bridge, ...kept, mtu, up } as const;
  const { mac: _, ...withoutMac } = before;
  const stp = link.bridge !== undefined && link.bridge.stp !== 'off';
  const argv = [...bridgeArgv({ ...(stp ? withoutMac : before), up: true }), 'up'];
  const { commands, inherits } = sharedChange(facts, key, argv, before, [upSetting(bridge)]);
  return {
    id: 'ensure-bridge',
    of: name,
    title: held
      ? { en: `Share bridge ${bridge}`, zh: `共用网桥 ${bridge}` }
      : up
        ? { en: `Keep bridge ${bridge} as it is`, zh: `让网桥 ${bridge} 保持原样` }
        : { en: `Switch bridge ${bridge} on`, zh: `启用网桥 ${bridge}` },
    why: {
      en: `${bridge} existed before and has no ports. When the last port leaves a bridge, the kernel resets the bridge's MAC and MTU, unless somebody has set them explicitly. So ctr sets them explicitly, to the values that they have now.`,
      zh: `${bridge} 原本就存在，而且没有端口。最后一个端口离开时，内核会重置网桥的 MAC 和 MTU，除非它们被显式设置过。所以 ctr 按当前值显式设置一遍。`,
    },
    commands,
    inherits,
  };
}

/** The bridge's IPv6 address, once the interface asks nobody. */
function address6Of(bridge: string, address: string): readonly Command[] {
  return [
    quietLink(bridge),
    {
      argv: cmd`ip addr add ${address} dev ${bridge} nodad`,
      makes: [{ kind: 'address', link: bridge, address }],
    },
  ];
}

/** ip-link(8), type bridge. */
export const ensureBridge: NetworkStep = (network, { facts }) => {
  const { bridge, gateway, prefix, mac, ipv6 } = network;
  const address6 = ipv6 === undefined ? undefined : `${ipv6.gateway}/${ipv6.prefix}`;
  const six = address6 === undefined ? {} : { address6 };
  const address = `${gateway}/${prefix}`;
  const key = `bridge:${bridge}`;
  const held = facts.shared[key];
  const link = facts.links.find(({ name }) => name === bridge);
  if (held === undefined && link !== undefined) {
    return isOurGroup(link.group) ? null : existingBridge(link, network, facts);
  }
  const label =
    held === undefined
      ? {
          en: ' The number after group is a label, by which ctr later recognises the interfaces that it created.',
          zh: 'group 后面的数字是标记，ctr 之后靠它认出自己创建的接口。',
        }
      : { en: '', zh: '' };
  return {
    id: 'ensure-bridge',
    of: network.name,
    title:
      held === undefined
        ? { en: `Create bridge ${bridge}`, zh: `创建网桥 ${bridge}` }
        : { en: `Share bridge ${bridge}`, zh: `共用网桥 ${bridge}` },
    why: {
      en: `A bridge is a switch inside the kernel, and ${gateway} is the host's own address on it, which the containers use as their gateway. Without a fixed MAC the bridge would take the lowest one of its ports, and change it whenever a port comes or goes.${label.en}${ipv6 === undefined || held !== undefined ? '' : quietWhy.en}`,
      zh: `网桥 (bridge) 是内核里的交换机，${gateway} 是宿主机在这个网桥上的地址，容器用它作网关。如果不固定 MAC，网桥会取各端口中最小的一个，端口一增减就可能改变。${label.zh}${ipv6 === undefined || held !== undefined ? '' : quietWhy.zh}`,
    },
    commands:
      held === undefined
        ? [
            {
              argv: cmd`ip link add name ${bridge} address ${mac} group ${sharedGroup} type bridge`,
              makes: [
                {
                  kind: 'link',
                  name: bridge,
                  group: sharedGroup,
                  address,
                  ...six,
                  mac,
                  shared: key,
                },
              ],
            },
            {
              argv: cmd`ip addr add ${address} broadcast + dev ${bridge}`,
              makes: [{ kind: 'address', link: bridge, address }],
            },
            ...(address6 === undefined ? [] : address6Of(bridge, address6)),
            { argv: cmd`ip link set dev ${bridge} up`, makes: [upSetting(bridge)] },
          ]
        : [],
    inherits: held === undefined ? [] : [held],
  };
};
