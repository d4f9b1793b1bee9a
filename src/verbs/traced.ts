// The verbs that send a packet and watch it: bundled apart as one file.
export { probe } from './probe.ts';
export { traceAnywhere } from './trace.ts';
