import type { HostView } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import type { Rule } from '../model/resource.ts';

/**
 * Pure: finds the reasons of one kind why packets of this lab are lost or may be lost.
 * @param ours the firewall rules that the lab's plan adds.
 * @param mended those that `ctr repair` would add again where they are missing.
 */
export type LossRule = (
  lab: Lab,
  host: HostView,
  ours: readonly Rule[],
  mended?: readonly Rule[],
) => readonly Problem[];
