import type { LinkFact } from '../../facts/index.ts';
import type { Place } from '../../model/place.ts';
import { containerPlace } from '../../model/place.ts';
import type { Cause, Found, Hint } from '../cause.ts';
import {
  type BridgeVisit,
  bridgesOf,
  endsOf,
  lostBetween,
  type Transmission,
  transmissions,
} from '../clues/transmissions.ts';
import { nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { Position } from '../position.ts';
import { type End, linkOf, wiresOf } from '../wires.ts';

function showLink({ place, dev }: End): Hint {
  return { place, argv: ['ip', 'link', 'show', 'dev', dev] };
}

/** A fault at an interface shows where its namespace takes frames in, or sends them. */
function lostAt(tx: Transmission, ...ends: readonly End[]): readonly Position[] {
  return lostBetween(
    tx,
    ...ends.flatMap(({ place }) =>
      (['ingress', 'bridge', 'bridge-out', 'egress'] as const).map(
        (point) => [place, point] as const,
      ),
    ),
  );
}

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

/** Asks about every bridge between two routers of the way. */
export function onBridges(
  evidence: Evidence,
  path: Path,
  judge: (tx: Transmission, visit: BridgeVisit) => readonly Found[],
): readonly Found[] {
  return transmissions(evidence, path).flatMap((tx) =>
    bridgesOf(tx, evidence).flatMap((visit) => judge(tx, visit)),
  );
}

/** A cable of the sender or the target: the container's interface, and the other end on a host. */
interface Cable {
  readonly inner: End;
  readonly outer: End;
  readonly link: LinkFact;
  /** The bridge that the outer end belongs in; absent where nothing says so. */
  readonly bridge: string | undefined;
  readonly address: string | undefined;
}

/** The namespaces at both ends of the way. */
function endPlaces({ question, reading }: Evidence, { there }: Path): readonly Place[] {
  const target = Object.keys(reading).find((place) =>
    reading[place as Place]?.links.some(({ addresses }) =>
      addresses.some((one) => one.split('/')[0] === question.to),
    ),
  ) as Place | undefined;
  const places = [question.from, there.at(-1)?.place, target];
  return [...new Set(places.filter((one) => one !== undefined))];
}

/** The bridge that has the gateway of these addresses, where no lab tells which it is. */
function likelyBridge({ reading }: Evidence, place: Place, inner: End): string | undefined {
  const gateway = reading[inner.place]?.routes.find(({ to }) => to === 'default')?.gateway;
  return reading[place]?.links.find(
    ({ kind, addresses }) =>
      kind === 'bridge' && addresses.some((one) => one.split('/')[0] === gateway),
  )?.name;
}

function cables(evidence: Evidence, path: Path): readonly Cable[] {
  const { reading, lab } = evidence;
  const wires = wiresOf(reading);
  return endPlaces(evidence, path).flatMap((place) =>
    (reading[place]?.links ?? []).flatMap(({ name, kind, addresses }): Cable[] => {
      const inner = { place, dev: name };
      const outer = kind === 'veth' ? wires.other(inner) : undefined;
      const link = outer && linkOf(reading, outer);
      if (outer === undefined || link === undefined || outer.place === place) return [];
      if (place === 'host' || place === 'world' || outer.place === 'world') return [];
      const container = lab?.containers.find((one) => containerPlace(one.name) === place);
      const planned = container?.attachments.find(({ device }) => device === name)?.network.bridge;
      return [
        {
          inner,
          outer,
          link,
          bridge: planned ?? likelyBridge(evidence, outer.place, inner),
          address: addresses[0]?.split('/')[0],
        },
      ];
    }),
  );
}

/** Whether the packets of this question use a cable, by their addresses or by the way itself. */
function uses({ inner, address }: Cable, { question }: Evidence, { there, back }: Path): boolean {
  const isEnd = inner.place === question.from || address === question.to;
  const legs = [...there, ...back].filter(({ place }) => place === inner.place);
  const devices = legs.flatMap((leg) => [leg.in, leg.out]);
  return isEnd && (devices.includes(inner.dev) || address === question.to);
}

/** Where packets are lost that a cable leads past its bridge: often they arrive, and the answers do not. */
function astray(
  { inner, outer, address }: Cable,
  evidence: Evidence,
  path: Path,
): readonly Position[] {
  const txs = transmissions(evidence, path);
  const own = txs.filter(({ sender }) => sender.place === inner.place);
  const others = txs.filter(
    ({ sender }) => sender.place === outer.place || sender.nextHop === address,
  );
  const points = ['ingress', 'bridge', 'routing', 'neighbour', 'wire'] as const;
  return [
    ...own.flatMap((tx) => lostBetween(tx)),
    ...others.flatMap((tx) => lostBetween(tx)),
    ...(['there', 'back'] as const).flatMap((direction) =>
      points.map((point) => ({ direction, place: outer.place, point })),
    ),
  ];
}

/**
 * Whether the host's own routes lead packets for the container to another interface than its cable: then a cable
 * outside its bridge cuts it off. A cable with a route of its own needs no bridge.
 */
function isCutOff({ outer, address, link }: Cable, { reading }: Evidence): boolean {
  const here = reading[outer.place];
  if (here === undefined || address === undefined) return true;
  const direct = here.routes.some(
    ({ dev, to, type }) => dev === link.name && type === undefined && to.split('/')[0] === address,
  );
  return !direct;
}

const unattached: Cause = {
  id: 'link-unattached',
  stage: 'link',
  title: t('The veth is attached to no bridge', 'veth 没有接入网桥'),
  judge: (evidence, path) =>
    cables(evidence, path).flatMap((cable): Found[] => {
      const { inner, outer, link, bridge } = cable;
      if (link.master !== undefined || bridge === undefined) return [];
      if (!uses(cable, evidence, path) || !isCutOff(cable, evidence)) return [];
      const [where, who] = [nameOf(outer.place), nameOf(inner.place)];
      const isGone = !evidence.reading[outer.place]?.links.some(({ name }) => name === bridge);
      return [
        {
          direction: 'there',
          place: outer.place,
          at: astray(cable, evidence, path),
          says: isGone
            ? t(
                `The bridge ${bridge} no longer exists on ${where.en}: ${outer.dev}, the other end of the veth pair of ${who.en}, is attached to no bridge.`,
                `${where.zh}上的网桥 ${bridge} 已经不存在，${who.zh}的 veth 对端 ${outer.dev} 没有接入任何网桥。`,
              )
            : t(
                `${outer.dev}, the other end of the veth pair of ${who.en}, is attached to no bridge; it should be a port of ${bridge}. What is sent through it may still arrive, but the answers go to ${bridge}, which no longer reaches ${who.en}.`,
                `${who.zh}的 veth 对端 ${outer.dev} 没有接入任何网桥，它应接入 ${bridge}。发出的数据包也许还能到达，但应答会发往 ${bridge}，到不了${who.zh}。`,
              ),
          evidence: [same(`${outer.dev}: master -`)],
          check: [{ place: outer.place, argv: ['bridge', 'link', 'show'] }],
          ...(isGone
            ? {}
            : {
                fix: {
                  place: outer.place,
                  argv: ['ip', 'link', 'set', 'dev', outer.dev, 'master', bridge],
                },
              }),
          certain: true,
        },
      ];
    }),
};

const wrongBridge: Cause = {
  id: 'link-wrong-bridge',
  stage: 'link',
  title: t('The veth is attached to the wrong bridge', 'veth 接入了错误的网桥'),
  judge: (evidence, path) =>
    cables(evidence, path).flatMap((cable): Found[] => {
      const { inner, outer, link, bridge } = cable;
      const { master } = link;
      if (master === undefined || bridge === undefined || master === bridge) return [];
      if (!uses(cable, evidence, path) || !isCutOff(cable, evidence)) return [];
      const [where, who] = [nameOf(outer.place), nameOf(inner.place)];
      // Two bridges may be joined by a cable; then either will do.
      const near = wiresOf(evidence.reading).segment({ place: outer.place, dev: master });
      if (near.some(({ end }) => end.place === outer.place && end.dev === bridge)) return [];
      return [
        {
          direction: 'there',
          place: outer.place,
          at: astray(cable, evidence, path),
          says: t(
            `${outer.dev}, the other end of the veth pair of ${who.en}, is attached to the bridge ${master} of ${where.en} instead of ${bridge}.`,
            `${who.zh}的 veth 对端 ${outer.dev} 接入了${where.zh}的网桥 ${master}，而不是 ${bridge}。`,
          ),
          evidence: [same(`${outer.dev}: master ${master}`)],
          check: [{ place: outer.place, argv: ['bridge', 'link', 'show'] }],
          fix: {
            place: outer.place,
            argv: ['ip', 'link', 'set', 'dev', outer.dev, 'master', bridge],
          },
          certain: true,
        },
      ];
    }),
};

const sameNamespace: Cause = {
  id: 'link-same-namespace',
  stage: 'link',
  title: t(
    'Both ends of the veth pair are in one namespace',
    'veth 对的两端在同一个网络命名空间里',
  ),
  judge: (evidence, path) => {
    const { reading, lab, question } = evidence;
    const wires = wiresOf(reading);
    const concerned = endPlaces(evidence, path);
    const target = lab?.containers.filter(({ attachments }) =>
      attachments.some(({ address }) => address === question.to),
    );
    const names = [...concerned, ...(target ?? []).map(({ name }) => containerPlace(name))];
    const attachments = (lab?.containers ?? []).flatMap((one) => one.attachments);
    return attachments.flatMap((one): Found[] => {
      const place = containerPlace(one.container);
      if (!names.includes(place)) return [];
      const outer = { place: 'host', dev: one.outer } as const;
      const inner = { place, dev: one.device };
      const [far, near] = [wires.other(outer), wires.other(inner)];
      const isOnHost = far?.place === 'host';
      const isInside = near?.place === place;
      if (!isOnHost && !isInside) return [];
      const [both, first, second] = isOnHost
        ? (['host', one.outer, far.dev] as const)
        : ([place, one.device, near?.dev ?? ''] as const);
      const [where, who] = [nameOf(both), nameOf(place)];
      return [
        {
          direction: 'there',
          place: both,
          at: [
            { direction: 'there', place, point: 'send' },
            { direction: 'there', place: question.from, point: 'send' },
            ...transmissions(evidence, path).flatMap((tx) => lostBetween(tx)),
          ],
          says: t(
            `Both ends of the veth pair of ${who.en}, ${first} and ${second}, are in the network namespace of ${where.en}: nothing connects ${who.en} to the bridge.`,
            `${who.zh}的 veth 对的两端 ${first} 和 ${second} 都在${where.zh}的网络命名空间里：${who.zh}没有连到网桥。`,
          ),
          evidence: [same(`${first}@${second}`)],
          check: [{ place: both, argv: ['ip', 'link', 'show', 'type', 'veth'] }],
          certain: true,
        },
      ];
    });
  },
};

/** The ports of a bridge by which a frame comes and goes. */
function portsOf({ reading, inPort, outPort }: BridgeVisit): readonly LinkFact[] {
  const names = [inPort, outPort].filter((name) => name !== undefined);
  return names.flatMap((name) => reading.links.find((link) => link.name === name) ?? []);
}

const portBlocking: Cause = {
  id: 'link-port-blocking',
  stage: 'link',
  title: t('A bridge port does not forward', '网桥端口没有处于 forwarding 状态'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, visit) =>
      portsOf(visit).flatMap(({ name, up, port }): Found[] => {
        const { leg, reading, bridge } = visit;
        if (port === undefined || port.state === 'forwarding' || port.state === '') return [];
        // A port without carrier is disabled: then the cable is the reason.
        if (!up || reading.status[name]?.carrier === false) return [];
        const facts = reading.links.find((link) => link.name === bridge);
        if (facts?.up === false) return [];
        const { place } = leg;
        const where = nameOf(place);
        const stp = facts?.bridge?.stp ?? 'off';
        const wait = 2 * (facts?.bridge?.forwardDelay ?? 0);
        const isWaiting =
          stp !== 'off' && (port.state === 'listening' || port.state === 'learning');
        return [
          {
            direction: tx.direction,
            place,
            at: lostAt(tx, { place, dev: name }),
            says: t(
              `Port ${name} of the bridge ${bridge} on ${where.en} is in state ${port.state}, so it forwards no frames${isWaiting ? `; with STP, a new port starts forwarding after ${wait} s` : ''}.`,
              `${where.zh}上网桥 ${bridge} 的端口 ${name} 处于 ${port.state} 状态，不转发帧${isWaiting ? `；启用生成树协议 (STP) 时，新端口要等 ${wait} 秒才转发` : ''}。`,
            ),
            evidence: [same(`${name}: state ${port.state}, STP ${stp}`)],
            check: [{ place, argv: ['bridge', '-d', 'link', 'show', 'dev', name] }],
            ...(stp === 'off'
              ? {
                  fix: {
                    place,
                    argv: ['bridge', 'link', 'set', 'dev', name, 'state', 'forwarding'],
                  },
                }
              : {
                  fix: {
                    place,
                    argv: ['ip', 'link', 'set', 'dev', bridge, 'type', 'bridge', 'stp_state', '0'],
                  },
                }),
            certain: true,
          },
        ];
      }),
    ),
};

