import { hasMoved, isGone, type SideEffect } from './surprise.ts';

/** Of addresses. */
export const addresses: readonly SideEffect[] = [
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
];
