import type { Text } from '../../model/text.ts';
import { isSandboxHost, worldGateway } from '../../model/world-addresses.ts';
import type { Cause, Found, Hint } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { flow } from '../clues/flow.ts';
import { isInner, linkOf, networkOf, type Passage, passages } from '../clues/passages.ts';
import { type DeadUplink, deadUplink } from '../clues/uplinks.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { Point, Position } from '../position.ts';
import { wiresOf } from '../wires.ts';

/** Passages in which the host sends a packet out, or would if it had a route. */
function outgoing(evidence: Evidence, path: Path): readonly Passage[] {
  return passages(evidence, path).filter(({ leg, direction, leaves, reading }) => {
    const sends = leg.does === 'forward' || leg.does === 'none' || leg.does === 'send';
    if (direction !== 'there' || leg.place !== 'host' || !sends) return false;
    if (networkOf(evidence, leaves.destination) !== undefined) return false;
    return leg.out === undefined || !isInner(evidence, reading, leg.out);
  });
}

/** What is the matter with an interface, and the command that mends it. */
function story(
  { name, why }: DeadUplink,
  evidence: Evidence,
): { readonly says: Text; readonly hint: Hint; readonly fix?: Hint } {
  const place = 'host';
  const hint: Hint = { place, argv: ['ip', 'link', 'show', 'dev', name] };
  if (why === 'gone') {
    return {
      says: t(`${name} does not exist any more`, `${name} 已不存在`),
      hint: { place, argv: ['ip', 'link'] },
    };
  }
  if (why === 'down') {
    return {
      says: t(`${name} is down`, `${name} 处于 down 状态`),
      hint,
      fix: { place, argv: ['ip', 'link', 'set', 'dev', name, 'up'] },
    };
  }
  const other = wiresOf(evidence.reading).other({ place, dev: name });
  const far = other === undefined ? undefined : evidence.reading[other.place];
  const off = far !== undefined && other !== undefined && linkOf(far, other.dev)?.up === false;
  if (!off || other === undefined) {
    return { says: t(`${name} has no carrier`, `${name} 没有载波（线路未接通）`), hint };
  }
  const where = nameOf(other.place);
  return {
    says: t(
      `${name} has no carrier, because its other end, ${other.dev} in ${where.en}, is down`,
      `${name} 没有载波，因为它的对端（${where.zh}的 ${other.dev}）处于 down 状态`,
    ),
    hint,
    fix: { place: other.place, argv: ['ip', 'link', 'set', 'dev', other.dev, 'up'] },
  };
}

const uplinkDown: Cause = {
  id: 'uplink-down',
  stage: 'uplink',
  title: t("The host's interface to the outside is off", '宿主机通往外部的接口不通'),
  judge: (evidence, path) =>
    outgoing(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, leaves, direction, index } = passage;
      const { place } = leg;
      const dead = deadUplink(evidence, place, leg.out);
      if (dead === undefined) return [];
      const what = flow(passage, leaves.destination, evidence);
      const { says, hint, fix } = story(dead, evidence);
      const gone = leg.out === undefined;
      const points: readonly Point[] = gone
        ? [index === 0 ? 'send' : 'routing']
        : ['routing', 'neighbour', 'egress', 'wire'];
      const dropped = t(
        `the kernel has deleted the routes through ${dead.name}`,
        `内核已删除经过 ${dead.name} 的路由`,
      );
      return [
        {
          direction,
          place,
          at: points.map((point) => ({ direction, place, point })),
          says: t(
            `The host cannot send ${what.en} out: ${says.en}.`,
            `宿主机无法把${what.zh}发到外部：${says.zh}。`,
          ),
          evidence: [
            says,
            ...(gone ? [dropped] : []),
            ...grown(evidence, place, 'IpExtInNoRoutes'),
          ],
          check: [hint],
          ...(fix === undefined ? {} : { fix }),
          certain: true,
        },
      ];
    }),
};

const unanswered = new Set(['FAILED', 'INCOMPLETE']);

