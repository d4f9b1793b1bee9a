/**
 * The steps of the staged plan, and the step of the fast plan that does the work of each. A step that is missing here
 * does not compile; one that two steps share has its commands divided among them.
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
  | 'delete-rules';

export type StepId = StagedId | FastId | TeardownId;

/** Which steps of the staged plan a step of the fast one does the work of. */
export function mergesOf(fast: FastId): readonly StepId[] {
  const all = Object.entries(mergedInto) as readonly (readonly [StagedId, readonly FastId[]])[];
  return all.flatMap(([id, into]) => (into.includes(fast) ? id : []));
}
