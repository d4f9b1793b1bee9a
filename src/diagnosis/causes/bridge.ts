import { loses } from '../../filter/walk.ts';
import { packet } from '../../losses/hooks.ts';
import { whoHas } from '../../losses/packet-kind.ts';
import { walkStops } from '../../losses/stops.ts';
import { parseAddress } from '../../model/ipv4.ts';
import type { Cause, Found } from '../cause.ts';
import { onBridges } from '../clues/bridges.ts';
import { filterOf, lossesIn, lossFinding } from '../clues/filters.ts';
import { passages } from '../clues/passages.ts';
import { isIn, senderOf } from '../clues/sender.ts';
import {
  type BridgeVisit,
  lostBetween,
  type Transmission,
  transmissions,
} from '../clues/transmissions.ts';
import { nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Position } from '../position.ts';
import { answerKind, kindOf } from '../translate.ts';
import { linkOf, wiresOf } from '../wires.ts';

const ownEntry: Cause = {
  id: 'bridge-own-entry',
  stage: 'bridge',
  title: t('The bridge does not know its own MAC', '网桥的转发表里没有它自己的 MAC'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, { leg, reading, bridge, inPort, outPort }): Found[] => {
      if (inPort === undefined || outPort !== undefined) return [];
      if (reading.missing.includes('bridge') || reading.fdb.length === 0) return [];
      const mac = reading.links.find(({ name }) => name === bridge)?.mac;
      const entries = reading.fdb.filter(
        (one) => one.mac === mac && (one.dev === bridge || one.master === bridge),
      );
      if (mac === undefined || entries.some(({ state }) => state === 'permanent')) return [];
      const { place } = leg;
      const where = nameOf(place);
      const [learnt] = entries;
      return [
        {
          direction: tx.direction,
          place,
          at: lostBetween(tx, [place, 'bridge']),
          says:
            learnt === undefined
              ? t(
                  `The bridge ${bridge} of ${where.en} has no entry for its own MAC ${mac} in its forwarding database: it forwards frames addressed to itself to its ports instead of passing them up the stack.`,
                  `${where.zh}的网桥 ${bridge} 的转发表 (fdb) 里没有它自己的 MAC ${mac}：发给它自己的帧会被转发到各端口，而不会交给上层。`,
                )
              : t(
                  `The bridge ${bridge} of ${where.en} has its own MAC ${mac} in its forwarding database on the port ${learnt.dev}: it forwards frames addressed to itself to that port.`,
                  `${where.zh}的网桥 ${bridge} 的转发表 (fdb) 把它自己的 MAC ${mac} 记在端口 ${learnt.dev} 上：发给它自己的帧会被送到那里。`,
                ),
          evidence: [
            learnt === undefined
              ? same(`bridge fdb: ${mac} -`)
              : same(`bridge fdb: ${mac} dev ${learnt.dev} ${learnt.state}`),
          ],
          check: [{ place, argv: ['bridge', 'fdb', 'show', 'br', bridge] }],
          fix: {
            place,
            argv: ['bridge', 'fdb', 'replace', mac, 'dev', bridge, 'self', 'permanent'],
          },
          certain: true,
        },
      ];
    }),
};

const address: Cause = {
  id: 'bridge-address',
  stage: 'bridge',
  title: t('The bridge has lost its address', '网桥失去了它的地址'),
  judge: (evidence, path) => {
    const { reading, lab } = evidence;
    const sender = senderOf(evidence, path);
    const [tx] = transmissions(evidence, path).filter(({ direction }) => direction === 'there');
    if (sender === undefined || tx === undefined || tx.around.owners.length > 0) return [];
    const { nextHop } = tx.sender;
    const planned = lab?.networks.find(({ gateway }) => gateway === nextHop);
    const [bare] =
      lab === undefined
        ? wiresOf(reading)
            .segment({ place: tx.sender.place, dev: tx.sender.out })
            .filter(({ end }) => {
              const link = linkOf(reading, end);
              return link?.kind === 'bridge' && link.addresses.length === 0;
            })
        : [];
    const end =
      planned === undefined ? bare?.end : ({ place: 'host', dev: planned.bridge } as const);
    const link = end && linkOf(reading, end);
    if (end === undefined || link === undefined) return [];
    const own = sender.links.find(({ name }) => name === tx.sender.out)?.addresses[0];
    const prefix = planned?.prefix ?? own?.split('/')[1] ?? '24';
    // Without a lab, only a next hop in the container's own subnet is surely meant to be the bridge.
    if (planned === undefined && (own === undefined || !isIn(own, nextHop))) return [];
    const { place, dev } = end;
    const where = nameOf(place);
    const has = link.addresses.join(' ') || '-';
    return [
      {
        direction: 'there',
        place,
        at: lostBetween(tx, [place, 'ingress'], [place, 'bridge'], [place, 'routing']),
        says: t(
          `The bridge ${dev} of ${where.en} does not have ${nextHop}/${prefix}, the gateway of its containers: nobody answers ARP for it.`,
          `${where.zh}的网桥 ${dev} 没有容器的网关地址 ${nextHop}/${prefix}：没有人应答对它的 ARP 请求。`,
        ),
        evidence: [same(`${dev}: inet ${has}`)],
        check: [{ place, argv: ['ip', 'address', 'show', 'dev', dev] }],
        fix: { place, argv: ['ip', 'address', 'add', `${nextHop}/${prefix}`, 'dev', dev] },
        certain: planned !== undefined || tx.around.unread === undefined,
      },
    ];
  },
};

