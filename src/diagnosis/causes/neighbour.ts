import { containerPlace } from '../../model/place.ts';
import type { Text } from '../../model/text.ts';
import type { Cause, Found } from '../cause.ts';
import { entryText, showNeighbours } from '../clues/neighbours.ts';
import { isSomewhere } from '../clues/passages.ts';
import { isIn } from '../clues/sender.ts';
import { lostBetween, type Transmission, transmissions } from '../clues/transmissions.ts';
import { capital, nameOf, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Position } from '../position.ts';
import { linkOf, wiresOf } from '../wires.ts';
import { arpFilter, arpOff } from './arp.ts';
import { duplicateAddress, duplicateMac } from './duplicate.ts';

/** Whether the lab gives an address to a bridge: then its absence has a better name. */
function isGateway({ lab }: Evidence, address: string): boolean {
  return lab?.networks.some(({ gateway }) => gateway === address) === true;
}

/**
 * Whether somebody has an address, but not on this segment: then what cuts them off is why, not that nobody has it. Nothing
 * is known of a container that could not be read.
 */
function isCutOff({ reading, lab }: Evidence, address: string): boolean {
  const owner = lab?.containers.find(({ attachments }) =>
    attachments.some((one) => one.address === address),
  );
  if (owner !== undefined && reading[containerPlace(owner.name)] === undefined) return true;
  return Object.values(reading).some((one) =>
    one?.links.some(
      ({ up, addresses }) => up && addresses.some((cidr) => cidr.split('/')[0] === address),
    ),
  );
}

/** The container to which the lab gives an address, in words. */
function plannedOwner({ lab }: Evidence, address: string): Text {
  const owner = lab?.containers.find(({ attachments }) =>
    attachments.some((one) => one.address === address),
  );
  return owner === undefined
    ? t('', '')
    : t(`; the lab gives it to ${owner.name}`, `；按配置它属于 ${owner.name}`);
}

const unowned: Cause = {
  id: 'neighbour-unowned',
  stage: 'neighbour',
  title: t('Nobody has the address of the next hop', '没有接口配置了下一跳的地址'),
  judge: (evidence, path) => {
    const [tx] = transmissions(evidence, path).filter(({ direction }) => direction === 'there');
    if (tx === undefined || tx.index !== 0) return [];
    const { sender, around, reading } = tx;
    const { nextHop, out, place, route } = sender;
    if (around.owners.length > 0 || isGateway(evidence, nextHop)) return [];
    if (isCutOff(evidence, nextHop)) return [];
    const kind = reading.links.find(({ name }) => name === out)?.kind;
    if (kind === 'dummy' || kind === 'loopback' || isBridgeBare(evidence, tx)) return [];
    const where = nameOf(place);
    const planned = plannedOwner(evidence, nextHop);
    const viaRouter = nextHop !== sender.destination;
    const isOnLink = viaRouter || route?.gateway === undefined;
    const wanted = evidence.lab?.networks.find(({ subnet }) => isIn(subnet, nextHop))?.gateway;
    const right = viaRouter && route?.to === 'default' ? wanted : undefined;
    return [
      {
        direction: 'there',
        place,
        at: lostBetween(tx),
        says: viaRouter
          ? t(
              `${capital(where).en} sends through the gateway ${nextHop} on ${out}, but its ARP requests get no answer: nobody there has this address.`,
              `${where.zh}经 ${out} 上的网关 ${nextHop} 发送，但 ARP 请求没有应答：该网段上没有接口配置这个地址。`,
            )
          : t(
              `${capital(where).en} gets no answer to its ARP requests for ${nextHop} on ${out}: nobody there has this address${planned.en}.`,
              `${where.zh}在 ${out} 上对 ${nextHop} 的 ARP 请求没有应答：该网段上没有接口配置这个地址${planned.zh}。`,
            ),
        evidence: [
          ...(route?.gateway === undefined
            ? []
            : [t(`route: ${route.to} via ${nextHop}`, `路由：${route.to} via ${nextHop}`)]),
          ...entryText(tx, evidence),
        ],
        check: [showNeighbours(place), { place, argv: ['ip', 'route', 'get', sender.destination] }],
        ...(right === undefined
          ? {}
          : {
              fix: { place, argv: ['ip', 'route', 'replace', 'default', 'via', right, 'dev', out] },
            }),
        certain: around.unread === undefined && isOnLink && !isSomewhere(evidence, nextHop),
      },
    ];
  },
};

/** Whether a bridge of the segment should have the address and has none at all: that is bridge-address. */
function isBridgeBare({ reading, lab }: Evidence, { sender }: Transmission): boolean {
  if (lab !== undefined) return false;
  return wiresOf(reading)
    .segment({ place: sender.place, dev: sender.out })
    .some(({ end }) => {
      const link = linkOf(reading, end);
      return link?.kind === 'bridge' && link.addresses.length === 0;
    });
}

/** Entries that the kernel does not correct by itself. */
const lasting = new Set(['PERMANENT', 'NOARP']);

const wrong: Cause = {
  id: 'neighbour-wrong',
  stage: 'neighbour',
  title: t('A permanent neighbour entry has the wrong MAC', '静态邻居表项的 MAC 地址不对'),
  judge: (evidence, path) => {
    const { reading } = evidence;
    return transmissions(evidence, path).flatMap((tx): Found[] => {
      const { direction, sender, around } = tx;
      const { place, nextHop, out } = sender;
      const entry = tx.reading.neighbours.find(
        ({ address, dev, state }) => address === nextHop && dev === out && lasting.has(state),
      );
      if (entry === undefined || around.owners.length === 0) return [];
      if (tx.reading.status[out]?.noArp === true) return [];
      const macs = around.owners.map(({ end }) => linkOf(reading, end)?.mac ?? '');
      if (entry.mac !== undefined && macs.includes(entry.mac)) return [];
      const [first] = around.owners;
      const where = nameOf(place);
      const bridges = [...(first?.through ?? []).map((one) => one.place), first?.end.place];
      return [
        {
          direction,
          place,
          at: [
            ...lostBetween(tx),
            ...bridges.flatMap((other): Position[] =>
              other === undefined
                ? []
                : (['ingress', 'bridge', 'wire'] as const).map((point) => ({
                    direction,
                    place: other,
                    point,
                  })),
            ),
          ],
          says: t(
            `${capital(where).en} has a permanent neighbour entry for ${nextHop} with the MAC ${entry.mac ?? '-'}, but the MAC of ${nextHop} is ${macs[0]}.`,
            `${where.zh}的邻居表里有 ${nextHop} 的静态表项，MAC 地址是 ${entry.mac ?? '-'}，而 ${nextHop} 的实际 MAC 地址是 ${macs[0]}。`,
          ),
          evidence: entryText(tx, evidence),
          check: [showNeighbours(place)],
          fix: { place, argv: ['ip', 'neigh', 'del', nextHop, 'dev', out] },
          certain: true,
        },
      ];
    });
  },
};

export const neighbour: readonly Cause[] = [
  unowned,
  wrong,
  arpOff,
  arpFilter,
  duplicateAddress,
  duplicateMac,
];
