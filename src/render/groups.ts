import type { Step } from '../step.ts';
import type { Text } from '../text.ts';

const labels = {
  cable: { en: 'switch and cable', zh: '交换机与网线' },
  process: { en: 'a process of its own', zh: '自己的进程' },
  address: { en: 'address and route', zh: '地址与路由' },
  root: { en: 'names and files', zh: '名字与文件' },
  world: { en: 'reach the world', zh: '走向世界' },
  go: { en: 'go', zh: '出发' },
} satisfies Record<string, Text>;

/** Which chapter a step belongs to. */
const chapters: Readonly<Record<string, keyof typeof labels>> = {
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
  'release-child': 'go',
  'lay-cables': 'cable',
  'furnish-container': 'root',
  'give-addresses': 'address',
  'leave-host': 'root',
  'open-ways': 'world',
};

export function chapterOf(step: Step): Text {
  return labels[chapters[step.id] ?? 'world'];
}
