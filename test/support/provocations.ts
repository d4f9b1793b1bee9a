import type { answers } from '../../src/explain/answers/index.ts';

const nobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all';
const pair = 'ip link add name va type veth peer name vb; ip link set va up; ip link set vb up';
const near = `ip link set lo up; ${pair}; ip addr add 10.9.0.1/24 dev va`;
const bridge = 'ip link add name br9 type bridge';
/** A router here, and a machine behind it whose packets may pass no router at all. */
const routed = `${pair}; ip addr add 10.9.0.1/24 dev va; ip link add name wa type veth peer name wb
  ip addr add 10.8.0.1/24 dev wa; ip link set wa up; ip link set wb up; sysctl -qw net.ipv4.ip_forward=1
  unshare --net sleep 9 & sleep 0.3; ip link set vb netns $!; in="nsenter --target $! --net"
  $in ip addr add 10.9.0.2/24 dev vb; $in ip link set vb up; $in ip route add default via 10.9.0.1
  $in ping -c1 -W2 -t1 10.8.0.9; kill $!`;

/**
 * For each answer, shell text that brings it about. Run in namespaces of its own: a network without anything, and mounts
 * that nobody else sees.
 */
export const provocations: Readonly<Record<keyof typeof answers, string>> = {
  'address-taken': `${bridge}; ip addr add 10.9.0.1/24 dev br9; ip addr add 10.9.0.1/24 dev br9`,
  'file-exists': `${bridge}; ${bridge}`,
  'no-device': 'ip link set dev nosuch up',
  'device-unknown': 'ip link show nosuch',
  'invalid-gateway': `${near}; ip route add default via 9.9.9.9`,
  'nexthop-down': `${bridge}; ip addr add 10.9.0.1/24 dev br9; ip route add 10.8.0.0/24 dev br9`,
  unreachable: 'ping -c1 -W1 203.0.113.80',
  'no-route-to-host': `${near}; bash -c 'exec 3<>/dev/tcp/10.9.0.77/9'`,
  'not-permitted': `${nobody} ip link add name x type bridge`,
  'bridge-in-bridge': `${bridge}; ip link add name br8 type bridge; ip link set br8 master br9`,
  'mtu-too-small': `${bridge}; ip link set br9 mtu 10`,
  'mtu-too-large': `${bridge}; ip link set br9 mtu 99999999`,
  'name-too-long': 'ip link add name averyveryverylongname type bridge',
  'wrong-argument': `${bridge}; ip link set br9 mtu abc`,
  'ip-command': 'ip link nosuch',
  'ip-object': 'ip lnk',
  'not-a-prefix': `${bridge}; ip addr add 10.9.0.1/33 dev br9`,
  'host-bits': `${near}; ip route add 192.168.7.1/24 dev va`,
  'address-not-found': `${bridge}; ip addr del 10.5.5.5/24 dev br9`,
  'cannot-assign': `${bridge}; ip link set br9 address 01:02:03:04:05:06`,
  'no-process': `${near}; ip route del 10.55.0.0/24`,
  'unknown-type': 'ip link add name z type nosuch',
  'bad-mac': `${bridge}; ip link set br9 address zz:zz`,
  'namespace-name': 'ip netns exec nosuch true',
  garbage: `${bridge}; ip link set br9 broadcst`,
  'dev-required': 'ip addr add 10.1.1.1/24',
  'link-unsupported': 'ip link del lo',
  'link-invalid': `${bridge}; ip link set lo master br9`,
  'rule-missing': 'iptables -D FORWARD -j DROP',
  'no-chain': 'iptables -A NOSUCH -j ACCEPT',
  'no-match': 'iptables -A FORWARD -m nosuch -j ACCEPT',
  'iptables-host': 'iptables -A FORWARD -s nosuch.invalid -j ACCEPT',
  'iptables-root': `${nobody} iptables -L`,
  'iptables-option': 'iptables -A FORWARD --dport 80 -j ACCEPT',
  'chain-exists': 'iptables -N A; iptables -N A',
  'no-table': 'iptables -t nosuch -L',
  'rule-refused': 'iptables -A FORWARD -j MASQUERADE',
  'in-postrouting': 'iptables -t nat -A POSTROUTING -i lo -j MASQUERADE',
  'bad-mask': 'iptables -A FORWARD -s 1.2.3.4/99 -j ACCEPT',
  'commit-expected': "printf '*filter\\n-A FORWARD -j ACCEPT\\n' | iptables-restore --noflush",
  'nft-missing': 'nft add rule ip nosuch x accept',
  'nft-syntax': 'nft list nosuch',
  'no-target': 'nsenter --target 4194303 --net true',
  'target-denied': `${nobody} nsenter --target $$ --net true`,
  'no-program': 'unshare --uts nosuch',
  'unshare-denied': `${nobody} unshare --net true`,
  'namespace-limit':
    "unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_net_namespaces; unshare --net true'",
  'no-mount-point': 'mount -t tmpfs x /nosuch',
  'no-mount-source': 'mount --bind /nosuch /mnt',
  'mount-root': `${nobody} mount -t tmpfs x /mnt`,
  'not-mounted': 'umount /etc',
  'target-busy': 'mount -t tmpfs x /mnt; cd /mnt; umount /mnt',
  'pivot-busy': 'pivot_root /mnt /mnt',
  'chroot-program': 'mount -t tmpfs x /mnt; chroot /mnt /bin/sh',
  'setpriv-user': `${nobody} setpriv --reuid 0 true`,
  'unknown-capability': 'setpriv --bounding-set +nosuch true',
  'hostname-root': `${nobody} hostname x`,
  'no-setting': 'sysctl -w net.ipv4.conf.nosuch.forwarding=1',
  'setting-denied': `${nobody} sysctl -w net.ipv4.ip_forward=1`,
  'setting-value': 'sysctl -w net.ipv4.ip_forward=yes',
  'unknown-name': 'ping -c1 -W1 nosuch.example',
  'too-long': `${near}; ping -c1 -W1 -M do -s 3000 10.9.0.2`,
  'ttl-exceeded': routed,
  'no-answer': `${near}; ip neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev va; ping -c1 -W1 10.9.0.7`,
  'connection-refused': "ip link set lo up; bash -c 'exec 3<>/dev/tcp/127.0.0.1/9'",
  'not-found': 'nosuch',
  'shell-denied': '/etc/passwd',
};
