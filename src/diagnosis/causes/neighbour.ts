import { loses } from '../../filter/walk.ts';
import { packet, whoHas } from '../../losses/journey.ts';
import { walkStops } from '../../losses/stops.ts';
import { parseAddress } from '../../model/ipv4.ts';
import { containerPlace, type Place } from '../../model/place.ts';
import type { Text } from '../../model/text.ts';
import type { Hop } from '../../trace/walk.ts';
import type { Cause, Found, Hint } from '../cause.ts';
import { filterOf } from '../clues/filters.ts';
import { sysctl } from '../clues/passages.ts';
import { isIn } from '../clues/sender.ts';
import { lostBetween, type Transmission, transmissions } from '../clues/transmissions.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Position } from '../position.ts';
import type { NamespaceReading } from '../reading.ts';
import { ownAddresses } from '../translate.ts';
import { type End, linkOf, type Reached, wiresOf } from '../wires.ts';

function neighbours(place: Place): Hint {
  return { place, argv: ['ip', 'neigh', 'show'] };
}

/** What the sender knows about its next hop, read after the probe where that was done. */
function entryOf({ sender, reading }: Transmission, evidence: Evidence) {
  const now = evidence.after?.[sender.place] ?? reading;
  return now.neighbours.find(
    ({ address, dev }) => address === sender.nextHop && dev === sender.out,
  );
}

function entryText(tx: Transmission, evidence: Evidence): readonly Text[] {
  const entry = entryOf(tx, evidence);
  const { place, nextHop, out } = tx.sender;
  const where = nameOf(place);
  if (entry === undefined) return [];
  const text = `${nextHop} dev ${out} ${entry.mac === undefined ? '' : `lladdr ${entry.mac} `}${entry.state}`;
  return [t(`neighbour in ${where.en}: ${text}`, `${where.zh}的邻居表：${text}`)];
}

/** Whether the sender needs no ARP: somebody has told it the right MAC for good. */
function isTold(tx: Transmission, { reading }: Evidence): boolean {
  const entry = tx.reading.neighbours.find(
    ({ address, dev, state }) =>
      address === tx.sender.nextHop && dev === tx.sender.out && state === 'PERMANENT',
  );
  return tx.around.owners.some(({ end }) => linkOf(reading, end)?.mac === entry?.mac);
}

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

/** Whether some namespace has the address, so that it only is not reached from here. */
function isSomewhere({ reading }: Evidence, address: string): boolean {
  return Object.values(reading).some((one) => one !== undefined && ownAddresses(one).has(address));
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
        check: [neighbours(place), { place, argv: ['ip', 'route', 'get', sender.destination] }],
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
          check: [neighbours(place)],
          fix: { place, argv: ['ip', 'neigh', 'del', nextHop, 'dev', out] },
          certain: true,
        },
      ];
    });
  },
};

/** Both ends of an ARP exchange: the interface that asks, and those that would answer. */
function arpEnds({ sender, around }: Transmission): readonly End[] {
  return [{ place: sender.place, dev: sender.out }, ...around.owners.map(({ end }) => end)];
}

const arpOff: Cause = {
  id: 'neighbour-arp-off',
  stage: 'neighbour',
  title: t('ARP is off', 'ARP 被关闭'),
  judge: (evidence, path) => {
    const { reading } = evidence;
    return transmissions(evidence, path).flatMap((tx) =>
      arpEnds(tx).flatMap(({ place, dev }, at): Found[] => {
        const link = linkOf(reading, { place, dev });
        const isEthernet =
          link?.kind === 'veth' || link?.kind === 'bridge' || link?.kind === 'ether';
        if (!isEthernet || reading[place]?.status[dev]?.noArp !== true) return [];
        if (at > 0 && isTold(tx, evidence)) return [];
        const where = nameOf(place);
        return [
          {
            direction: tx.direction,
            place,
            at: lostBetween(
              tx,
              ...tx.bridged.map((leg) => [leg.place, 'bridge'] as const),
              ...tx.around.owners.flatMap(({ end }) =>
                (['ingress', 'bridge'] as const).map((point) => [end.place, point] as const),
              ),
            ),
            says: t(
              `ARP is off on ${dev} of ${where.en} (NOARP): it sends no ARP requests and answers none.`,
              `${where.zh}的 ${dev} 关闭了 ARP (NOARP)：它既不发送 ARP 请求，也不应答。`,
            ),
            evidence: [same(`${dev}: NOARP`), ...entryText(tx, evidence)],
            check: [{ place, argv: ['ip', 'link', 'show', 'dev', dev] }],
            fix: { place, argv: ['ip', 'link', 'set', 'dev', dev, 'arp', 'on'] },
            certain: true,
          },
        ];
      }),
    );
  },
};