const portIsolated: Cause = {
  id: 'link-port-isolated',
  stage: 'link',
  title: t('Both bridge ports are isolated', '两个网桥端口都被隔离'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, visit): Found[] => {
      const { leg, bridge, inPort, outPort } = visit;
      const ports = portsOf(visit);
      if (inPort === undefined || outPort === undefined) return [];
      if (!ports.every(({ port }) => port?.isolated === true)) return [];
      const { place } = leg;
      const where = nameOf(place);
      const names = [inPort, outPort].sort();
      return [
        {
          direction: tx.direction,
          place,
          at: lostAt(tx, { place, dev: bridge }),
          says: t(
            `The ports ${names.join(' and ')} of the bridge ${bridge} on ${where.en} are isolated: isolated ports exchange no frames with each other.`,
            `${where.zh}上网桥 ${bridge} 的端口 ${names.join(' 和 ')} 都被隔离 (isolated)：被隔离的端口之间不能互通。`,
          ),
          evidence: names.map((name) => same(`${name}: isolated on`)),
          check: [{ place, argv: ['bridge', '-d', 'link', 'show', 'dev', names[0] ?? ''] }],
          fix: {
            place,
            argv: ['bridge', 'link', 'set', 'dev', names[0] ?? '', 'isolated', 'off'],
          },
          certain: true,
        },
      ];
    }),
};

