import { cmd } from '../command.ts';
import { sharedGroup } from '../names.ts';
import type { NetworkStep } from '../step.ts';

/** ip-link(8), type bridge. */
export const ensureBridge: NetworkStep = (network, { facts }) => {
  const { bridge, gateway, prefix, mac } = network;
  const key = `bridge:${bridge}`;
  const held = facts.shared[key];
  if (held === undefined && facts.links.some((link) => link.name === bridge)) return null;
  return {
    id: 'ensure-bridge',
    of: network.name,
    title:
      held === undefined
        ? { en: `Create bridge ${bridge}`, zh: `创建网桥 ${bridge}` }
        : { en: `Share bridge ${bridge}`, zh: `共用网桥 ${bridge}` },
    why: {
      en: `A bridge is a switch inside the kernel. Its own address, ${gateway}, makes the host the gateway of everything plugged into it. The fixed MAC keeps it from copying the lowest one of its ports.`,
      zh: `网桥 (bridge) 是内核里的交换机。它自己的地址 ${gateway} 让宿主机成为所有接入者的网关。固定 MAC 之后，它就不会去抄端口中最小的那个。`,
    },
    commands:
      held === undefined
        ? [
            {
              argv: cmd`ip link add name ${bridge} address ${mac} group ${sharedGroup} type bridge`,
              undo: {
                kind: 'delete-link',
                link: bridge,
                group: sharedGroup,
                address: `${gateway}/${prefix}`,
                mac,
                shared: key,
              },
            },
            { argv: cmd`ip addr add ${gateway}/${prefix} broadcast + dev ${bridge}` },
            { argv: cmd`ip link set dev ${bridge} up` },
          ]
        : [],
    inherits: held === undefined ? [] : [held],
    effects: [
      { kind: 'link', where: 'host', what: bridge },
      { kind: 'address', where: 'host', what: `${gateway}/${prefix} on ${bridge}` },
      { kind: 'route', where: 'host', what: `${network.subnet} dev ${bridge}` },
    ],
  };
};
