import { type Argv, cmd } from '../model/command.ts';
import type { Attachment, LabNetwork } from '../model/lab.ts';
import { networkTable } from '../model/nft.ts';
import type { Plan } from '../model/plan.ts';
import type { Command } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import { enter } from '../model/where.ts';
import type { LinkState, NetworkState, Snapshot } from '../snapshot/snapshot.ts';

/** Something broken on purpose. */
export interface Fault {
  readonly id: string;
  readonly title: Text;
  readonly commands: readonly Command[];
  /** What a learner is to look at, the least telling hint first. */
  readonly hints: readonly Text[];
}

function onHost(argv: Argv): Command {
  return { argv, makes: [] };
}

function inContainer(container: string, argv: Argv): Command {
  return { ...enter(container, ['net'], argv), makes: [] };
}

function linkIn(network: NetworkState | undefined, name: string): LinkState | undefined {
  return network?.links.find((link) => link.name === name);
}

/** The faults of one end of a cable, as far as its steps are done. */
function faultsOf(one: Attachment, { host, containers }: Snapshot): readonly Fault[] {
  const { container, outer, device, network, gateway } = one;
  const inner = containers[container];
  const [cable, eth] = [linkIn(host, outer), linkIn(inner, device)];
  const address = eth?.addresses.find((found) => found.address === `${one.address}/${one.prefix}`);
  const route = inner?.routes.find(({ to, table }) => to === 'default' && table === 'main');
  const look = (where: string, zh: string): Text => ({
    en: `Look ${where}.`,
    zh: `看看${zh}。`,
  });
  const faults: (Fault | false)[] = [
    cable?.up === true && {
      id: 'cable',
      title: { en: `the cable: switch ${outer} off`, zh: `网线：关闭 ${outer}` },
      commands: [onHost(cmd`ip link set dev ${outer} down`)],
      hints: [
        look("at the host's interfaces", '宿主机的接口'),
        {
          en: `Compare the states of both ends of the veth pair, ${outer} and ${device}.`,
          zh: `比较 veth 对两端 ${outer} 和 ${device} 的状态。`,
        },
      ],
    },
    cable?.master !== undefined && {
      id: 'unplugged',
      title: {
        en: `the bridge: detach ${outer} from ${network.bridge}`,
        zh: `网桥：把 ${outer} 从 ${network.bridge} 上摘下`,
      },
      commands: [onHost(cmd`ip link set dev ${outer} nomaster`)],
      hints: [
        look('at the bridge', '网桥'),
        {
          en: `Which ports does ${network.bridge} have? Try: bridge link`,
          zh: `${network.bridge} 有哪些端口？试试：bridge link`,
        },
      ],
    },
    address !== undefined && {
      id: 'address',
      title: { en: `the address: remove it from ${device}`, zh: `地址：从 ${device} 上删除` },
      commands: [inContainer(container, cmd`ip addr del ${address.address} dev ${device}`)],
      hints: [
        look('into the container', '容器内部'),
        {
          en: `Does ${device} have an address? And which routes need it?`,
          zh: `${device} 有地址吗？哪些路由依赖它？`,
        },
      ],
    },
    route?.via !== undefined && {
      id: 'route',
      title: { en: 'the route: delete the default route', zh: '路由：删除默认路由' },
      commands: [inContainer(container, cmd`ip route del default`)],
      hints: [
        look('into the container', '容器内部'),
        {
          en: `Ping ${gateway ?? 'the gateway'}, then an address farther away: which one fails?`,
          zh: `先 ping ${gateway ?? '网关'}，再 ping 更远的地址：哪一个不通？`,
        },
      ],
    },
    eth?.up === true && {
      id: 'eth',
      title: { en: `the interface: switch ${device} off`, zh: `接口：关闭 ${device}` },
      commands: [inContainer(container, cmd`ip link set dev ${device} down`)],
      hints: [
        look('into the container', '容器内部'),
        {
          en: `What is the state of ${device}? What became of its routes?`,
          zh: `${device} 处于什么状态？它的路由怎么样了？`,
        },
      ],
    },
  ];
  return faults.filter((fault) => fault !== false);
}

/** The command that takes the masquerading away; undefined where there is none. */
function withoutMasquerade(network: LabNetwork, { firewall }: NetworkState): Command | undefined {
  const marked = (one: NetworkState['firewall'][number]) =>
    one.text.includes(`ctr:${network.bridge}`);
  if (network.firewall === 'nftables') {
    const table = networkTable(network);
    const found = firewall.some(
      (one) => one.table === `ip ${table}` && one.chain === 'postrouting' && marked(one),
    );
    return found ? onHost(cmd`nft flush chain ip ${table} postrouting`) : undefined;
  }
  const rule = firewall.find(
    (one) => one.tool !== 'ip6tables' && one.table === 'nat' && marked(one),
  );
  if (rule === undefined) return undefined;
  return {
    argv: cmd`iptables-restore --noflush --wait 5`,
    input: `*nat\n${rule.text.replace(/^-A/, '-D')}\nCOMMIT\n`,
    makes: [],
  };
}

/** The faults of the host's part: forwarding and the firewall. */
function hostFaults(plan: Plan, { host }: Snapshot): readonly Fault[] {
  return plan.lab.networks.flatMap((network): readonly Fault[] => {
    const { bridge } = network;
    const link = linkIn(host, bridge);
    const key = `net/ipv4/conf/${bridge}/forwarding`;
    const command = withoutMasquerade(network, host);
    const faults: (Fault | false)[] = [
      link?.up === true && {
        id: `bridge-${bridge}`,
        title: { en: `the bridge: switch ${bridge} off`, zh: `网桥：关闭 ${bridge}` },
        commands: [onHost(cmd`ip link set dev ${bridge} down`)],
        hints: [
          { en: "Look at the host's interfaces.", zh: '看看宿主机的接口。' },
          {
            en: 'Is the gateway of the containers there, and is it up?',
            zh: '容器的网关还在吗？启用了吗？',
          },
        ],
      },
      host.sysctls[key] === '1' && {
        id: `forwarding-${bridge}`,
        title: {
          en: `forwarding: switch it off for ${bridge}`,
          zh: `转发：对 ${bridge} 关闭`,
        },
        commands: [onHost(cmd`sysctl -qw ${`${key}=0`}`)],
        hints: [
          { en: 'Look at the host, not at the container.', zh: '问题在宿主机，不在容器里。' },
          {
            en: 'The gateway answers, but nothing behind it: who passes packets on, and when?',
            zh: '网关能通，再往外就不通：谁负责转发数据包？什么时候转发？',
          },
        ],
      },
      command !== undefined && {
        id: `nat-${bridge}`,
        title: {
          en: 'NAT: delete the MASQUERADE rule',
          zh: 'NAT：删除 MASQUERADE 规则',
        },
        commands: [command],
        hints: [
          { en: 'Look at the firewall of the host.', zh: '看看宿主机的防火墙。' },
          {
            en: 'Packets leave the host. From which source address, and can anybody answer it?',
            zh: '数据包离开了宿主机。它的源地址是什么？对方能回复这个地址吗？',
          },
        ],
      },
    ];
    return faults.filter((fault) => fault !== false);
  });
}

/** The faults that fit a state: each needs what it breaks. */
export function faultsFor(plan: Plan, state: Snapshot): readonly Fault[] {
  const cables = plan.lab.containers.flatMap(({ attachments }) => attachments);
  return [...cables.flatMap((one) => faultsOf(one, state)), ...hostFaults(plan, state)];
}
