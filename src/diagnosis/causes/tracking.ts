import { words } from '../../filter/words.ts';
import { walkStops } from '../../losses/stops.ts';
import type { Cause, Found } from '../cause.ts';
import { grewBy, grown } from '../clues/counters.ts';
import { notBack } from '../clues/ends.ts';
import { filterOf } from '../clues/filters.ts';
import { flow } from '../clues/flow.ts';
import { passages } from '../clues/passages.ts';
import { stopsOf } from '../clues/stops.ts';
import { nameOf, same, t } from '../clues/words.ts';

export const notTracked: Cause = {
  id: 'not-tracked',
  stage: 'translation',
  title: t('A rule exempts the packet from connection tracking', '有规则使数据包跳过连接跟踪'),
  judge: (evidence, path) =>
    passages(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction } = passage;
      const { place } = leg;
      const there = path.there.find((one) => one.place === place && one.does === 'forward');
      // Without a translation in this namespace, tracking does not matter.
      if (there?.translated === undefined || leg.does === 'bridged') return [];
      for (const { walked } of walkStops(
        filterOf(passage.reading.firewall),
        stopsOf(passage, evidence),
      )) {
        const [ending] = walked.untracked;
        if (ending === undefined) continue;
        const { chain, rule = '', certain } = ending;
        const [where, what] = [nameOf(place), flow(passage, leg.destination, evidence)];
        return [
          {
            direction,
            place,
            at:
              direction === 'there'
                ? notBack(path)
                : [
                    { direction, place, point: 'routing' },
                    { direction, place, point: 'input' },
                    { direction, place, point: 'socket' },
                  ],
            says: t(
              `A rule on ${where.en} ${certain ? 'exempts' : 'may exempt'} ${what.en} from connection tracking, and NAT does not work without it: ${rule}`,
              `${where.zh}上的一条规则${certain ? '' : '可能'}使${what.zh}跳过连接跟踪，而地址转换依赖连接跟踪：${rule}`,
            ),
            evidence: [same(`${chain.table} ${chain.name}: ${rule}`)],
            check: [{ place, argv: ['iptables', '-t', 'raw', '-S'] }],
            ...(chain.tool === 'nft'
              ? {}
              : {
                  fix: {
                    place,
                    argv: [chain.tool, '-t', chain.table, '-D', chain.name, ...words(rule)],
                  },
                }),
            certain,
          },
        ];
      }
      return [];
    }),
};

export const conntrackFull: Cause = {
  id: 'conntrack-full',
  stage: 'translation',
  title: t('The table of connection tracking is full', '连接跟踪表已满'),
  judge: (evidence, path) => {
    const seen = new Set<string>();
    return passages(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction, reading } = passage;
      const { place } = leg;
      const tracking = (evidence.after?.[place] ?? reading).conntrack;
      const before = reading.conntrack;
      const count = Math.max(tracking?.count ?? 0, before?.count ?? 0);
      const max = tracking?.max ?? 0;
      if (direction === 'back' || leg.does === 'bridged' || seen.has(place)) return [];
      // Entries come and go: with one less a moment later it is still as good as full.
      if (max === 0 || count < max * 0.999) return [];
      seen.add(place);
      const [where, what] = [nameOf(place), flow(passage, leg.destination, evidence)];
      return [
        {
          direction,
          place,
          at: [{ direction, place, point: leg.in === undefined ? 'output' : 'prerouting' }],
          grows: [{ place, counter: 'conntrack/drop' }],
          says: t(
            `The connection tracking table of ${where.en} is full (${count} of ${max} entries): unless an old entry can be evicted, the first packet of a new connection is dropped, such as ${what.en}.`,
            `${where.zh}的连接跟踪表已满（${max} 条中已用 ${count} 条）：没有旧表项可以淘汰时，新连接的第一个包就会被丢弃，例如${what.zh}。`,
          ),
          evidence: [
            same(`nf_conntrack_count = ${count}, nf_conntrack_max = ${max}`),
            ...grown(evidence, place, 'conntrack/drop', 'conntrack/early_drop'),
          ],
          check: [
            {
              place,
              argv: [
                'sysctl',
                'net.netfilter.nf_conntrack_count',
                'net.netfilter.nf_conntrack_max',
              ],
            },
          ],
          fix: { place, argv: ['sysctl', '-w', `net.netfilter.nf_conntrack_max=${max * 2}`] },
          // The kernel first tries to make room: it drops an entry that nobody has answered.
          certain: grewBy(evidence, place, 'conntrack/drop') > 0,
        },
      ];
    });
  },
};

export const conntrackStale: Cause = {
  id: 'conntrack-stale',
  stage: 'translation',
  title: t(
    'An old connection tracking entry keeps NAT from translating the packet',
    '旧的连接跟踪表项使数据包没有做地址转换',
  ),
  judge: (evidence, path) =>
    passages(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction, leaves, reading } = passage;
      const { place } = leg;
      const { protocol, port } = evidence.question;
      if (direction !== 'there' || leg.does !== 'forward' || leaves.source === leg.source)
        return [];
      const destination = protocol === 'icmp' ? leg.destination : `${leg.destination}:${port}`;
      const plain = (end: string) => end.split(':')[0];
      const old = reading.conntrack?.entries?.find(
        (one) =>
          one.protocol === protocol &&
          plain(one.source) === leg.source &&
          one.destination === destination &&
          plain(one.replies_to) === leg.source,
      );
      const left = evidence.walk?.hops.find(
        (hop) =>
          hop.place === place &&
          hop.direction === direction &&
          hop.hook === 'egress' &&
          hop.out === leg.out,
      );
      const seen = left?.header.source === leg.source;
      // A new connection has another ICMP id or port: an old entry alone says little.
      if (!seen && (old === undefined || evidence.walk === undefined)) return [];
      if (notTracked.judge(evidence, path).length > 0) return [];
      const [where, what] = [nameOf(place), flow(passage, leaves.destination, evidence)];
      return [
        {
          direction,
          place,
          at: notBack(path),
          says: t(
            `Connection tracking on ${where.en} still has an entry for ${what.en} that is older than the MASQUERADE rule; nat rules are consulted only for the first packet of a connection, so the source stays ${leg.source}.`,
            `${where.zh}的连接跟踪表里有${what.zh}的旧表项，它在添加 MASQUERADE 规则之前就已建立；nat 规则只对连接的第一个包生效，所以源地址仍是 ${leg.source}。`,
          ),
          evidence: [
            ...(old === undefined
              ? []
              : [
                  same(
                    `${old.protocol} ${old.source} → ${old.destination}, replies to ${old.replies_to}${old.unreplied ? ' [UNREPLIED]' : ''}`,
                  ),
                ]),
            ...(seen
              ? [
                  t(
                    `the trace saw it leave by ${leg.out} with the source ${leg.source}, although a rule would give it ${leaves.source}`,
                    `追踪看到它以源地址 ${leg.source} 从 ${leg.out} 发出，而规则本应把源地址改成 ${leaves.source}`,
                  ),
                ]
              : []),
          ],
          check: [{ place, argv: ['conntrack', '-L', '-s', leg.source, '-d', leg.destination] }],
          fix: { place, argv: ['conntrack', '-D', '-s', leg.source, '-d', leg.destination] },
          certain: seen,
        },
      ];
    }),
};
