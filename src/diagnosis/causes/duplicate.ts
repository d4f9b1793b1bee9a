import type { Hop } from '../../trace/walk.ts';
import type { Cause, Found } from '../cause.ts';
import { entryOf, entryText, showNeighbours } from '../clues/neighbours.ts';
import { lostBetween, type Transmission, transmissions } from '../clues/transmissions.ts';
import { nameOf, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Position } from '../position.ts';
import { type End, linkOf, wiresOf } from '../wires.ts';

/** Ends of a segment, the sender's own among them. */
function segmentOf(tx: Transmission, evidence: Evidence): readonly End[] {
  const own = { place: tx.sender.place, dev: tx.sender.out };
  const others = wiresOf(evidence.reading).segment(own);
  return [own, ...others.filter(({ unread }) => unread !== true).map(({ end }) => end)];
}

export const duplicateAddress: Cause = {
  id: 'duplicate-address',
  stage: 'neighbour',
  title: t('Two interfaces have the same address', '两个接口有相同的地址'),
  judge: (evidence, path) => {
    const { reading } = evidence;
    return transmissions(evidence, path).flatMap((tx): Found[] => {
      const { direction, sender, receiver } = tx;
      const { nextHop, place, out } = sender;
      const owners = segmentOf(tx, evidence).filter((end) =>
        linkOf(reading, end)?.addresses.some((one) => one.split('/')[0] === nextHop),
      );
      if (owners.length < 2 || receiver === undefined) return [];
      const rightful = rightfulOwner(evidence, nextHop) ?? {
        place: receiver.place,
        dev: receiver.in ?? '',
      };
      const others = owners.filter(
        (end) => end.place !== rightful.place || end.dev !== rightful.dev,
      );
      const [other] = others;
      if (other === undefined) return [];
      const entry = entryOf(tx, evidence);
      const isAstray =
        place === other.place ||
        (entry?.mac !== undefined &&
          others.some((end) => linkOf(reading, end)?.mac === entry.mac) &&
          linkOf(reading, rightful)?.mac !== entry.mac);
      const text = (end: End) => `${nameOf(end.place).en} ${end.dev}`;
      const textZh = (end: End) => `${nameOf(end.place).zh} ${end.dev}`;
      const points = ['ingress', 'bridge', 'routing', 'input', 'socket', 'forward'] as const;
      return [
        {
          direction,
          place: other.place,
          at: [
            ...lostBetween(tx),
            ...[other.place, rightful.place].flatMap((at) =>
              points.map((point): Position => ({ direction, place: at, point })),
            ),
          ],
          says: t(
            `${nextHop} belongs to ${text(rightful)}, but ${text(other)} has it too: whoever answers ARP first gets the packets.`,
            `${nextHop} 属于${textZh(rightful)}，但${textZh(other)} 也配置了它：谁先应答 ARP，数据包就发给谁。`,
          ),
          evidence: entryText(tx, evidence),
          check: [
            showNeighbours(place),
            { place: other.place, argv: ['ip', 'address', 'show', 'dev', other.dev] },
          ],
          fix: {
            place: other.place,
            argv: ['ip', 'address', 'del', addressOn(evidence, other, nextHop), 'dev', other.dev],
          },
          certain: isAstray && out !== '',
        },
      ];
    });
  },
};

function addressOn({ reading }: Evidence, end: End, address: string): string {
  const all = linkOf(reading, end)?.addresses ?? [];
  return all.find((one) => one.split('/')[0] === address) ?? address;
}

/** The interface to which the lab gives an address. */
function rightfulOwner({ lab }: Evidence, address: string): End | undefined {
  const network = lab?.networks.find(({ gateway }) => gateway === address);
  if (network !== undefined) return { place: 'host', dev: network.bridge };
  const [attachment] = (lab?.containers ?? []).flatMap(({ attachments }) =>
    attachments.filter((one) => one.address === address),
  );
  return attachment && { place: `container ${attachment.container}`, dev: attachment.device };
}

