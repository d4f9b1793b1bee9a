import type { LinkFact } from '../../facts/index.ts';
import type { Cause, Found } from '../cause.ts';
import { lostAt, onBridges } from '../clues/bridges.ts';
import type { BridgeVisit } from '../clues/transmissions.ts';
import { nameOf, same, t } from '../clues/words.ts';
import { linkOf, wiresOf } from '../wires.ts';

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

/** Settings of bridge ports that keep frames from passing. */
export const bridgePort: readonly Cause[] = [
  portBlocking,
  portIsolated,
  portLocked,
  portBlind,
  portVlan,
];
