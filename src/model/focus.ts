import type { StepId } from './step-id.ts';
import type { Text } from './text.ts';

/** What a lesson can be about. A plan that is shown with a focus has the steps of this part in full. */
export const focuses = ['network', 'isolation', 'firewall'] as const;
export type Focus = (typeof focuses)[number];

export const focusNames = {
  network: { en: 'network', zh: '网络' },
  isolation: { en: 'isolation', zh: '隔离' },
  firewall: { en: 'firewall', zh: '防火墙' },
} satisfies Record<Focus, Text>;

/** What each step is about. The type makes the table complete. */
export const focusOf = {
  'ensure-bridge': 'network',
  'create-veth': 'network',
  'set-mac': 'network',
  'attach-bridge': 'network',
  'raise-link': 'network',
  'make-cgroup': 'isolation',
  'start-child': 'isolation',
  'map-users': 'isolation',
  'move-link': 'network',
  'configure-address': 'network',
  'configure-route': 'network',
  'stage-root': 'isolation',
  'write-names': 'isolation',
  'mount-root': 'isolation',
  'pivot-root': 'isolation',
  'enable-forwarding': 'firewall',
  'allow-forwarding': 'firewall',
  masquerade: 'firewall',
  'add-table': 'firewall',
  'publish-port': 'firewall',
  'release-child': 'isolation',
  'create-links': 'network',
  'set-up-root': 'isolation',
  'configure-addresses': 'network',
  'detach-old-root': 'isolation',
  'open-firewall': 'firewall',
  'end-containers': 'isolation',
  'remove-cgroups': 'isolation',
  'delete-links': 'network',
  'restore-bridges': 'network',
  'restore-sysctls': 'firewall',
  'delete-rules': 'firewall',
  'delete-tables': 'firewall',
  'forget-connections': 'firewall',
} satisfies Record<StepId, Focus>;