export const duplicateMac: Cause = {
  id: 'duplicate-mac',
  stage: 'neighbour',
  title: t('Two interfaces have the same MAC', '两个接口有相同的 MAC 地址'),
  judge: (evidence, path) => {
    const { reading } = evidence;
    const wires = wiresOf(reading);
    return transmissions(evidence, path).flatMap((tx): Found[] => {
      const ends = segmentOf(tx, evidence);
      // The ports of the bridges on the way have MACs as well, which the bridge takes for its own.
      const ports = ends.flatMap(({ place, dev }) =>
        wires.portsOf({ place, dev }).map((port) => ({ place, dev: port })),
      );
      const own: End = { place: tx.sender.place, dev: tx.sender.out };
      const partners: readonly End[] = [
        own,
        ...(tx.receiver?.in === undefined
          ? []
          : [{ place: tx.receiver.place, dev: tx.receiver.in }]),
      ];
      return partners.flatMap((end): Found[] => {
        const link = linkOf(reading, end);
        if (link === undefined) return [];
        const twins = [...ends, ...ports].filter(
          (one) =>
            (one.place !== end.place || one.dev !== end.dev) &&
            !isPairOfBridge(reading, one, end) &&
            linkOf(reading, one)?.mac === link.mac,
        );
        const [twin] = twins;
        // Told once for the two of them.
        if (twin === undefined || isToldBefore(twin, end, partners)) return [];
        const isPartner = partners.some((one) => one.place === twin.place && one.dev === twin.dev);
        const isLocal = linkOf(reading, twin)?.kind === 'bridge' || ports.includes(twin);
        const where = nameOf(end.place);
        const other = nameOf(twin.place);
        const places = [...tx.bridged.map((leg) => leg.place), tx.receiver?.place];
        // The packet was seen to come to the other one.
        const isAtTwin = (hop: Hop) =>
          hop.place === twin.place && hop.in === twin.dev && tx.receiver?.place !== twin.place;
        return [
          {
            direction: tx.direction,
            place: end.place,
            at: lostBetween(
              tx,
              ...places.flatMap((place) =>
                place === undefined
                  ? []
                  : (['bridge', 'wire', 'ingress'] as const).map(
                      (point) => [place, point] as const,
                    ),
              ),
            ),
            says: t(
              `${end.dev} of ${where.en} and ${twin.dev} of ${other.en} have the same MAC ${link.mac}: the bridge cannot tell them apart.`,
              `${where.zh}的 ${end.dev} 和${other.zh}的 ${twin.dev} 的 MAC 地址相同（${link.mac}）：网桥无法区分它们。`,
            ),
            evidence: [end, twin].map((one) => {
              const owner = nameOf(one.place);
              return t(
                `${one.dev} of ${owner.en}: ${link.mac}`,
                `${owner.zh}的 ${one.dev}：${link.mac}`,
              );
            }),
            check: [
              { place: end.place, argv: ['ip', 'link', 'show', 'dev', end.dev] },
              { place: twin.place, argv: ['ip', 'link', 'show', 'dev', twin.dev] },
            ],
            certain: isPartner || isLocal || evidence.walk?.hops.some(isAtTwin) === true,
          },
        ];
      });
    });
  },
};

function isToldBefore(twin: End, end: End, partners: readonly End[]): boolean {
  const at = (one: End) =>
    partners.findIndex(({ place, dev }) => place === one.place && dev === one.dev);
  return at(twin) >= 0 && at(twin) < at(end);
}

/** A bridge without a MAC of its own takes that of a port: these two are one. */
function isPairOfBridge(reading: Evidence['reading'], one: End, other: End): boolean {
  const wires = wiresOf(reading);
  return (
    one.place === other.place &&
    (wires.bridgeOf(one) === other.dev || wires.bridgeOf(other) === one.dev)
  );
}
