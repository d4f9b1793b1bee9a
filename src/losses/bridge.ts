import type { HostView, LinkFact } from '../facts/index.ts';
import type { ProblemCode } from '../model/codes/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab, LabNetwork } from '../model/lab.ts';
import { isOurGroup } from '../model/names.ts';
import { waysOut } from '../resolve/ways.ts';
import type { LossRule } from './loss-rule.ts';

type Rule = (network: LabNetwork, link: LinkFact, host: HostView, lab: Lab) => readonly Problem[];

function outersOn(lab: Lab, { bridge }: LabNetwork): readonly string[] {
  return lab.containers.flatMap(({ attachments }) =>
    attachments.flatMap((one) => (one.network.bridge === bridge ? one.outer : [])),
  );
}

/** A bridge silently drops a frame that is larger than the MTU of the port it leaves by. */
const tooLarge: Rule = ({ bridge, mtu }, link, { links }) => {
  const ports = links.filter(({ master, group }) => master === bridge && !isOurGroup(group));
  const [narrow] = ports.filter((port) => port.mtu < mtu);
  if (narrow === undefined && link.mtu >= mtu) return [];
  const [what, found] = narrow === undefined ? [bridge, link.mtu] : [narrow.name, narrow.mtu];
  return [
    {
      code: 'W130',
      place: bridge,
      message: {
        en: `${what} has MTU ${found}, but the containers have ${mtu}: packets that do not fit ${what} are lost`,
        zh: `${what} 的 MTU 是 ${found}，而容器的是 ${mtu}：超过 ${found} 字节的数据包会丢失`,
      },
      fix: {
        en: `write "mtu": ${found}, or "auto"`,
        zh: `写 "mtu": ${found} 或 "auto"`,
      },
    },
  ];
};

/** With STP, a new port forwards nothing while it is listening and learning (IEEE 802.1D). */
const notForwarding: Rule = (network, { bridge: facts }, { links }, lab) => {
  if (facts === undefined || facts.stp === 'off') return [];
  const { bridge } = network;
  const outers = outersOn(lab, network);
  const waiting = links.filter(
    ({ name, port }) => outers.includes(name) && port !== undefined && port.state !== 'forwarding',
  );
  const there = links.some(({ name }) => outers.includes(name));
  if (there && waiting.length === 0) return [];
  const seconds = 2 * facts.forwardDelay;
  const after =
    facts.stp === 'kernel'
      ? { en: `only after ${seconds} s`, zh: `要等 ${seconds} 秒` }
      : { en: 'only when the STP daemon lets it', zh: '要等 STP 守护进程放行' };
  const names = waiting.map(({ name, port }) => `${name} (${port?.state})`).join(', ');
  return [
    {
      code: 'W131',
      place: bridge,
      message: there
        ? {
            en: `${bridge} runs STP: a port forwards ${after.en}. Not forwarding yet: ${names}`,
            zh: `${bridge} 启用了生成树协议 (STP)：端口${after.zh}才转发。尚未转发：${names}`,
          }
        : {
            en: `${bridge} runs STP: a container's port forwards ${after.en}, and until then its packets are lost`,
            zh: `${bridge} 启用了生成树协议 (STP)：容器的端口${after.zh}才转发，在此之前容器的数据包会丢失`,
          },
      fix: {
        en: `wait, or ask the owner of ${bridge} to shorten the delay to 4 s: ip link set dev ${bridge} type bridge forward_delay 200`,
        zh: `等待，或者请 ${bridge} 的管理者把延迟缩短到 4 秒：ip link set dev ${bridge} type bridge forward_delay 200`,
      },
    },
  ];
};

/** With vlan_default_pvid 0 a new port is in no VLAN, and a bridge that filters VLANs drops all its frames. */
const noVlan: Rule = ({ bridge }, { bridge: facts }) =>
  facts?.vlan !== 0
    ? []
    : [
        {
          code: 'W132',
          place: bridge,
          message: {
            en: `${bridge} filters VLANs and puts new ports in no VLAN: it drops everything that the containers send`,
            zh: `${bridge} 启用了 VLAN 过滤，而新端口不属于任何 VLAN：网桥会丢弃容器发出的所有数据包`,
          },
          fix: {
            en: 'bridge vlan add dev PORT vid N pvid untagged, or use another bridge',
            zh: 'bridge vlan add dev 端口 vid N pvid untagged，或者换一个网桥',
          },
        },
      ];

/** A bridge with a master: a VRF routes its packets by another table, a bond receives all its frames. */
const inSomethingElse: Rule = ({ bridge }, { master }, { links }) => {
  if (master === undefined) return [];
  const kind = links.find(({ name }) => name === master)?.kind ?? '';
  return [
    {
      code: 'W134',
      place: bridge,
      message:
        kind === 'vrf'
          ? {
              en: `${bridge} is in the VRF ${master}: the kernel routes the containers' packets by the table of ${master}, not by main`,
              zh: `${bridge} 在 VRF ${master} 里：内核按 ${master} 的路由表而不是 main 表转发容器的数据包`,
            }
          : {
              en: `${bridge} is a port of ${master} (${kind}), which takes every packet that ${bridge} receives`,
              zh: `${bridge} 是 ${master} (${kind}) 的端口，${bridge} 收到的数据包都会交给 ${master}`,
            },
      fix: {
        en: `ip link set dev ${bridge} nomaster, or use another bridge`,
        zh: `ip link set dev ${bridge} nomaster，或者换一个网桥`,
      },
    },
  ];
};

