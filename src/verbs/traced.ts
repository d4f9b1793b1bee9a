// The verbs that send a packet and watch it, and those about containers that ctr did not make: bundled apart as one file.
export { probe } from './probe.ts';
export { inspectStranger, strangerTopology, traceStranger, whyStranger } from './stranger.ts';
export { traceAnywhere } from './trace.ts';
