import type { HostView } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
/** Pure: why packets of this lab are lost, or may be, for one kind of reason. */
export type LossRule = (lab: Lab, host: HostView) => readonly Problem[];
