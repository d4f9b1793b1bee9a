import type { Cause, Found } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { flow } from '../clues/flow.ts';
import { type Passage, passages, sysctl } from '../clues/passages.ts';
import { routingOf } from '../clues/routing.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';

/** Passages in which a packet comes in that is for somebody else. */
function transits(evidence: Evidence, path: Path): readonly Passage[] {
  return passages(evidence, path).filter(({ leg, reading }) => {
    const interfaces = reading.links.filter(({ kind }) => kind !== 'loopback');
    const routes = leg.does === 'forward' || leg.does === 'none';
    // With one interface it is no router: what it gets for others has lost its way before.
    return leg.in !== undefined && routes && interfaces.length > 1;
  });
}

function oncePerPlace(found: readonly Found[]): readonly Found[] {
  return found.filter((one, at) => found.findIndex(({ place }) => place === one.place) === at);
}

/** The value that decides: that of the interface by which the packet comes in (kernel: networking/ip-sysctl). */
function forwards({ reading, leg }: Passage): boolean {
  const own = sysctl(reading, `net/ipv4/conf/${leg.in}/forwarding`);
  return (own ?? sysctl(reading, 'net/ipv4/ip_forward')) !== '0';
}

/** Whether forwarding is off as a whole: not only for the interface by which the packet comes in. */
function isOffWholly({ reading, leg }: Passage): boolean {
  const others = [leg.out].filter((name) => name !== undefined && name !== leg.in);
  return (
    sysctl(reading, 'net/ipv4/ip_forward') !== '1' &&
    others.every((name) => sysctl(reading, `net/ipv4/conf/${name}/forwarding`) !== '1')
  );
}

export const forwardingOff: Cause = {
  id: 'forwarding-off',
  stage: 'routing',
  title: t('The host does not forward packets', '宿主机不转发数据包'),
  judge: (evidence, path) =>
    oncePerPlace(
      transits(evidence, path)
        .filter((one) => !forwards(one) && isOffWholly(one))
        .map((passage): Found => {
          const { leg, direction } = passage;
          const { place } = leg;
          const [where, what] = [
            nameOf(place),
            flow(passage, passage.leaves.destination, evidence),
          ];
          return {
            direction,
            place,
            at: routingOf(passage),
            grows: [{ place, counter: 'IpInAddrErrors' }],
            says: t(
              `${capital(where).en} does not forward packets (net.ipv4.ip_forward is 0), so it drops ${what.en}, which comes in on ${leg.in}.`,
              `${where.zh}没有启用转发（net.ipv4.ip_forward 为 0），丢弃从 ${leg.in} 进来的${what.zh}。`,
            ),
            evidence: [
              same('net.ipv4.ip_forward = 0'),
              ...grown(evidence, place, 'IpInAddrErrors'),
            ],
            check: [{ place, argv: ['sysctl', 'net.ipv4.ip_forward'] }],
            fix: { place, argv: ['sysctl', '-w', 'net.ipv4.ip_forward=1'] },
            certain: true,
          };
        }),
    ),
};

export const forwardingOffInterface: Cause = {
  id: 'forwarding-off-interface',
  stage: 'routing',
  title: t(
    'An interface does not forward the packets that come in on it',
    '某个接口不转发收到的数据包',
  ),
  judge: (evidence, path) =>
    transits(evidence, path)
      .filter((one) => !forwards(one) && !isOffWholly(one))
      .map((passage): Found => {
        const { leg, direction } = passage;
        const { place } = leg;
        const key = `net/ipv4/conf/${leg.in}/forwarding`;
        const [where, what] = [nameOf(place), flow(passage, passage.leaves.destination, evidence)];
        const wide = sysctl(passage.reading, 'net/ipv4/ip_forward') ?? '0';
        const although =
          wide === '1'
            ? t(', although net.ipv4.ip_forward is 1', '，尽管 net.ipv4.ip_forward 为 1')
            : t('', '');
        return {
          direction,
          place,
          at: routingOf(passage),
          grows: [{ place, counter: 'IpInAddrErrors' }],
          says: t(
            `${capital(where).en} does not forward packets that come in on ${leg.in} (${key} is 0${although.en}), so it drops ${what.en}.`,
            `${where.zh}不转发从 ${leg.in} 进来的数据包（${key} 为 0${although.zh}），${what.zh}因此被丢弃。`,
          ),
          evidence: [
            same(`${key} = 0`),
            same(`net.ipv4.ip_forward = ${wide}`),
            ...grown(evidence, place, 'IpInAddrErrors'),
          ],
          check: [{ place, argv: ['sysctl', key] }],
          fix: { place, argv: ['sysctl', '-w', `${key}=1`] },
          certain: true,
        };
      }),
};
