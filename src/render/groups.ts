import type { Step } from '../model/step.ts';
import type { StepId, TeardownId } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';

const labels = {
  cable: { en: 'bridge and veth pair', zh: '网桥与 veth 对' },
  process: { en: 'a process in its own namespaces', zh: '独立命名空间里的进程' },
  address: { en: 'address and route', zh: '地址与路由' },
  root: { en: 'names and root file system', zh: '名字与根文件系统' },
  world: { en: 'forwarding and NAT', zh: '转发与 NAT' },
  go: { en: 'run the command', zh: '运行命令' },
} satisfies Record<string, Text>;

/** The chapter of each step. */
const chapters = {
  'ensure-bridge': 'cable',
  'create-veth': 'cable',
  'set-mac': 'cable',
  'attach-bridge': 'cable',
  'raise-link': 'cable',
  'make-cgroup': 'process',
  'start-child': 'process',
  'map-users': 'process',
  'move-link': 'process',
  'configure-address': 'address',
  'configure-route': 'address',
  'stage-root': 'root',
  'write-names': 'root',
  'mount-root': 'root',
  'pivot-root': 'root',
  'enable-forwarding': 'world',
  'allow-forwarding': 'world',
  masquerade: 'world',
  'add-table': 'world',
  'publish-port': 'world',
  'release-child': 'go',
  'create-links': 'cable',
  'set-up-root': 'root',
  'configure-addresses': 'address',
  'detach-old-root': 'root',
  'open-firewall': 'world',
} satisfies Record<Exclude<StepId, TeardownId>, keyof typeof labels>;

/** @returns undefined for a step of the way back. */
export function chapterOf({ id }: Step): Text | undefined {
  return id in chapters ? labels[chapters[id as keyof typeof chapters]] : undefined;
}
