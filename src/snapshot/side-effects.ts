import type { Text } from '../model/text.ts';
import type { Change } from './change.ts';
import { linkAt, networkAt } from './places.ts';
import type { LinkState, Snapshot } from './snapshot.ts';

/** A change that nobody asked for, with what else changed. */
export interface Surprise {
  readonly change: Change;
  readonly changes: readonly Change[];
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** Something that the kernel or a tool does by itself. */
export interface SideEffect {
  readonly id: string;
  readonly matches: (surprise: Surprise) => boolean;
  readonly says: Text;
  /** It always comes with another change that says more. */
  readonly minor?: true;
}

/** The interface that a change is about, before and after. */
function linkOf({ change, before, after }: Surprise) {
  const name = change.object === 'link' ? change.of : (change.dev ?? '');
  return {
    was: linkAt(before, change.place, name),
    is: linkAt(after, change.place, name),
  };
}

function portsOf(snapshot: Snapshot, place: string, bridge: string): readonly LinkState[] {
  return networkAt(snapshot, place)?.links.filter(({ master }) => master === bridge) ?? [];
}

function isField({ object, op }: Change, field: string | undefined, ...fields: string[]): boolean {
  return object === 'link' && op === 'changed' && fields.includes(field ?? '');
}

/** Whether another change of the same interface is there. */
function happened(surprise: Surprise, fits: (change: Change) => boolean): boolean {
  const { change, changes } = surprise;
  const name = change.object === 'link' ? change.of : change.dev;
  return changes.some(
    (one) => one.object === 'link' && one.place === change.place && one.of === name && fits(one),
  );
}

/** The interface came from another place. */
function hasMoved(surprise: Surprise): boolean {
  return happened(surprise, ({ op }) => op === 'moved');
}

/** The interface is not there any more: deleted, or moved elsewhere. */
function isGone(surprise: Surprise): boolean {
  return linkOf(surprise).is === undefined;
}

function wentDown(surprise: Surprise): boolean {
  return isGone(surprise) || happened(surprise, ({ field, to }) => field === 'up' && to === 'down');
}

/** Whether the change of an interface's state or carrier says that it has one now. */
function gained({ field, to }: Change): boolean {
  return (field === 'carrier' && to === 'yes') || (field === 'state' && to === 'UP');
}

function lost({ field, to }: Change): boolean {
  return (
    (field === 'carrier' && to === 'no') ||
    (field === 'state' && (to === 'DOWN' || to === 'LOWERLAYERDOWN'))
  );
}

/**
 * Known side effects; the first that matches explains a change. The sentences say why it happens, and make sense
 * without the rest of the diff.
 */
export const sideEffects: readonly SideEffect[] = [
  {
    id: 'bridge-loses-carrier',
    matches: (surprise) => {
      const { change, after } = surprise;
      if (!isField(change, change.field, 'carrier', 'state') || change.kind !== 'bridge')
        return false;
      const ports = portsOf(after, change.place, change.of);
      return (
        lost(change) && ports.length > 0 && ports.every(({ port }) => port?.state === 'disabled')
      );
    },
    says: {
      en: 'An empty bridge that nobody gave a MAC counts as having a carrier. With ports, it has one only while a port works, and this port is dead: it is down, or the other end of its cable is.',
      zh: '没有端口、也没有指定 MAC 的网桥算作有载波。有了端口之后，至少有一个端口能用，网桥才有载波；而这个端口还不通：它自己或者对端没有启用。',
    },
  },
  {
    id: 'bridge-gains-carrier',
    matches: ({ change }) =>
      isField(change, change.field, 'carrier', 'state') &&
      change.kind === 'bridge' &&
      gained(change),
    says: {
      en: 'A bridge has a carrier as soon as one of its ports works, and then its own state becomes UP.',
      zh: '只要有一个端口能用，网桥就有载波，它自己的状态也变为 UP。',
    },
  },
  {
    id: 'bridge-without-working-port',
    matches: ({ change }) =>
      isField(change, change.field, 'carrier', 'state') && change.kind === 'bridge' && lost(change),
    says: {
      en: 'The last port of the bridge that worked is gone or down, so the bridge has no carrier.',
      zh: '网桥上最后一个能用的端口已经离开或关闭，所以网桥没有载波了。',
    },
  },
  {
    id: 'lower-layer-down',
    matches: ({ change }) =>
      isField(change, change.field, 'state') && change.to === 'LOWERLAYERDOWN',
    says: {
      en: 'The interface is on, but the other end of its cable is not: LOWERLAYERDOWN means that what lies below is down. It becomes UP by itself when the other end is set up.',
      zh: '接口已启用，但网线的另一端还没有启用：LOWERLAYERDOWN 的意思是下层没有连通。另一端启用后，它会自动变为 UP。',
    },
  },
  {
    id: 'peer-gives-carrier',
    matches: ({ change }) =>
      isField(change, change.field, 'carrier', 'state') && change.kind === 'veth' && gained(change),
    says: {
      en: 'A veth pair is a cable: the interface has a carrier as soon as both ends are up, and the other end has just been set up.',
      zh: 'veth 对就像一根网线：两端都启用后接口才有载波，而对端刚刚启用。',
    },
  },
  {
    id: 'peer-takes-carrier',
    matches: ({ change }) =>
      isField(change, change.field, 'carrier', 'state') && change.kind === 'veth' && lost(change),
    says: {
      en: 'A veth pair is a cable: when one end goes down, the other end loses its carrier.',
      zh: 'veth 对就像一根网线：一端关闭，另一端就没有载波。',
    },
  },
  {
    id: 'move-takes-down',
    matches: (surprise) => {
      const { change } = surprise;
      return isField(change, change.field, 'up', 'state', 'carrier') && hasMoved(surprise);
    },
    says: {
      en: 'The kernel takes an interface down before it moves it to another network namespace.',
      zh: '内核在把接口移到另一个网络命名空间之前，会先将它关闭。',
    },
  },
  {
    id: 'move-takes-master',
    matches: (surprise) =>
      isField(surprise.change, surprise.change.field, 'master', 'group', 'altname', 'on') &&
      hasMoved(surprise),
    says: {
      en: 'An interface that moves to another network namespace leaves its bridge, and what is known only in the old namespace stays behind.',
      zh: '接口移到另一个网络命名空间时，会离开原来的网桥，只在旧命名空间里有效的设置不会带走。',
    },
  },
  {
    id: 'move-takes-addresses',
    matches: (surprise) =>
      surprise.change.object === 'address' &&
      surprise.change.op === 'removed' &&
      hasMoved(surprise),
    says: {
      en: 'An interface loses its addresses when it moves to another network namespace. That is why addresses are set after the move.',
      zh: '接口移到另一个网络命名空间时，地址会被清除。所以要移动之后再配置地址。',
    },
  },
  {
    id: 'bridge-takes-mac',
    matches: ({ change }) => isField(change, change.field, 'mac') && change.kind === 'bridge',
    says: {
      en: 'A bridge that nobody gave a MAC takes the lowest MAC of its ports, and none when it has no ports.',
      zh: '没有指定 MAC 的网桥会采用各端口中最小的 MAC；没有端口时就没有。',
    },
  },
  {
    id: 'bridge-takes-mtu',
    matches: ({ change }) => isField(change, change.field, 'mtu') && change.kind === 'bridge',
    says: {
      en: 'A bridge that nobody gave an MTU takes the smallest MTU of its ports, and 1500 when it has no ports.',
      zh: '没有指定 MTU 的网桥会采用各端口中最小的 MTU；没有端口时是 1500。',
    },
  },
  {
    id: 'port-state',
    matches: ({ change }) => isField(change, change.field, 'port'),
    minor: true,
    says: {
      en: 'A bridge forwards through a port only while the port is up and has a carrier.',
      zh: '端口已启用并且有载波时，网桥才通过它转发。',
    },
  },
  {
    id: 'loopback-addresses',
    matches: ({ change }) =>
      change.object === 'address' && change.dev === 'lo' && /^(?:127\.|::1\/)/.test(change.of),
    says: {
      en: 'The kernel gives a loopback its address 127.0.0.1 when it is set up, and each network namespace has a loopback of its own.',
      zh: '回环接口启用时，内核自动给它 127.0.0.1；每个网络命名空间都有自己的回环接口。',
    },
  },
  {
    id: 'addresses-go-with-interface',
    matches: (surprise) =>
      surprise.change.object === 'address' && surprise.change.op === 'removed' && isGone(surprise),
    says: {
      en: 'Addresses belong to an interface and go with it.',
      zh: '地址属于接口，接口没有了，地址也就没有了。',
    },
  },
  {
    id: 'secondary-address',
    matches: ({ change, changes }) =>
      change.object === 'address' &&
      change.op === 'removed' &&
      changes.some(
        (one) =>
          one !== change &&
          one.op === 'removed' &&
          one.object === 'address' &&
          one.dev === change.dev,
      ),
    says: {
      en: 'When the first address of a subnet is removed from an interface, the kernel removes the other addresses of that subnet too, unless promote_secondaries is set.',
      zh: '删除接口上某个子网的第一个地址时，内核会把同一子网的其他地址一并删除（除非设置了 promote_secondaries）。',
    },
  },
  {
    id: 'local-route',
    matches: ({ change }) => change.object === 'route' && change.kind === 'kernel local',
    minor: true,
    says: {
      en: 'For each of its own addresses the kernel keeps a route in table local: packets to it are for this machine.',
      zh: '内核为自己的每个地址在 local 表里维护一条路由：发往这个地址的包由本机接收。',
    },
  },
  {
    id: 'broadcast-route',
    matches: ({ change }) => change.object === 'route' && change.kind === 'kernel broadcast',
    minor: true,
    says: {
      en: 'The broadcast address of a subnet has a route in table local as well: packets to it go to everybody in the subnet.',
      zh: '子网的广播地址在 local 表里也有一条路由：发往它的包送给子网里的所有主机。',
    },
  },
  {
    id: 'linkdown',
    matches: ({ change }) => change.object === 'route' && change.field === 'linkdown',
    says: {
      en: 'The flag linkdown says that the interface of the route has no carrier. The kernel sets it and takes it away.',
      zh: 'linkdown 标志表示这条路由的接口没有载波，由内核自动加上或去掉。',
    },
  },
  {
    id: 'routes-go-with-link',
    matches: (surprise) =>
      surprise.change.object === 'route' && surprise.change.op === 'removed' && wentDown(surprise),
    says: {
      en: 'When an interface goes down, the kernel removes the routes through it. The default route does not come back by itself when it goes up again.',
      zh: '接口关闭时，内核会删除经过它的路由。再次启用后，默认路由不会自动恢复。',
    },
  },
  {
    id: 'connected-route-without-carrier',
    matches: ({ change }) =>
      change.object === 'route' &&
      change.kind === 'kernel unicast' &&
      change.to === 'linkdown' &&
      !/ table /.test(change.of),
    says: {
      en: 'An address with a prefix says which addresses are reached directly through the interface. The kernel makes this route of it, once the interface is up. The flag linkdown says that the interface has no carrier yet: nothing that works is plugged in.',
      zh: '带前缀的地址说明了哪些地址可以从这个接口直接到达。接口启用后，内核据此自动添加这条直连路由。linkdown 标志表示接口还没有载波：上面还没有接入能用的端口。',
    },
  },
  {
    id: 'connected-route',
    matches: ({ change }) =>
      change.object === 'route' && change.kind === 'kernel unicast' && !/ table /.test(change.of),
    says: {
      en: 'An address with a prefix says which addresses are reached directly through the interface. The kernel makes this route of it, once the interface is up.',
      zh: '带前缀的地址说明了哪些地址可以从这个接口直接到达。接口启用后，内核据此自动添加这条直连路由。',
    },
  },
  {
    id: 'both-ends-go',
    matches: ({ change }) =>
      change.object === 'link' && change.kind === 'veth' && change.op === 'removed',
    says: {
      en: 'The two ends of a veth pair exist only together. Who deletes one of them, or ends the network namespace that it is in, deletes both.',
      zh: 'veth 对的两端同生同灭：删除一端，或者一端所在的网络命名空间消失，另一端也随之删除。',
    },
  },
  {
    id: 'other-end-comes',
    matches: ({ change }) =>
      change.object === 'link' && change.kind === 'veth' && change.op === 'added',
    says: {
      en: 'A veth pair always has two ends, and one command creates both.',
      zh: 'veth 对总有两端，一条命令同时创建两端。',
    },
  },
  {
    id: 'namespaces-end',
    matches: ({ change }) =>
      change.op === 'removed' && (change.object === 'namespace' || change.object === 'process'),
    says: {
      en: 'Namespaces last as long as a process is in them. When process 1 of a container ends, the kernel ends all others in it, and removes its interfaces, addresses, routes and mounts.',
      zh: '命名空间里还有进程时才存在。容器的 1 号进程结束后，内核会结束其中所有进程，并删除其中的接口、地址、路由和挂载。',
    },
  },
  {
    id: 'fdb-learnt',
    matches: ({ change }) =>
      change.object === 'fdb' && change.kind === 'learnt' && change.op !== 'removed',
    says: {
      en: 'A bridge learns from each frame behind which port its sender is. This entry comes from the first frame of that MAC.',
      zh: '网桥从收到的每一帧学习发送者在哪个端口后面。这个 MAC 发来第一帧时，就有了这一项。',
    },
  },
  {
    id: 'fdb-forgotten',
    matches: ({ change }) => change.object === 'fdb' && change.kind === 'learnt',
    minor: true,
    says: {
      en: 'A bridge forgets what it has learnt of a port that goes down or leaves, and of a MAC that has been silent for five minutes.',
      zh: '端口关闭或离开时，网桥会忘掉从它学到的 MAC；五分钟没有动静的 MAC 也会被忘掉。',
    },
  },
  {
    id: 'fdb-own',
    matches: ({ change }) => change.object === 'fdb' && change.kind === 'permanent',
    minor: true,
    says: {
      en: 'A bridge has permanent entries for its own MAC and for those of its ports: frames to them are for this machine.',
      zh: '网桥为自己和各端口的 MAC 保留永久的表项：发往这些 MAC 的帧由本机接收。',
    },
  },
  {
    id: 'neighbour-found',
    matches: ({ change }) =>
      change.object === 'neighbour' && change.op !== 'removed' && change.kind !== 'FAILED',
    says: {
      en: 'The kernel asked by ARP who has this address, and keeps the answer: the MAC to which it sends frames.',
      zh: '内核用 ARP 询问谁拥有这个地址，并记住答案：帧要发往的 MAC。',
    },
  },
  {
    id: 'neighbour-silent',
    matches: ({ change }) => change.object === 'neighbour' && change.op !== 'removed',
    says: {
      en: 'The kernel asked by ARP who has this address, and nobody answered.',
      zh: '内核用 ARP 询问谁拥有这个地址，没有人回答。',
    },
  },
  {
    id: 'neighbour-forgotten',
    matches: ({ change }) => change.object === 'neighbour',
    says: {
      en: 'The kernel forgets the neighbours on an interface that goes down, and those that nobody has asked for in a while.',
      zh: '接口关闭时，内核会忘掉这个接口上的邻居；一段时间没有用到的邻居也会被忘掉。',
    },
  },
  {
    id: 'table-made',
    matches: ({ change }) => change.object === 'firewall' && change.kind === 'table',
    minor: true,
    says: {
      en: 'iptables creates a table with its built-in chains when it is first used. Their policy ACCEPT lets everything through, and an empty table stays.',
      zh: 'iptables 第一次使用某个表时，会创建这个表和它的内建链。策略 ACCEPT 放行所有包；清空之后表仍然留着。',
    },
  },
  {
    id: 'forwarding-of-all',
    matches: ({ change, changes }) =>
      change.object === 'sysctl' &&
      change.op === 'changed' &&
      /\/forwarding$|ip_forward$/.test(change.of) &&
      changes.some(
        ({ object, of }) =>
          object === 'sysctl' && of !== change.of && /ip_forward$|conf\/all\/forwarding$/.test(of),
      ),
    says: {
      en: 'Writing ip_forward or conf/all/forwarding sets forwarding of every interface, and of those to come.',
      zh: '写入 ip_forward 或 conf/all/forwarding 会同时改变所有接口（包括以后新建的接口）的转发设置。',
    },
  },
  {
    id: 'module-loaded',
    matches: ({ change }) =>
      change.object === 'sysctl' && change.op === 'added' && change.of.startsWith('net/bridge/'),
    says: {
      en: 'The kernel has loaded the module br_netfilter, which brings this setting: whether frames of a bridge pass iptables.',
      zh: '内核加载了 br_netfilter 模块，这个设置随之出现：它决定网桥上的帧是否经过 iptables。',
    },
  },
  {
    id: 'settings-of-new-interface',
    matches: ({ change }) => change.object === 'sysctl' && change.op !== 'changed',
    minor: true,
    says: {
      en: 'Each interface has settings of its own below /proc/sys/net, which come and go with it.',
      zh: '每个接口在 /proc/sys/net 下都有自己的设置，随接口出现和消失。',
    },
  },
  {
    id: 'old-root-out-of-sight',
    matches: ({ change, changes }) =>
      change.object === 'mount' &&
      changes.some((one) => one.object === 'mount' && one.place === change.place && one.of === '/'),
    says: {
      en: 'Paths are looked up from the root. When a process gets another root, mounts that are not below it are out of its sight.',
      zh: '路径从根目录开始查找。进程换了根目录以后，不在新的根目录之下的挂载就看不到了。',
    },
  },
];
