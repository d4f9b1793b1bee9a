import { type SideEffect, wentDown } from './surprise.ts';

/** Of routes, which the kernel makes of addresses. */
export const routes: readonly SideEffect[] = [
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
];
