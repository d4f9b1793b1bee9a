import { loses } from '../../filter/walk.ts';
import { packet } from '../../losses/hooks.ts';
import { whoHas } from '../../losses/packet-kind.ts';
import { walkStops } from '../../losses/stops.ts';
import { parseAddress } from '../../model/ipv4.ts';
import type { Text } from '../../model/text.ts';
import type { Cause, Found, Hint } from '../cause.ts';
import { filterOf } from '../clues/filters.ts';
import { entryText } from '../clues/neighbours.ts';
import { sysctl } from '../clues/passages.ts';
import { lostBetween, type Transmission, transmissions } from '../clues/transmissions.ts';
import { nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { NamespaceReading } from '../reading.ts';
import { type End, linkOf, type Reached } from '../wires.ts';

/** Whether the sender needs no ARP: somebody has told it the right MAC for good. */
function isTold(tx: Transmission, { reading }: Evidence): boolean {
  const entry = tx.reading.neighbours.find(
    ({ address, dev, state }) =>
      address === tx.sender.nextHop && dev === tx.sender.out && state === 'PERMANENT',
  );
  return tx.around.owners.some(({ end }) => linkOf(reading, end)?.mac === entry?.mac);
}

/** Both ends of an ARP exchange: the interface that asks, and those that would answer. */
function arpEnds({ sender, around }: Transmission): readonly End[] {
  return [{ place: sender.place, dev: sender.out }, ...around.owners.map(({ end }) => end)];
}

export const arpOff: Cause = {
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

export const arpFilter: Cause = {
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