/** Ports that somebody has locked, or isolated from each other (bridge(8)). */
const shutPorts: Rule = (network, _link, { links }, lab) => {
  const { bridge } = network;
  const outers = outersOn(lab, network);
  const ports = links.filter(({ name, master }) => master === bridge && outers.includes(name));
  const locked = ports.filter(({ port }) => port?.locked === true).map(({ name }) => name);
  const isolated = ports.filter(({ port }) => port?.isolated === true).map(({ name }) => name);
  const problem = (
    code: ProblemCode,
    en: string,
    zh: string,
    what: string,
    names: readonly string[],
  ): Problem => ({
    code,
    place: bridge,
    message: { en, zh },
    fix: {
      en: `bridge link set dev ${names[0]} ${what} off`,
      zh: `bridge link set dev ${names[0]} ${what} off`,
    },
  });
  return [
    ...(locked.length === 0
      ? []
      : [
          problem(
            'W135',
            `port ${locked.join(', ')} is locked: ${bridge} drops what the container sends`,
            `端口 ${locked.join('、')} 被锁定 (locked)：${bridge} 会丢弃容器发出的数据包`,
            'locked',
            locked,
          ),
        ]),
    ...(isolated.length < 2
      ? []
      : [
          problem(
            'W137',
            `ports ${isolated.join(', ')} are isolated: their containers cannot reach each other`,
            `端口 ${isolated.join('、')} 被隔离 (isolated)：这些端口上的容器互相不通`,
            'isolated',
            isolated,
          ),
        ]),
  ];
};

/** Without ARP, host and containers cannot learn each other's MAC addresses (RFC 826). */
const noArp: Rule = ({ bridge }, link) =>
  link.noArp !== true
    ? []
    : [
        {
          code: 'W138',
          place: bridge,
          message: {
            en: `ARP is off on ${bridge}: the host and the containers cannot find each other's MAC addresses`,
            zh: `${bridge} 关闭了 ARP：宿主机和容器无法得知对方的 MAC 地址`,
          },
          fix: {
            en: `ip link set dev ${bridge} arp on`,
            zh: `ip link set dev ${bridge} arp on`,
          },
        },
      ];

/** A port with learning and flooding off gets no frames (bridge(8)). */
const blindPorts: Rule = (network, _link, { links }, lab) => {
  const { bridge } = network;
  const outers = outersOn(lab, network);
  return links
    .filter(({ name, master, port }) => {
      return master === bridge && outers.includes(name) && port?.blind === true;
    })
    .map(({ name }) => ({
      code: 'W139',
      place: bridge,
      message: {
        en: `${name} has learning and flood off: ${bridge} passes nothing on to the container`,
        zh: `${name} 关闭了 learning 和 flood：${bridge} 不向容器转发任何帧`,
      },
      fix: {
        en: `bridge link set dev ${name} learning on flood on`,
        zh: `bridge link set dev ${name} learning on flood on`,
      },
    }));
};

const rules: readonly Rule[] = [
  tooLarge,
  notForwarding,
  noVlan,
  inSomethingElse,
  shutPorts,
  noArp,
  blindPorts,
];

/** Settings by which the bridge itself loses packets. */
export const bridgeLosses: LossRule = (lab, host) =>
  lab.networks.flatMap((network) => {
    const link = host.links.find(({ name }) => name === network.bridge);
    return link === undefined ? [] : rules.flatMap((rule) => rule(network, link, host, lab));
  });

const takers = ['bridge', 'bond', 'team', 'openvswitch'];

/** A frame that comes in by a port goes to the port's master, whatever addresses and routes the port has. */
export const enslavedWays: LossRule = (lab, host) => {
  const bridges = lab.networks.map(({ bridge }) => bridge);
  const [{ links }, ways] = [host, waysOut(host, bridges)];
  return links.flatMap(({ name, master }) => {
    const taker = links.find((link) => link.name === master);
    if (taker === undefined || !ways.includes(name) || !takers.includes(taker.kind)) return [];
    return [
      {
        code: 'W142',
        place: name,
        message: {
          en: `${name} is part of ${taker.name} (${taker.kind}), which takes the replies that come in through it`,
          zh: `${name} 属于 ${taker.name} (${taker.kind})，从 ${name} 进来的应答包会被它接管`,
        },
        fix: {
          en: `give ${taker.name} the address and the routes of ${name}, or: ip link set dev ${name} nomaster`,
          zh: `把 ${name} 的地址和路由移到 ${taker.name} 上，或者 ip link set dev ${name} nomaster`,
        },
      },
    ];
  });
};