const portLocked: Cause = {
  id: 'link-port-locked',
  stage: 'link',
  title: t('A bridge port takes frames from known MACs only', '网桥端口只接受已登记的 MAC 地址'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, visit) =>
      portsOf(visit).flatMap(({ name, port }): Found[] => {
        const { leg, reading, bridge } = visit;
        if (port?.locked !== true) return [];
        const { place } = leg;
        const peer = wiresOf(evidence.reading).other({ place, dev: name });
        const mac = peer && linkOf(evidence.reading, peer)?.mac;
        const known = reading.fdb.some((one) => one.dev === name && one.mac === mac);
        if (known) return [];
        const where = nameOf(place);
        return [
          {
            direction: tx.direction,
            place,
            at: lostAt(tx, { place, dev: name }),
            says: t(
              `Port ${name} of the bridge ${bridge} on ${where.en} is locked, and the forwarding database has no entry for the MAC ${mac ?? '?'} on it: the bridge drops frames from this MAC.`,
              `${where.zh}上网桥 ${bridge} 的端口 ${name} 被锁定 (locked)，而转发表 (fdb) 里没有该端口上 MAC ${mac ?? '?'} 的表项：来自这个 MAC 的帧会被丢弃。`,
            ),
            evidence: [same(`${name}: locked on`)],
            check: [{ place, argv: ['bridge', '-d', 'link', 'show', 'dev', name] }],
            fix: { place, argv: ['bridge', 'link', 'set', 'dev', name, 'locked', 'off'] },
            certain: mac !== undefined && !reading.missing.includes('bridge'),
          },
        ];
      }),
    ),
};