const uplinkNeighbour: Cause = {
  id: 'uplink-neighbour',
  stage: 'uplink',
  title: t('The next hop outside does not answer ARP', '外部的下一跳不应答 ARP'),
  judge: (evidence, path) =>
    outgoing(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, leaves, direction, reading, index } = passage;
      const { place, out, nextHop } = leg;
      if (
        out === undefined ||
        nextHop === undefined ||
        deadUplink(evidence, place, out) !== undefined
      ) {
        return [];
      }
      // Another interface than the lab's, or another gateway than the world's, is the route's story.
      const uplinks = evidence.lab?.uplinks ?? [];
      if (uplinks.length > 0 && !uplinks.includes(out)) return [];
      const sandbox = isSandboxHost(reading.links) && evidence.reading.world !== undefined;
      if (sandbox && nextHop !== worldGateway && leg.route?.gateway !== undefined) return [];
      const entry = [evidence.after?.[place], reading]
        .flatMap((one) => one?.neighbours ?? [])
        .find(({ address, dev }) => address === nextHop && dev === out);
      const failed = entry !== undefined && unanswered.has(entry.state);
      const nobody = index === path.there.length - 1 && !path.leaves;
      // A permanent entry is the neighbour stage's story.
      if (entry?.state === 'PERMANENT' || (!failed && !nobody)) return [];
      const what = flow(passage, leaves.destination, evidence);
      return [
        {
          direction,
          place,
          at: [{ direction, place, point: 'neighbour' }],
          says: t(
            `The next hop ${nextHop} on ${out} does not answer ARP, so the host cannot send ${what.en} out.`,
            `${out} 上的下一跳 ${nextHop} 不应答 ARP，宿主机无法把${what.zh}发到外部。`,
          ),
          evidence: [
            ...(entry === undefined ? [] : [same(`${nextHop} dev ${out} ${entry.state}`)]),
            ...(nobody
              ? [t(`nobody behind ${out} has ${nextHop}`, `${out} 后面没有谁拥有 ${nextHop}`)]
              : []),
            ...grown(evidence, place, 'IcmpOutDestUnreachs'),
          ],
          check: [{ place, argv: ['ip', 'neigh', 'show', nextHop, 'dev', out] }],
          certain: nobody || (failed && evidence.after !== undefined),
        },
      ];
    }),
};

/** Bytes of the packet: what was asked for, else a ping of 56 bytes or a SYN. */
function sizeOf({ walk, question }: Evidence): number {
  return walk?.probe.size ?? (question.protocol === 'icmp' ? 84 : 60);
}

/** A place where a big packet is lost without an ICMP error: the receiver takes only smaller frames than the sender sends. */
interface Narrow {
  readonly passage: Passage;
  readonly sends: number;
  readonly takes: number;
  readonly dev: string;
}

function narrowings(evidence: Evidence, path: Path): readonly Narrow[] {
  const all = passages(evidence, path);
  return all.flatMap((passage): readonly Narrow[] => {
    const { leg, direction, index, reading } = passage;
    const before = all.find((one) => one.direction === direction && one.index === index - 1);
    const dev = leg.inPort ?? leg.in;
    const sender = before?.leg.outPort ?? before?.leg.out;
    if (before === undefined || dev === undefined || sender === undefined) return [];
    // The IP layer cuts, or refuses, what is bigger than its own interface.
    const sends = Math.min(
      ...[before.leg.out, sender].map(
        (name) => linkOf(before.reading, name)?.mtu ?? Number.POSITIVE_INFINITY,
      ),
    );
    const takes = linkOf(reading, dev)?.mtu ?? Number.POSITIVE_INFINITY;
    return takes < sends ? [{ passage, sends, takes, dev }] : [];
  });
}

/** A bridge drops a frame that is bigger than the port by which it would go out (bridge: is_skb_forwardable). */
function narrowPorts(evidence: Evidence, path: Path): readonly Found[] {
  return passages(evidence, path).flatMap(({ leg, direction, reading }): readonly Found[] => {
    const { place, does, outPort } = leg;
    const size = sizeOf(evidence);
    const mtu = linkOf(reading, outPort)?.mtu;
    if (does !== 'bridged' || outPort === undefined || mtu === undefined || size <= mtu) return [];
    const where = nameOf(place);
    const points = ['bridge', 'forward', 'postrouting', 'bridge-out', 'egress'] as const;
    return [
      {
        direction,
        place,
        at: points.map((point) => ({ direction, place, point })),
        says: t(
          `The port ${outPort} of a bridge on ${where.en} takes packets of at most ${mtu} bytes; a bridge silently drops larger ones, such as this one of ${size} bytes.`,
          `${where.zh}上网桥的端口 ${outPort} 最多发送 ${mtu} 字节的包；更大的包（例如这个 ${size} 字节的包）会被网桥静默丢弃。`,
        ),
        evidence: [same(`${outPort}: mtu ${mtu}`)],
        check: [{ place, argv: ['ip', 'link', 'show', 'dev', outPort] }],
        certain: true,
      },
    ];
  });
}

