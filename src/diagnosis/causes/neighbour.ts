import { loses } from '../../filter/walk.ts';
import { packet, whoHas } from '../../losses/journey.ts';
import { walkStops } from '../../losses/stops.ts';
import { parseAddress } from '../../model/ipv4.ts';
import { containerPlace } from '../../model/place.ts';
import type { Text } from '../../model/text.ts';
import type { Cause, Found, Hint } from '../cause.ts';
import { filterOf } from '../clues/filters.ts';
import { entryText, showNeighbours } from '../clues/neighbours.ts';
import { sysctl } from '../clues/passages.ts';
import { isIn } from '../clues/sender.ts';
import { lostBetween, type Transmission, transmissions } from '../clues/transmissions.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Position } from '../position.ts';
import type { NamespaceReading } from '../reading.ts';
import { ownAddresses } from '../translate.ts';
import { type End, linkOf, type Reached, wiresOf } from '../wires.ts';
import { duplicateAddress, duplicateMac } from './duplicate.ts';

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

export const neighbour: readonly Cause[] = [
  unowned,
  wrong,
  arpOff,
  arpFilter,
  duplicateAddress,
  duplicateMac,
];