const portBlind: Cause = {
  id: 'link-port-blind',
  stage: 'link',
  title: t('A bridge port neither learns nor floods', '网桥端口既不学习也不泛洪'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, visit): Found[] => {
      const { leg, reading, bridge, outPort } = visit;
      const out = portsOf(visit).find(({ name }) => name === outPort);
      if (out?.port?.blind !== true) return [];
      const { place } = leg;
      const peer = wiresOf(evidence.reading).other({ place, dev: out.name });
      const mac = peer && linkOf(evidence.reading, peer)?.mac;
      if (reading.fdb.some((one) => one.dev === out.name && one.mac === mac)) return [];
      const where = nameOf(place);
      return [
        {
          direction: tx.direction,
          place,
          at: lostAt(tx, { place, dev: out.name }),
          says: t(
            `Port ${out.name} of the bridge ${bridge} on ${where.en} has learning and flooding off, and no entry in the forwarding database points to it: the bridge sends it no frames.`,
            `${where.zh}上网桥 ${bridge} 的端口 ${out.name} 关闭了 learning 和 flood，转发表 (fdb) 里也没有指向它的表项：网桥不会向它发送任何帧。`,
          ),
          evidence: [same(`${out.name}: learning off, flood off`)],
          check: [{ place, argv: ['bridge', '-d', 'link', 'show', 'dev', out.name] }],
          fix: {
            place,
            argv: [
              ...['bridge', 'link', 'set', 'dev', out.name],
              ...['learning', 'on', 'flood', 'on'],
            ],
          },
          certain: mac !== undefined && !reading.missing.includes('bridge'),
        },
      ];
    }),
};

