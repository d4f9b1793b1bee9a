import type { Cause, Found } from '../cause.ts';
import { lostAt, onBridges, showLink } from '../clues/bridges.ts';
import { endsOf, transmissions } from '../clues/transmissions.ts';
import { nameOf, same, t } from '../clues/words.ts';
import { linkOf, wiresOf } from '../wires.ts';
import { bridgePort } from './bridge-port.ts';
import { sameNamespace, unattached, wrongBridge } from './cable.ts';

const endDown: Cause = {
  id: 'link-end-down',
  stage: 'link',
  title: t('An end of a veth pair is down', 'veth 对的一端处于 down 状态'),
  judge: (evidence, path) => {
    const { reading } = evidence;
    const wires = wiresOf(reading);
    return transmissions(evidence, path).flatMap((tx): Found[] =>
      endsOf(tx).flatMap((end): Found[] => {
        const link = linkOf(reading, end);
        if (link === undefined || link.up || link.kind === 'bridge') return [];
        const where = nameOf(end.place);
        const other = wires.other(end);
        const peer = other && nameOf(other.place);
        return [
          {
            direction: tx.direction,
            place: end.place,
            at: lostAt(tx, end, ...(other === undefined ? [] : [other])),
            says:
              other === undefined || peer === undefined
                ? t(
                    `${end.dev} of ${where.en} is down.`,
                    `${where.zh}的 ${end.dev} 处于 down 状态。`,
                  )
                : t(
                    `${end.dev} of ${where.en} is down, so no packets pass between it and ${other.dev} of ${peer.en}, the other end of the veth pair.`,
                    `${where.zh}的 ${end.dev} 处于 down 状态：它和${peer.zh}的 ${other.dev} 是一对 veth，两端之间无法通信。`,
                  ),
            evidence: [
              same(`${end.dev}: DOWN`),
              ...(other !== undefined && reading[other.place]?.status[other.dev]?.carrier === false
                ? [same(`${other.dev}: NO-CARRIER`)]
                : []),
            ],
            check: [showLink(end)],
            fix: { place: end.place, argv: ['ip', 'link', 'set', 'dev', end.dev, 'up'] },
            certain: true,
          },
        ];
      }),
    );
  },
};

const bridgeDown: Cause = {
  id: 'link-bridge-down',
  stage: 'link',
  title: t('The bridge is down', '网桥处于 down 状态'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, { leg, bridge, reading }): Found[] => {
      const link = reading.links.find(({ name }) => name === bridge);
      if (link === undefined || link.up) return [];
      const { place } = leg;
      const where = nameOf(place);
      return [
        {
          direction: tx.direction,
          place,
          at: lostAt(tx, { place, dev: bridge }),
          says: t(
            `The bridge ${bridge} of ${where.en} is down: it forwards no frames.`,
            `${where.zh}的网桥 ${bridge} 处于 down 状态：它不转发任何帧。`,
          ),
          evidence: [same(`${bridge}: DOWN`)],
          check: [showLink({ place, dev: bridge })],
          fix: { place, argv: ['ip', 'link', 'set', 'dev', bridge, 'up'] },
          certain: true,
        },
      ];
    }),
};

const queue: Cause = {
  id: 'link-queue',
  stage: 'link',
  title: t('A queueing discipline drops packets', '队列规则丢弃数据包'),
  judge: (evidence, path) =>
    transmissions(evidence, path).flatMap((tx) =>
      endsOf(tx).flatMap((end): Found[] => {
        const queues = evidence.reading[end.place]?.queues ?? [];
        return queues
          .filter(({ dev }) => dev === end.dev)
          .flatMap(({ kind, options }): Found[] => {
            const loss = /"loss-random":\{"loss":([\d.]+)/.exec(options)?.[1];
            const all = kind === 'netem' && Number(loss) >= 1;
            const some = kind === 'netem' && loss !== undefined;
            const filters = kind === 'clsact' || kind === 'ingress';
            if (!all && !some && !filters) return [];
            const where = nameOf(end.place);
            return [
              {
                direction: tx.direction,
                place: end.place,
                at: lostAt(tx, end),
                says: all
                  ? t(
                      `The queueing discipline netem of ${end.dev} on ${where.en} drops every packet.`,
                      `${where.zh}上 ${end.dev} 的队列规则 netem 丢弃所有数据包。`,
                    )
                  : t(
                      `The queueing discipline ${kind} of ${end.dev} on ${where.en} may drop packets${some ? ` (${Math.round(Number(loss) * 100)} %)` : ''}.`,
                      `${where.zh}上 ${end.dev} 的队列规则 ${kind} 可能丢包${some ? `（${Math.round(Number(loss) * 100)} %）` : ''}。`,
                    ),
                evidence: [same(`qdisc ${kind} dev ${end.dev}`)],
                check: [
                  {
                    place: end.place,
                    argv: filters
                      ? ['tc', 'filter', 'show', 'dev', end.dev, 'ingress']
                      : ['tc', '-s', 'qdisc', 'show', 'dev', end.dev],
                  },
                ],
                fix: {
                  place: end.place,
                  argv: ['tc', 'qdisc', 'del', 'dev', end.dev, filters ? kind : 'root'],
                },
                certain: all,
              },
            ];
          });
      }),
    ),
};

const program: Cause = {
  id: 'link-xdp',
  stage: 'link',
  title: t('An XDP program may drop packets', 'XDP 程序可能丢包'),
  judge: (evidence, path) =>
    transmissions(evidence, path).flatMap((tx) =>
      endsOf(tx).flatMap((end): Found[] => {
        if (evidence.reading[end.place]?.status[end.dev]?.xdp !== true) return [];
        const where = nameOf(end.place);
        return [
          {
            direction: tx.direction,
            place: end.place,
            at: lostAt(tx, end),
            says: t(
              `${end.dev} on ${where.en} runs an XDP program, which may drop packets before they enter the network stack.`,
              `${where.zh}的 ${end.dev} 上运行着 XDP 程序，数据包可能还没进入协议栈就被它丢弃。`,
            ),
            evidence: [same(`${end.dev}: xdp`)],
            check: [showLink(end)],
            fix: { place: end.place, argv: ['ip', 'link', 'set', 'dev', end.dev, 'xdp', 'off'] },
            certain: false,
          },
        ];
      }),
    ),
};

/** What is on the way between two network namespaces. */
export const link: readonly Cause[] = [
  sameNamespace,
  endDown,
  unattached,
  wrongBridge,
  bridgeDown,
  ...bridgePort,
  queue,
  program,
];
