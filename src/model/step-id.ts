/**
 * The staged plan's steps, and for each the fast plan's steps that do its work; the type makes the table complete.
 * Where there are two, they divide the commands of the staged step between them.
 */
export const mergedInto = {
  'ensure-bridge': ['create-links'],
  'create-veth': ['create-links'],
  'set-mac': ['create-links'],
  'attach-bridge': ['create-links'],
  'raise-link': ['create-links'],
  'make-cgroup': ['make-cgroup'],
  'start-child': ['start-child'],
  'map-users': ['set-up-root'],
  'move-link': ['create-links'],
  'configure-address': ['configure-addresses'],
  'configure-route': ['configure-addresses'],
  'stage-root': ['set-up-root'],
  'write-names': ['set-up-root'],
  'mount-root': ['set-up-root'],
  'pivot-root': ['set-up-root', 'detach-old-root'],
  'enable-forwarding': ['open-firewall'],
  'allow-forwarding': ['open-firewall'],
  masquerade: ['open-firewall'],
  'add-table': ['open-firewall'],
  'publish-port': ['open-firewall'],
  'release-child': ['release-child'],
} as const;

export type StagedId = keyof typeof mergedInto;
export type FastId = (typeof mergedInto)[StagedId][number];

/** The steps of the way back, one for each kind of resource that a command removes. */
export type TeardownId =
  | 'end-containers'
  | 'remove-cgroups'
  | 'delete-links'
  | 'restore-bridges'
  | 'restore-sysctls'
  | 'delete-rules'
  | 'delete-tables'
  | 'forget-connections';

export type StepId = StagedId | FastId | TeardownId;

/** The staged steps whose work a fast step does. */
export function mergesOf(fast: FastId): readonly StepId[] {
  const all = Object.entries(mergedInto) as readonly (readonly [StagedId, readonly FastId[]])[];
  return all.flatMap(([id, into]) => (into.includes(fast) ? id : []));
}