/** The larger of the values for all interfaces and for one (kernel: networking/ip-sysctl). */
function strictest(reading: NamespaceReading, dev: string, key: string): readonly [string, number] {
  const values = ['all', dev].map((name): readonly [string, number] => {
    const full = `net/ipv4/conf/${name}/${key}`;
    return [full, Number(sysctl(reading, full) ?? 0)];
  });
  return values.reduce((most, one) => (one[1] > most[1] ? one : most), values[0] ?? ['', 0]);
}

/** Why an interface answers no ARP request for an address, by its arp_ignore: the levels of ip-sysctl. */
function ignores(level: number, isExact: boolean): boolean {
  if (level === 8) return true;
  return (level === 1 || level === 2) && !isExact;
}

/** Rules of the family arp (arptables) at which a request or an answer ends. */
function arpRules(
  evidence: Evidence,
  tx: Transmission,
  { place, dev }: End,
): readonly { readonly says: Text; readonly certain: boolean; readonly check: Hint }[] {
  const reading = evidence.reading[place];
  if (reading === undefined) return [];
  const asks = place === tx.sender.place && dev === tx.sender.out;
  const [own, other] = [parseAddress(tx.sender.source), parseAddress(tx.sender.nextHop)];
  const request = { source: own, destination: other };
  const reply = { source: other, destination: own };
  const stops = [
    { hook: 'output', ends: { ...(asks ? request : reply), out: dev } },
    { hook: 'input', ends: { ...(asks ? reply : request), in: dev } },
  ].map(({ hook, ends }) => ({
    hook,
    families: ['arp'],
    packet: packet(whoHas, ends, undefined),
  }));
  return [...walkStops(filterOf(reading.firewall), stops)].flatMap(({ base, walked }) => {
    const lost = walked.endings.filter(loses);
    const ending = lost.find(({ certain }) => certain) ?? lost[0];
    if (ending === undefined) return [];
    const { family, table, name } = ending.chain;
    const what = ending.rule ?? 'policy drop';
    return [
      {
        says: t(
          `chain ${name} of table ${family} ${table}: ${what}`,
          `表 ${family} ${table} 的 ${name} 链：${what}`,
        ),
        certain: ending.certain,
        check: { place, argv: ['nft', '-a', 'list', 'chain', family, table, base.name] },
      },
    ];
  });
}

const arpFilter: Cause = {
  id: 'neighbour-arp-filter',
  stage: 'neighbour',
  title: t('ARP is filtered', 'ARP 被过滤'),
  judge: (evidence, path) =>
    transmissions(evidence, path).flatMap((tx) => {
      const { sender, around } = tx;
      const told = isTold(tx, evidence);
      const silent = around.owners.flatMap(({ end }: Reached): Found[] => {
        const there = evidence.reading[end.place];
        if (there === undefined || told) return [];
        const addresses = linkOf(evidence.reading, end)?.addresses ?? [];
        const isExact = addresses.some((one) => one.split('/')[0] === sender.nextHop);
        const [key, level] = strictest(there, end.dev, 'arp_ignore');
        if (!ignores(level, isExact)) return [];
        const where = nameOf(end.place);
        return [
          {
            direction: tx.direction,
            place: end.place,
            at: lostBetween(tx),
            says: t(
              `${end.dev} of ${where.en} does not answer ARP requests for ${sender.nextHop} (${key} is ${level}).`,
              `${where.zh}的 ${end.dev} 不应答对 ${sender.nextHop} 的 ARP 请求（${key} 为 ${level}）。`,
            ),
            evidence: [same(`${key} = ${level}`), ...entryText(tx, evidence)],
            check: [{ place: end.place, argv: ['sysctl', key] }],
            fix: { place: end.place, argv: ['sysctl', '-w', `${key}=0`] },
            certain: true,
          },
        ];
      });
      const ruled = arpEnds(tx).flatMap((end) =>
        arpRules(evidence, tx, end).map(({ says, certain, check }): Found => {
          const where = nameOf(end.place);
          return {
            direction: tx.direction,
            place: end.place,
            at: lostBetween(tx),
            says: t(
              `A firewall rule of ${where.en} drops ARP on ${end.dev}: ${says.en}`,
              `${where.zh}的防火墙规则丢弃了 ${end.dev} 上的 ARP：${says.zh}`,
            ),
            evidence: entryText(tx, evidence),
            check: [check],
            certain: certain && !told,
          };
        }),
      );
      return [...silent, ...ruled];
    }),
};

/** Ends of a segment, the sender's own among them. */
function segmentOf(tx: Transmission, evidence: Evidence): readonly End[] {
  const own = { place: tx.sender.place, dev: tx.sender.out };
  const others = wiresOf(evidence.reading).segment(own);
  return [own, ...others.filter(({ unread }) => unread !== true).map(({ end }) => end)];
}

const duplicateAddress: Cause = {
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
            neighbours(place),
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

const duplicateMac: Cause = {
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

export const neighbour: readonly Cause[] = [
  unowned,
  wrong,
  arpOff,
  arpFilter,
  duplicateAddress,
  duplicateMac,
];
