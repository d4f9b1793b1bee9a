import type { HostView } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import type { Rule } from '../model/resource.ts';

/**
 * Pure: why packets of this lab are lost, or may be, for one kind of reason.
 * @param ours the firewall rules that the lab's plan adds.
 */
export type LossRule = (lab: Lab, host: HostView, ours: readonly Rule[]) => readonly Problem[];
