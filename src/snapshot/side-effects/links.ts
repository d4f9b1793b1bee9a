import { gained, hasMoved, isField, lost, portsOf, type SideEffect } from './surprise.ts';

/** Of interfaces: carriers, states, what a move or a port changes. */
export const links: readonly SideEffect[] = [
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
];
