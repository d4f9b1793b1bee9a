import type { SideEffect } from './surprise.ts';

/** Of namespaces and mounts. */
export const namespaces: readonly SideEffect[] = [
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
