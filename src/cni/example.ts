import { listOf } from './network-list.ts';

/** The range of all nodes' containers; flannel and kubeadm's documentation use the same. */
const cluster = '10.244.0.0/16';

/** Each node has a /24 of the cluster's range, from 10.244.1.0 on. */
export const mostNodes = 254;

/** The AS number of all nodes, of those for private use (RFC 6996). */
const asNumber = 64_512;

/** The VXLAN network identifier (RFC 7348). */
const vni = 100;

/** Bytes that VXLAN puts around a packet: Ethernet 14, IPv4 20, UDP 8, VXLAN 8 (RFC 7348). */
const vxlanOverhead = 50;

/** How the nodes know each other's ranges. */
const ways = ['routes', 'bgp', 'evpn'] as const;
type Way = (typeof ways)[number];

function rangeOf(node: number): string {
  return `10.244.${node}.0/24`;
}

/** The addresses of the nodes where nobody says others: those of RFC 5737 for documentation. */
export function exampleAddresses(nodes: number): readonly string[] {
  return Array.from({ length: nodes }, (_, index) => `192.0.2.${index + 1}`);
}

interface Peer {
  readonly node: number;
  readonly address: string;
}

/**
 * A network configuration list: a range for each node, and no source address translation inside the cluster's range,
 * so that containers see each other's own addresses.
 */
function listFor(way: Way, node: number): string {
  const room = way === 'evpn' ? { mtu: 1500 - vxlanOverhead } : {};
  return listOf('ctr', { ...room, clusterCIDR: cluster }, rangeOf(node));
}

/**
 * A VXLAN port in a bridge of its own. With \`vni\` in FRR's configuration, the bridge is what EVPN's routes lead to:
 * the layer 3 VNI of RFC 9135 (symmetric routing), here in the main routing table.
 */
function tunnel(address: string): readonly string[] {
  return [
    '# The tunnel. FRR tells the kernel where each node is, so the tunnel floods and learns nothing.',
    'ip link show ctr-evpn >/dev/null 2>&1 || ip link add ctr-evpn type bridge',
    `ip link show vxlan${vni} >/dev/null 2>&1 ||`,
    `  ip link add vxlan${vni} mtu ${1500 - vxlanOverhead} type vxlan id ${vni} local ${address} dstport 4789 nolearning`,
    `ip link set vxlan${vni} master ctr-evpn`,
    `bridge link set dev vxlan${vni} learning off neigh_suppress on`,
    `ip link set vxlan${vni} up`,
    'ip link set ctr-evpn up',
    'sysctl -qw net/ipv4/conf/ctr-evpn/forwarding=1',
  ];
}

/** The script that prepares a node, and undoes that. */
function scriptFor(way: Way, { node, address }: Peer, others: readonly Peer[]): string {
  const [first] = others;
  const routes = way === 'routes' ? others : [];
  const makes = [
    ...routes.map((one) => `ip route replace ${rangeOf(one.node)} via ${one.address}`),
    ...(way === 'evpn' ? tunnel(address) : []),
  ];
  const undoes = [
    ...routes.map((one) => `  ip route del ${rangeOf(one.node)} || :`),
    ...(way === 'evpn' ? [`  ip link del vxlan${vni} || :`, '  ip link del ctr-evpn || :'] : []),
  ];
  return `#!/bin/sh
# Prepares node ${node}, whose address is ${address}.   undo: sh node.sh undo
set -eu
interface=$(ip -o route get ${first?.address} | sed 's/.* dev \\([^ ]*\\).*/\\1/')
before=/run/ctr-node-forwarding
rule() { iptables -w "$1" FORWARD -s ${cluster} -d ${cluster} -m comment --comment ctr-node -j ACCEPT; }
if [ "\${1-}" = undo ]; then
${[...undoes, `  ip route del unreachable ${cluster} || :`].join('\n')}
  rule -D || :
  [ ! -e "$before" ] || sysctl -qw "net/ipv4/conf/$interface/forwarding=$(cat "$before")"
  rm -f "$before"
  exit 0
fi
# Packets from other nodes arrive here, and are for containers.
[ -e "$before" ] || sysctl -n "net/ipv4/conf/$interface/forwarding" >"$before"
sysctl -qw "net/ipv4/conf/$interface/forwarding=1"
# They pass the firewall, also where the policy of FORWARD is DROP.
rule -C 2>/dev/null || rule -I
# A node that is away leads nowhere. Without this, packets for its containers would take the default route.
ip route replace unreachable ${cluster}
${makes.join('\n')}${makes.length === 0 ? '' : '\n'}`;
}

/**
 * FRR's configuration: every node speaks BGP with every other one inside one AS. It announces its own range while it
 * has containers (the connected route of the bridge is there).
 */
function frrFor(way: 'bgp' | 'evpn', { node, address }: Peer, others: readonly Peer[]): string {
  const each = (line: (address: string) => string) =>
    others.map((one) => line(one.address)).join('\n');
  const family =
    way === 'bgp'
      ? ` address-family ipv4 unicast
${each((one) => `  neighbor ${one} activate`)}
  redistribute connected route-map containers
 exit-address-family`
      : ` address-family ipv4 unicast
  redistribute connected route-map containers
 exit-address-family
 address-family l2vpn evpn
${each((one) => `  neighbor ${one} activate`)}
  advertise-all-vni
  advertise ipv4 unicast
 exit-address-family`;
  return `! /etc/frr/frr.conf of node ${node}; in /etc/frr/daemons: bgpd=yes
!
${
  way === 'evpn'
    ? `! Ranges of other nodes are reached through the VXLAN with this VNI (a layer 3 VNI).
vni ${vni}
!
`
    : ''
}ip prefix-list containers permit ${cluster} ge 24 le 24
route-map containers permit 10
 match ip address prefix-list containers
exit
!
router bgp ${asNumber}
 bgp router-id ${address}
 no bgp default ipv4-unicast
 ! A node that says nothing for 9 s is away.
 timers bgp 3 9
${each((one) => ` neighbor ${one} remote-as ${asNumber}\n neighbor ${one} timers connect 5`)}
${family}
exit
`;
}

interface ExampleFile {
  /** Below the directory of all examples. */
  readonly path: string;
  readonly text: string;
}

/**
 * The files for each node and each way: by routes as Kubernetes' route controller and flannel's host-gw set them, by
 * FRR's BGP, and over VXLAN with FRR's EVPN as the control plane.
 */
export function nodeFiles(addresses: readonly string[]): readonly ExampleFile[] {
  const nodes = addresses.map((address, index): Peer => ({ node: index + 1, address }));
  return ways.flatMap((way) =>
    nodes.flatMap((own) => {
      const others = nodes.filter((one) => one !== own);
      const folder = `${way}/node${own.node}`;
      return [
        { path: `${folder}/10-ctr.conflist`, text: listFor(way, own.node) },
        { path: `${folder}/node.sh`, text: scriptFor(way, own, others) },
        ...(way === 'routes'
          ? []
          : [{ path: `${folder}/frr.conf`, text: frrFor(way, own, others) }]),
      ];
    }),
  );
}
