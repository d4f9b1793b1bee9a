import type { StepId } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';

const inside = String.raw`^nsenter --target \S+ --net `;

const quiet = String.raw`sysctl -qw(?: net/ipv6/conf/\S+=0){4}$`;

/** What the commands of each step look like, as words joined by spaces. */
const shapes: Readonly<Record<StepId, readonly RegExp[]>> = {
  'ensure-bridge': [
    /^ip link add .*type bridge\b/,
    /^ip addr(?:ess)? add .*\bdev (?!eth\d)\S+(?: nodad)?$/,
    new RegExp(`^${quiet}`),
    /^ip link set (?:dev )?(?!veth|eth|lo)\S+ up$/,
    /^ip link set dev \S+ address \S+ mtu \d+ up$/,
  ],
  'create-veth': [/^ip link add .*type veth\b(?!.*\bnetns\b)/, /^ip link property add /],
  'set-mac': [/^ip link set dev veth\S* address \S+$/],
  'attach-bridge': [/^ip link set (?:dev )?\S+ master \S+$/],
  'raise-link': [/^ip link set (?:dev )?veth\S* up$/],
  'make-cgroup': [/^mkdir \/sys\/fs\/cgroup\//, /^tee \/sys\/fs\/cgroup\//],
  'start-child': [/^env .*\bunshare\b/, /\bunshare --fork --kill-child\b/],
  'map-users': [/\btee \S*\/[ug]id_map$/, /max_user_namespaces$/],
  'move-link': [/^ip link set (?:dev )?\S+ netns \S+/],
  'configure-address': [
    new RegExp(`${inside}ip addr(?:ess)? add `),
    new RegExp(`${inside}ip link set `),
    new RegExp(`${inside}${quiet}`),
  ],
  'configure-route': [new RegExp(`${inside}ip route add `), /^ip route add default via /],
  'stage-root': [/--mount mount .*tmpfs/, /--mount sh -euc /],
  'write-names': [/--uts hostname /, /\btee \S*\/upper\/etc\//],
  'mount-root': [/\btee \S*\/fstab$/, /\bmount .*--all\b/],
  'pivot-root': [/\bpivot_root\b/, /\bumount .*--lazy\b/, /^test -e /],
  'enable-forwarding': [
    /^sysctl -qw \S+forwarding=1(?: |$)/,
    /^sysctl (?:-\w+ )*net[./]ipv4[./]ip_forward=1$/,
  ],
  'allow-forwarding': [/^ip6?tables .*-I (?:FORWARD|DOCKER-USER)\b/],
  masquerade: [/^ip6?tables .*-A POSTROUTING\b.*-j MASQUERADE/],
  'add-table': [/^nft -f -$/, /^nft create table /],
  'publish-port': [
    /^nft -f -$/,
    /^ip6?tables .*-I (?:PREROUTING|OUTPUT)\b/,
    /^ip6?tables .*--ctstate DNAT\b/,
    /^sysctl -qw \S+route_localnet=1(?: |$)/,
    /^ip link set dev \S+ type bridge_slave hairpin on$/,
  ],
  'release-child': [/^echo go$/],
  'create-links': [
    new RegExp(`^${quiet}`),
    /^ip -batch -$/,
    /^ip link add .*type veth\b.*\bnetns\b/,
    /^ip link set dev \S+ address \S+ mtu \d+ up$/,
  ],
  'configure-addresses': [
    new RegExp(`${inside}ip -batch -$`),
    new RegExp(`${inside}${quiet}`),
    /^sh -eu -s /,
  ],
  'set-up-root': [/--uts sh -eu -s /, /\btee \S*\/[ug]id_map$/, /max_user_namespaces$/],
  'detach-old-root': [/\bumount .*--lazy\b/, /^test -e /],
  'open-firewall': [
    /^ip6?tables-restore /,
    /^nft -f -$/,
    /^sysctl -qw \S+route_localnet=1(?: |$)/,
    /^ip link set dev \S+ type bridge_slave hairpin on$/,
    /^sysctl -qw \S+forwarding=1(?: |$)/,
    /^ip6?tables .*-I (?:FORWARD|DOCKER-USER)\b/,
  ],
  'end-containers': [/^kill -s KILL /],
  'remove-cgroups': [/^rmdir \/sys\/fs\/cgroup\//],
  'delete-links': [/^ip link del /, /^ip -batch -$/, /^ip link set dev \S+ group \d+$/],
  'restore-bridges': [/^ip link set dev \S+ address \S+ mtu \d+(?: down)?$/, /^ip -batch -$/],
  'restore-sysctls': [/^sysctl -qw \S+=0(?: |$)/],
  'delete-rules': [/^ip6?tables-restore /, /^ip6?tables .*-D /],
  'delete-tables': [/^nft delete table /, /^nft -f -$/],
  'forget-connections': [/\bconntrack -D /],
};

/** The steps that run commands like this one. */
export function stepsWith(words: readonly string[]): readonly StepId[] {
  const line = words.join(' ');
  return (Object.keys(shapes) as StepId[]).filter((id) =>
    shapes[id].some((shape) => shape.test(line)),
  );
}

/** Netfilter's hooks in the order in which a packet meets them (nft(8), ADDRESS FAMILIES). */
const ways: readonly (readonly [chain: string, way: string])[] = [
  ['PREROUTING', 'in → [PREROUTING] → (route) → FORWARD → POSTROUTING → out'],
  ['INPUT', 'in → PREROUTING → (route) → [INPUT] → process'],
  ['FORWARD', 'in → PREROUTING → (route) → [FORWARD] → POSTROUTING → out'],
  ['DOCKER-USER', 'in → PREROUTING → (route) → [FORWARD: DOCKER-USER first] → POSTROUTING → out'],
  ['OUTPUT', 'process → (route) → [OUTPUT] → POSTROUTING → out'],
  ['POSTROUTING', 'in → PREROUTING → (route) → FORWARD → [POSTROUTING] → out'],
];

/** Where the kernel looks at a rule of iptables. */
export function hookMap(words: readonly string[]): string | undefined {
  if (!/(?:^|\/)(?:ip6?tables|nft)$/.test(words[0] ?? '')) return undefined;
  // The base chains of nftables may have any name; ctr calls its own after their hooks.
  const upper = words.map((word) => word.toUpperCase());
  return ways.find(([chain]) => upper.includes(chain))?.[1];
}

/** What else there is to say about a command of this shape. */
const remarks: readonly (readonly [RegExp, Text])[] = [
  [
    /^iptables .*POSTROUTING.*MASQUERADE/,
    {
      en: 'docker does the same: -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
      zh: 'Docker 也这样做：-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
    },
  ],
  [
    /^ip link set (?:dev )?veth\S* up$/,
    {
      en: 'ip link may show LOWERLAYERDOWN: this end is on, but the other end of the cable is off. Like a laptop whose cable leads to a switch without power.',
      zh: 'ip link 可能显示 LOWERLAYERDOWN：这一端已启用，但网线的另一端还没启用。好比笔记本插好了网线，交换机却没通电。',
    },
  ],
  [
    /^ip link set (?:dev )?\S+ master \S+/,
    {
      en: 'the bridge may lose its carrier now: with no port it counts as connected, with one port that is off it does not',
      zh: '这时网桥可能变成无载波：没有端口时算作已连接，有一个未启用的端口就不算了',
    },
  ],
  [
    /^ip link set (?:dev )?\S+ netns \S+/,
    {
      en: 'the move switches the interface off and removes its addresses; so the address is set afterwards',
      zh: '移动会停用接口并清除它的地址，所以地址在移动之后再设',
    },
  ],
  [
    /\bip link set (?:dev )?eth\d up$/,
    {
      en: 'the kernel now adds the route to its own subnet by itself, and the other end becomes UP as well',
      zh: '此时内核自动添加到本子网的路由，另一端也变为 UP',
    },
  ],
];

export function remarkOn(words: readonly string[]): Text | undefined {
  const line = words.join(' ');
  return remarks.find(([shape]) => shape.test(line))?.[1];
}
