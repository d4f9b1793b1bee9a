import type { Facts } from '../../facts/index.ts';
import type { Problem } from '../../model/errors.ts';
import type { Attachment } from '../../model/lab.ts';
import { own } from '../../model/own.ts';
import { foreignNeighbours } from '../allotment.ts';
import type { Preflight } from './findings.ts';

/** States of a neighbour that answered recently or was added by hand. */
const sure = new Set(['REACHABLE', 'DELAY', 'PROBE', 'PERMANENT']);

/** Whether this host or a neighbour on the bridge has a container's address. */
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
        en: `this host itself has address ${address}, on ${holder.name}`,
        zh: `地址 ${address} 是本机 ${holder.name} 的地址`,
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
          en: `${neighbour.mac} on ${network.bridge} already uses the address ${address}`,
          zh: `${network.bridge} 上的 ${neighbour.mac} 已占用地址 ${address}`,
        }
      : {
          en: `${neighbour.mac} on ${network.bridge} recently used the address ${address}`,
          zh: `${network.bridge} 上的 ${neighbour.mac} 不久前用过地址 ${address}`,
        },
    fix: {
      en: `choose another address; if that neighbour is gone: ip neigh del ${address} dev ${network.bridge}`,
      zh: `换一个地址；如果那个邻居已不在：ip neigh del ${address} dev ${network.bridge}`,
    },
  };
  return sure.has(neighbour.state)
    ? { ...nothing, problems: [problem] }
    : { ...nothing, warnings: [problem] };
}

/** Warnings about a bridge with VLAN filtering. */
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
        en: `${bridge} filters VLANs: the containers are in VLAN ${vlan} and reach only hosts in that VLAN`,
        zh: `${bridge} 启用了 VLAN 过滤：容器属于 VLAN ${vlan}，只能到达同一 VLAN 里的主机`,
      },
      fix: {
        en: `to see whether this host itself is in that VLAN: bridge vlan show dev ${bridge}`,
        zh: `查看本机自己是否在这个 VLAN 里：bridge vlan show dev ${bridge}`,
      },
    },
  ];
}
