import type { Lab } from '../model/lab.ts';
import { containerPlace } from '../model/place.ts';
import type { Text } from '../model/text.ts';
import { isSandboxHost, worldNames6 } from '../model/world-addresses.ts';
import type { Diagnosis } from './cause.ts';
import type { Promised } from './promises.ts';
import type { Reading } from './reading.ts';

/** A well-known IPv6 address of the internet. */
const somewhere = '2606:4700:4700::1111';

/** Whether a packet to this address is one of IPv6. */
export function isSix({ question }: Promised): boolean {
  return question.to.includes(':');
}

/** What a lab promises over IPv6: each container reaches its gateway, its neighbours and the world. */
export function promises6Of(lab: Lab, reading: Reading, only?: string): readonly Promised[] {
  const target = isSandboxHost(reading.host?.links ?? []) ? worldNames6['ipv6.example'] : somewhere;
  const promise = (
    what: Promised['what'],
    container: string,
    to: string,
    title: Text,
  ): Promised => ({
    what,
    question: { from: containerPlace(container), to, protocol: 'icmp' },
    title: { en: `${container} → ${title.en}`, zh: `${container} → ${title.zh}` },
  });
  const ends = lab.containers.flatMap(({ attachments }) => attachments);
  return ends
    .filter(({ container }) => only === undefined || container === only)
    .flatMap(({ container, network, ipv6 }) => {
      if (network.ipv6 === undefined || ipv6 === undefined) return [];
      const { gateway, masquerade } = network.ipv6;
      const next = ends.find(
        (one) => one.network.name === network.name && one.container !== container,
      );
      return [
        promise('gateway', container, gateway, {
          en: `${gateway} (gateway, IPv6)`,
          zh: `${gateway}（网关，IPv6）`,
        }),
        ...(next?.ipv6 === undefined
          ? []
          : [
              promise('neighbour', container, next.ipv6.address, {
                en: `${next.container} (${next.ipv6.address})`,
                zh: `${next.container}（${next.ipv6.address}）`,
              }),
            ]),
        ...(ipv6.gateway !== null && masquerade && lab.uplinks.length > 0
          ? [
              promise('world', container, target, {
                en: `the world (${target})`,
                zh: `外网（${target}）`,
              }),
            ]
          : []),
      ];
    });
}

/** What is known of a ping over IPv6 that got no answer: `ctr trace` follows IPv4 packets only. */
export const unanswered6: Diagnosis = {
  kind: 'unknown',
  after: {
    en: 'the IPv6 ping got no reply; ctr trace cannot help here, as it follows IPv4 only',
    zh: 'IPv6 ping 没有收到应答；ctr trace 只能跟踪 IPv4，这里用不上',
  },
  remaining: [
    {
      en: 'in the container, check: ip -6 addr (is an address missing or tentative?), ip -6 route, ip -6 neigh',
      zh: '在容器里查看：ip -6 addr（地址是否缺失，或仍是 tentative 状态？）、ip -6 route、ip -6 neigh',
    },
    {
      en: 'on the host, check: ip -6 route, ip6tables-save -c (which counters go up as you ping?), nft list ruleset',
      zh: '在宿主机上查看：ip -6 route、ip6tables-save -c（ping 的时候哪条规则的计数在涨？）、nft list ruleset',
    },
  ],
};
