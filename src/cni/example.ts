import { listOf } from './install.ts';

/** The range of all nodes' containers; flannel and kubeadm's documentation use the same. */
const cluster = '10.244.0.0/16';

/** Each node has a /24 of the cluster's range, from 10.244.1.0 on. */
export const mostNodes = 254;

function rangeOf(node: number): string {
  return `10.244.${node}.0/24`;
}

/**
 * A network configuration list for each of several nodes whose containers reach each other: a range for each node, and
 * no source address translation inside the cluster's range, so that each sees the other's own address.
 * @param node from 1.
 */
export function nodeList(node: number): string {
  return listOf('ctr', { clusterCIDR: cluster }, rangeOf(node));
}

/**
 * Shell lines that route the other nodes' ranges to their addresses, as Kubernetes' route controller and flannel's
 * host-gw do.
 */
export function nodeRoutes(node: number, nodes: number): string {
  const others = Array.from({ length: nodes }, (_, index) => index + 1).filter(
    (one) => one !== node,
  );
  return `#!/bin/sh
# Run on node ${node}, with the addresses of the other nodes, which must be its neighbours on one network:
#   ${others.map((one) => `NODE${one}=ADDRESS`).join(' ')} sh routes.sh
set -eu
${others.map((one) => `ip route replace ${rangeOf(one)} via "$NODE${one}"`).join('\n')}
# Packets from other nodes arrive here, and are for containers.
for interface in $(ip -o route get ${others.map((one) => `"$NODE${one}"`)[0]} | sed 's/.* dev \\([^ ]*\\).*/\\1/'); do
  sysctl -qw "net/ipv4/conf/$interface/forwarding=1"
done
`;
}
