import type { HostView } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
/** Pure: finds the reasons of one kind why packets of this lab are lost or may be lost. */
export type LossRule = (lab: Lab, host: HostView) => readonly Problem[];
