/** Ports of one bridge: the kernel counts them in ten bits, from 1 (net/bridge/br_private.h). */
export const bridgePorts = 1023;
