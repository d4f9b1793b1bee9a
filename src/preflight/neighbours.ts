import type { Problem } from '../errors.ts';
import type { Facts } from '../facts/index.ts';
import { foreignNeighbours } from '../lab/allotment.ts';
import type { Attachment } from '../lab.ts';
import { own } from '../own.ts';
import type { Preflight } from '../preflight.ts';

/** It has answered a moment ago, or somebody has written that it is there. */
const sure = new Set(['REACHABLE', 'DELAY', 'PROBE', 'PERMANENT']);

/** Whether somebody else has a container's address: this host, or a neighbour on the bridge. */
export function takenAddress(
  { address, mac, container, network }: Attachment,
  facts: Facts,
): Preflight {
  const nothing = { problems: [], warnings: [] };
  if (own(facts.reserved, network.bridge)?.includes(address)) return nothing;
  const holder = facts.links.find((link) =>
    link.addresses.some((one) => one.split('/')[0] === address),
  );
  if (holder !== undefined) {
    const problem: Problem = {
      code: 'H021',
      place: container,
      message: {
        en: `address ${address} is this host's own, on ${holder.name}`,
        zh: `地址 ${address} 是本机自己的，在 ${holder.name} 上`,
      },
      fix: { en: 'choose another address', zh: '换一个地址' },
    };
    return { ...nothing, problems: [problem] };
  }
  const neighbour = foreignNeighbours(network.bridge, facts).find(
    (one) => one.address === address && one.mac !== mac,
  );
  if (neighbour === undefined) return nothing;
  const problem: Problem = {
    code: sure.has(neighbour.state) ? 'H022' : 'W136',
    place: container,
    message: sure.has(neighbour.state)
      ? {
          en: `${neighbour.mac} on ${network.bridge} has the address ${address}`,
          zh: `${network.bridge} 上的 ${neighbour.mac} 已占用地址 ${address}`,
        }
      : {
          en: `${neighbour.mac} on ${network.bridge} had the address ${address} not long ago`,
          zh: `${network.bridge} 上的 ${neighbour.mac} 不久前用过地址 ${address}`,
        },
    fix: {
      en: `choose another address; if that one is gone: ip neigh del ${address} dev ${network.bridge}`,
      zh: `换一个地址；如果对方已不在：ip neigh del ${address} dev ${network.bridge}`,
    },
  };
  return sure.has(neighbour.state)
    ? { ...nothing, problems: [problem] }
    : { ...nothing, warnings: [problem] };
}

/** What a bridge that filters VLANs does to who is plugged into it. */
export function vlanWarnings(
  { network: { bridge } }: Attachment,
  facts: Facts,
): readonly Problem[] {
  const vlan = facts.links.find(({ name }) => name === bridge)?.bridge?.vlan ?? 0;
  if (vlan === 0) return [];
  return [
    {
      code: 'W133',
      place: bridge,
      message: {
        en: `${bridge} filters VLANs: the containers are put in VLAN ${vlan}, and reach only what is in it`,
        zh: `${bridge} 过滤 VLAN：容器被放进 VLAN ${vlan}，只能到达同一 VLAN 里的主机`,
      },
      fix: {
        en: `bridge vlan show dev ${bridge} says whether the host itself is in it`,
        zh: `bridge vlan show dev ${bridge} 会说明主机自己是否在里面`,
      },
    },
  ];
}
