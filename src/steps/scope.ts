import type { Facts } from '../facts/index.ts';
import type { Attachment, Lab, LabContainer, LabNetwork } from '../model/lab.ts';
import type { Step } from '../model/step.ts';

/** The input of a step besides the thing that it is for. */
export interface Scope {
  readonly lab: Lab;
  readonly facts: Facts;
}
/** Pure. Null when the host needs no change. */
export type NetworkStep = (network: LabNetwork, scope: Scope) => Step | null;
export type ContainerStep = (container: LabContainer, scope: Scope) => Step | null;
export type AttachmentStep = (attachment: Attachment, scope: Scope) => Step | null;
