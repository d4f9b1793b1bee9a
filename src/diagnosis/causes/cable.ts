import type { LinkFact } from '../../facts/index.ts';
import type { Place } from '../../model/place.ts';
import { containerPlace } from '../../model/place.ts';
import type { Cause, Found } from '../cause.ts';
import { lostBetween, transmissions } from '../clues/transmissions.ts';
import { nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { Position } from '../position.ts';
import { type End, linkOf, wiresOf } from '../wires.ts';

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

export const unattached: Cause = {
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

export const wrongBridge: Cause = {
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

export const sameNamespace: Cause = {
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