/** The hooks of the family bridge that a frame passes at a bridge, for the packet and for ARP. */
function frameStops(tx: Transmission, visit: BridgeVisit, evidence: Evidence) {
  const { question, reading } = evidence;
  const { leg, bridge, inPort, outPort } = visit;
  const { sender } = tx;
  const addresses = sender.translated ?? leg;
  const mac = linkOf(reading, { place: sender.place, dev: sender.out })?.mac;
  const [from, to] = [parseAddress(addresses.source), parseAddress(addresses.destination)];
  const hop = parseAddress(sender.nextHop);
  const kind = tx.direction === 'there' ? kindOf(question) : answerKind(question);
  const own = { ...(mac === undefined ? {} : { mac }) };
  const frames = [
    { isArp: false, whole: packet(kind, { source: from, destination: to, ...own }, undefined) },
    { isArp: true, whole: packet(whoHas, { source: from, destination: hop, ...own }, undefined) },
  ];
  return frames.map(({ isArp, whole }) => {
    const seen = { ...whole, bridge };
    const at = (hook: string, incoming: string | undefined, out: string | undefined) => ({
      hook,
      families: ['bridge'],
      packet: { ...seen, in: incoming ?? null, out: out ?? null },
    });
    const stops =
      inPort === undefined
        ? [at('output', undefined, outPort), at('postrouting', undefined, outPort)]
        : outPort === undefined
          ? [at('prerouting', inPort, undefined), at('input', inPort, undefined)]
          : [
              at('prerouting', inPort, undefined),
              at('forward', inPort, outPort),
              at('postrouting', undefined, outPort),
            ];
    return { isArp, stops };
  });
}

const filter: Cause = {
  id: 'bridge-filter',
  stage: 'bridge',
  title: t('A firewall of the bridge family drops the frame', 'bridge 族的防火墙丢弃了帧'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, visit) => {
      const { leg, reading, bridge } = visit;
      const { place } = leg;
      return frameStops(tx, visit, evidence).flatMap(({ isArp, stops }) =>
        [...walkStops(filterOf(reading.firewall), stops)].flatMap(({ stop, walked }): Found[] => {
          const lost = walked.endings.filter(loses);
          const ending = lost.find(({ certain }) => certain) ?? lost[0];
          if (ending === undefined) return [];
          const { chain, rule, certain } = ending;
          const where = nameOf(place);
          const what = isArp ? 'ARP' : 'IPv4';
          const table = { family: chain.family, table: chain.table };
          const text = rule ?? 'policy drop';
          const isOut = stop.hook === 'output' || stop.hook === 'postrouting';
          const at: readonly Position[] = isArp
            ? lostBetween(tx)
            : [
                {
                  direction: tx.direction,
                  place,
                  point: isOut && visit.inPort === undefined ? 'bridge-out' : 'bridge',
                  table,
                },
              ];
          return [
            {
              direction: tx.direction,
              place,
              at,
              says: t(
                `Chain ${chain.name} of the nft table bridge ${chain.table} on ${where.en} drops ${what} frames at ${bridge}: ${text}`,
                `${where.zh}上 nft 表 bridge ${chain.table} 的 ${chain.name} 链在网桥 ${bridge} 处丢弃 ${what} 帧：${text}`,
              ),
              evidence: [same(`bridge ${chain.table} ${chain.name}: ${text}`)],
              check: [
                {
                  place,
                  argv: ['nft', '-a', 'list', 'chain', 'bridge', chain.table, chain.name],
                },
              ],
              certain: certain && ending.verdict.does !== 'hand-over',
            },
          ];
        }),
      );
    }),
};

const netfilter: Cause = {
  id: 'bridge-netfilter',
  stage: 'bridge',
  title: t(
    'br_netfilter passes bridged frames to the IP firewall',
    'br_netfilter 把网桥转发的帧交给 IP 防火墙',
  ),
  judge: (evidence, path) =>
    passages(evidence, path)
      .filter(({ leg }) => leg.does === 'bridged' && leg.bridgeFiltered === true)
      .flatMap((passage) => {
        const { place, in: name } = passage.leg;
        return lossesIn(passage, evidence)
          .filter(({ hook }) => hook !== 'ingress')
          .map((loss): Found => {
            const found = lossFinding(loss, evidence, [
              same('net.bridge.bridge-nf-call-iptables = 1'),
            ]);
            const { fix: _, ...rest } = found;
            return {
              ...rest,
              says: t(
                `${name} only bridges the frame, but br_netfilter passes it to the IP firewall (bridge-nf-call-iptables is 1). ${found.says.en}`,
                `帧只由网桥 ${name} 在二层转发，但 br_netfilter 把它交给了 IP 防火墙（bridge-nf-call-iptables 为 1）。${found.says.zh}`,
              ),
              check: [
                { place, argv: ['sysctl', 'net.bridge.bridge-nf-call-iptables'] },
                ...found.check,
              ],
              fix: { place, argv: ['sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=0'] },
            };
          });
      }),
};

export const bridge: readonly Cause[] = [ownEntry, address, filter, netfilter];
