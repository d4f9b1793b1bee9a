import { type Text, t } from '../../model/text.ts';
import { filters, type Meaning, means, wrongWay } from './meaning.ts';
import { reasons } from './reasons.ts';

/** What the kernel says when it drops a packet. */
export interface DropWord {
  /** A name of include/net/dropreason-core.h, without `SKB_DROP_REASON_`. */
  readonly reason?: string;
  /** The function that dropped it. */
  readonly location: string;
  /** The negative errno of the route lookup just before, where that failed. */
  readonly lookup?: number;
}

const blocked = (type: string): Meaning =>
  means(
    t(`it matches a route of type ${type}`, `它匹配了 ${type} 类型的路由`),
    ...['route-blocked', 'host-route-blocked', 'host-policy', 'route-policy', 'reply-route'],
  );

/** By the errno of the route lookup: EACCES, ENETUNREACH, EHOSTUNREACH, EINVAL (ip-route(8), types of routes). */
const lookups: Readonly<Record<number, Meaning>> = {
  [-13]: blocked('prohibit'),
  [-22]: blocked('blackhole'),
  [-113]: blocked('unreachable'),
  [-101]: means(
    t('there is no route to its destination', '没有去往目的地址的路由'),
    ...wrongWay,
    'route-policy',
    'host-policy',
    'route-prefix',
    'source-no-address',
    'source-down',
    'source-no-interface',
    'source-loopback-down',
  ),
  [-11]: means(
    t('no table has a route to its destination', '路由表里没有去往目的地址的路由'),
    ...wrongWay,
    'route-policy',
    'host-policy',
    'route-prefix',
    'source-no-address',
    'source-down',
    'source-no-interface',
    'source-loopback-down',
    // Or it is for an address that this host no longer has, or the route went with its interface.
    ...['target-absent', 'uplink-down', 'link-same-namespace'],
  ),
};

/** Where the reason alone says nothing, the function may. */
const locations: readonly (readonly [at: RegExp, meaning: Meaning])[] = [
  [
    /^br_(?:handle_frame|forward|flood|dev_)|^__br_forward/,
    means(
      t(
        'the bridge has no port that it may go to, or its own port does not take frames in',
        '网桥没有允许它去往的端口，或者入端口不接收帧',
      ),
      ...['link-port-isolated', 'link-port-blocking', 'link-port-vlan', 'bridge-own-entry'],
      ...['link-port-locked', 'link-port-blind', 'mtu-black-hole', 'neighbour-arp-off'],
      ...['link-unattached', 'link-end-down', 'link-bridge-down', 'reply-hairpin'],
    ),
  ],
  [
    /^ip_rcv_finish/,
    means(
      t('the route for what comes in refused it', '入站路由拒绝了它'),
      ...[
        'reverse-path',
        'martian-source',
        'host-route-blocked',
        'duplicate-address',
        'subnet-taken',
      ],
    ),
  ],
  [
    /^ip_forward/,
    means(
      t('it may not be forwarded', '它不能被转发'),
      ...['mtu-black-hole', 'forwarding-off-interface'],
    ),
  ],
  [
    /^(?:nft_|nf_|ipt_|ip6t_|ebt_|nf_hook_slow)/,
    means(t('the packet filter dropped it', '包过滤器丢弃了它'), ...filters),
  ],
  [
    /^(?:veth_xmit|__dev_forward_skb|dev_forward_skb)/,
    means(
      t('the other end of the veth pair does not take it in', 'veth 对端不接收它'),
      ...['link-end-down', 'link-bridge-down', 'mtu-black-hole'],
    ),
  ],
  [
    /^(?:arp_|neigh_|dst_link_failure|ipv4_link_failure)/,
    means(
      t('its next hop could not be found', '找不到下一跳'),
      ...(reasons.NEIGH_FAILED?.causes ?? []),
    ),
  ],
];

function meaningOf({ reason, location, lookup }: DropWord): Meaning | undefined {
  const blockedBy = lookup === undefined ? undefined : lookups[lookup];
  if (blockedBy !== undefined) return blockedBy;
  if (reason !== undefined && Object.hasOwn(reasons, reason)) return reasons[reason];
  if (reason !== undefined && reason !== 'NOT_SPECIFIED') return undefined;
  return locations.find(([at]) => at.test(location))?.[1];
}

/** What the kernel's word means; undefined where its names are all that is known. */
export function sentenceOf(drop: DropWord): Text | undefined {
  return meaningOf(drop)?.says;
}

/** Whether a cause ends with this word of the kernel. `silent`: the word fits anything. */
export function agreement(drop: DropWord, cause: string): 'agrees' | 'disagrees' | 'silent' {
  const causes = meaningOf(drop)?.causes ?? [];
  if (causes.length === 0) return 'silent';
  return causes.includes(cause) ? 'agrees' : 'disagrees';
}