const portVlan: Cause = {
  id: 'link-port-vlan',
  stage: 'link',
  title: t('A bridge port is in another VLAN', '网桥端口在另一个 VLAN 里'),
  judge: (evidence, path) =>
    onBridges(evidence, path, (tx, visit): Found[] => {
      const { leg, reading, bridge, inPort, outPort } = visit;
      const facts = reading.links.find(({ name }) => name === bridge)?.bridge;
      if (facts?.vlan === undefined || reading.missing.includes('bridge')) return [];
      const vlansOf = (dev: string) => reading.vlans.filter((one) => one.dev === dev);
      const [from, to] = [inPort ?? bridge, outPort ?? bridge];
      const pvid = vlansOf(from).find((one) => one.pvid)?.first;
      const leaves = vlansOf(to).find(
        ({ first, last }) => pvid !== undefined && first <= pvid && pvid <= last,
      );
      if (pvid !== undefined && leaves?.untagged === true) return [];
      const { place } = leg;
      const where = nameOf(place);
      const list = (dev: string) =>
        vlansOf(dev)
          .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
          .join(' ') || '-';
      const says =
        pvid === undefined
          ? t(
              `${bridge} on ${where.en} filters VLANs, and ${from} has no PVID, so its untagged frames are in no VLAN: the bridge drops them.`,
              `${where.zh}的网桥 ${bridge} 启用了 VLAN 过滤，而 ${from} 没有 PVID，从这里进来的不带标签的帧不属于任何 VLAN，会被丢弃。`,
            )
          : leaves === undefined
            ? t(
                `${bridge} on ${where.en} filters VLANs: frames from ${from} are in VLAN ${pvid}, but ${to} is not a member of it (its VLANs: ${list(to)}).`,
                `${where.zh}的网桥 ${bridge} 启用了 VLAN 过滤：来自 ${from} 的帧属于 VLAN ${pvid}，而 ${to} 不属于这个 VLAN（它所属的 VLAN：${list(to)}）。`,
              )
            : t(
                `${bridge} on ${where.en} filters VLANs: frames of VLAN ${pvid} leave ${to} tagged, but the other end expects them untagged.`,
                `${where.zh}的网桥 ${bridge} 启用了 VLAN 过滤：VLAN ${pvid} 的帧带着标签从 ${to} 发出，而对端不认这个标签。`,
              );
      return [
        {
          direction: tx.direction,
          place,
          at: lostAt(tx, { place, dev: bridge }),
          says,
          evidence: [same(`${from}: VLAN ${list(from)}`), same(`${to}: VLAN ${list(to)}`)],
          check: [{ place, argv: ['bridge', 'vlan', 'show'] }],
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

export const link: readonly Cause[] = [
  sameNamespace,
  endDown,
  unattached,
  wrongBridge,
  bridgeDown,
  portBlocking,
  portIsolated,
  portLocked,
  portBlind,
  portVlan,
  queue,
  program,
];