const blackHole: Cause = {
  id: 'mtu-black-hole',
  stage: 'uplink',
  title: t('Big packets are lost: the MTU is smaller on the way', '大包丢失：途中的 MTU 更小'),
  judge: (evidence, path) => [
    ...narrowPorts(evidence, path),
    ...narrowings(evidence, path).map(({ passage, sends, takes, dev }): Found => {
      const { leg, direction, before } = passage;
      const { place } = leg;
      const from = before?.place ?? place;
      const size = sizeOf(evidence);
      const [where, sender] = [nameOf(place), nameOf(from)];
      const out = before?.out ?? '';
      const at: readonly Position[] = [
        { direction, place: from, point: 'wire' },
        { direction, place, point: 'ingress' },
      ];
      return {
        direction,
        place,
        at,
        ...(size > takes ? { grows: [{ place, counter: `${dev}/rx_dropped` }] } : {}),
        says: t(
          `${dev} of ${where.en} accepts packets of at most ${takes} bytes, but ${sender.en} sends up to ${sends} bytes out of ${out}: larger ones are dropped silently, and with DF set the sender never learns to send smaller ones.`,
          `${where.zh}的 ${dev} 最多接收 ${takes} 字节的包，而${sender.zh}从 ${out} 最多发送 ${sends} 字节：更大的包会被静默丢弃；即使设置了 DF，发送方也收不到减小包长的通知。`,
        ),
        evidence: [
          t(`${out} on ${sender.en}: mtu ${sends}`, `${sender.zh}的 ${out}：mtu ${sends}`),
          t(`${dev} on ${where.en}: mtu ${takes}`, `${where.zh}的 ${dev}：mtu ${takes}`),
          ...grown(evidence, place, `${dev}/rx_dropped`),
        ],
        check: [
          { place: from, argv: ['ip', 'link', 'show', 'dev', out] },
          { place, argv: ['ip', 'link', 'show', 'dev', dev] },
        ],
        fix: { place, argv: ['ip', 'link', 'set', 'dev', dev, 'mtu', String(sends)] },
        certain: size > takes,
      };
    }),
  ],
};

const tooBig: Cause = {
  id: 'mtu-exceeded',
  stage: 'uplink',
  title: t('The packet is bigger than the MTU of an interface', '数据包大于接口的 MTU'),
  judge: (evidence, path) =>
    passages(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction, reading } = passage;
      const { place, out } = leg;
      const size = evidence.walk?.probe.size;
      const mtu = linkOf(reading, out)?.mtu;
      if (size === undefined || mtu === undefined || size <= mtu || out === undefined) return [];
      if (leg.does !== 'forward' && leg.does !== 'send') return [];
      const where = nameOf(place);
      return [
        {
          direction,
          place,
          at: [{ direction, place, point: leg.does === 'send' ? 'send' : 'routing' }],
          says: t(
            `${capital(where).en} cannot send a packet of ${size} bytes by ${out}, whose MTU is ${mtu}: with DF set, it does not fragment the packet but reports this to the sender.`,
            `${where.zh}无法从 ${out}（MTU 为 ${mtu}）发出 ${size} 字节的包：设置了 DF 就不能分片，只能通知发送方。`,
          ),
          evidence: [same(`${out} mtu ${mtu}`), ...grown(evidence, place, 'IpFragFails')],
          check: [{ place, argv: ['ip', 'link', 'show', 'dev', out] }],
          certain: true,
        },
      ];
    }),
};

/** How a packet leaves the host for the outside. */
export const uplink: readonly Cause[] = [uplinkDown, uplinkNeighbour, tooBig, blackHole];
