import type { Hostname, Mount, Program, WrittenFile } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';

// Resources in a container's namespaces, which the kernel removes with the namespaces. The container's own processes
// may change all of them, so ctr draws no conclusions from their state.

/** mount(8), mount_namespaces(7). */
export const mount: ResourceKind<Mount> = {
  reads: {},
  judge: () => undefined,
  says: ({ path }) => ({ en: `mount ${path}`, zh: `挂载 ${path}` }),
};

export const file: ResourceKind<WrittenFile> = {
  reads: {},
  judge: () => undefined,
  says: ({ path }) => ({ en: `file ${path}`, zh: `文件 ${path}` }),
};

/** hostname(1), uts_namespaces(7). */
export const hostname: ResourceKind<Hostname> = {
  reads: {},
  judge: () => undefined,
  says: (one) => ({ en: `host name ${one.hostname}`, zh: `主机名 ${one.hostname}` }),
};

/** execve(2). */
export const program: ResourceKind<Program> = {
  reads: {},
  judge: () => undefined,
  says: (one) => ({ en: `runs ${one.program}`, zh: `运行 ${one.program}` }),
};
