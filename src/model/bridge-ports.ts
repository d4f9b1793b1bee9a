/** The most ports of one bridge: port numbers have ten bits and start at 1 (net/bridge/br_private.h). */
export const bridgePorts = 1023;
