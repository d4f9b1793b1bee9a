import { addTable } from './add-table.ts';
import { allowForwarding } from './allow-forwarding.ts';
import { attachBridge } from './attach-bridge.ts';
import { configureAddress } from './configure-address.ts';
import { configureRoute } from './configure-route.ts';
import { createVeth } from './create-veth.ts';
import { enableForwarding } from './enable-forwarding.ts';
import { ensureBridge } from './ensure-bridge.ts';
import { makeCgroup } from './make-cgroup.ts';
import { mapUsers } from './map-users.ts';
import { masquerade } from './masquerade.ts';
import { mountRoot } from './mount-root.ts';
import { moveLink } from './move-link.ts';
import { pivotRoot } from './pivot-root.ts';
import { publishPort } from './publish-port.ts';
import { raiseLink } from './raise-link.ts';
import { releaseChild } from './release-child.ts';
import type { AttachmentStep, ContainerStep, NetworkStep } from './scope.ts';
import { setMac } from './set-mac.ts';
import { stageRoot } from './stage-root.ts';
import { startChild } from './start-child.ts';
import { writeNames } from './write-names.ts';

/** A section of the pipeline, repeated for each network or container. */
export type Section =
  | { readonly each: 'network'; readonly steps: readonly NetworkStep[] }
  | { readonly each: 'container'; readonly steps: readonly (ContainerStep | PerInterface)[] };
/** Steps repeated for each interface of a container. */
export interface PerInterface {
  readonly eachInterface: readonly AttachmentStep[];
}

/**
 * The whole pipeline, in order. Shared changes come last before the release, so that most failures happen before them.
 */
export const pipeline: readonly Section[] = [
  { each: 'network', steps: [ensureBridge] },
  {
    each: 'container',
    steps: [
      { eachInterface: [createVeth, setMac, attachBridge, raiseLink] },
      makeCgroup,
      startChild,
      mapUsers,
      { eachInterface: [moveLink, configureAddress, configureRoute] },
      stageRoot,
      writeNames,
      mountRoot,
      pivotRoot,
    ],
  },
  { each: 'network', steps: [enableForwarding, allowForwarding, masquerade, addTable] },
  { each: 'container', steps: [{ eachInterface: [publishPort] }] },
  { each: 'container', steps: [releaseChild] },
];
