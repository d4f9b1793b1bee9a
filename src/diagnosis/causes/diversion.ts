import { words } from '../../filter/words.ts';
import type { Cause, Found } from '../cause.ts';
import { endThere } from '../clues/ends.ts';
import { filterOf, policyEnds } from '../clues/filters.ts';
import { flow } from '../clues/flow.ts';
import { has, passages } from '../clues/passages.ts';
import { stopsOf } from '../clues/stops.ts';
import { diversionIn, isSentToNoAddress, isSentToNobody } from '../clues/translation.ts';
import { nameOf, same, t } from '../clues/words.ts';

export const diverted: Cause = {
  id: 'diverted',
  stage: 'translation',
  title: t('A rule sends the packet to another destination', '有规则把数据包改发到另一个目的地址'),
  judge: (evidence, path) =>
    passages(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction, reading } = passage;
      const { place } = leg;
      const found = diversionIn(passage, evidence);
      // A published port is meant to be sent on, unless nobody listens where it goes and no rule accepts it there.
      const dropped = isSentToNobody(passage, evidence) ? policyEnds(passage, evidence) : [];
      const published = found !== undefined && has(reading, leg.destination);
      const unowned = isSentToNoAddress(passage, evidence);
      if (found === undefined || (published && dropped.length === 0 && !unowned)) return [];
      const { to, ending } = found;
      const nobody = unowned
        ? t('but no interface has that address', '没有接口配置这个地址')
        : t('where nobody listens and no rule accepts it', '那里没有程序监听，也没有规则放行');
      const rule = ending?.rule ?? '';
      const chain = ending?.chain;
      const [where, what] = [nameOf(place), flow(passage, leg.destination, evidence)];
      return [
        {
          direction,
          place,
          at: [...endThere(path), ...dropped],
          says: published
            ? t(
                `A DNAT rule on ${where.en} redirects ${what.en} to ${to}:${passage.port.leaves}, ${nobody.en}: ${rule}`,
                `${where.zh}上的一条 DNAT 规则把${what.zh}转发到 ${to}:${passage.port.leaves}，${nobody.zh}：${rule}`,
              )
            : t(
                `A DNAT rule on ${where.en} sends ${what.en} to ${to} instead: ${rule}`,
                `${where.zh}上的一条 DNAT 规则把${what.zh}改发到 ${to}：${rule}`,
              ),
          evidence: [
            same(`${chain?.table ?? 'nat'} ${chain?.name ?? ''}: ${rule}`),
            ...(path.arrives || published
              ? []
              : [t(`no host there accepts packets for ${to}`, `那里没有主机接收发往 ${to} 的包`)]),
          ],
          check: [
            {
              place,
              argv:
                chain?.tool === 'nft'
                  ? ['nft', '-a', 'list', 'chain', chain.family, chain.table, chain.name]
                  : ['iptables', '-t', 'nat', '-S', 'PREROUTING'],
            },
          ],
          ...(published || chain === undefined || chain.tool === 'nft'
            ? {}
            : {
                fix: {
                  place,
                  argv: [chain.tool, '-t', chain.table, '-D', chain.name, ...words(rule)],
                },
              }),
          certain: published || (ending?.certain === true && !path.arrives && !path.leaves),
        },
      ];
    }),
};

export const redirected: Cause = {
  id: 'redirected',
  stage: 'translation',
  title: t('A rule hands the packet to a local port', '有规则把数据包转交给本机端口'),
  judge: (evidence, path) =>
    passages(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, direction, reading } = passage;
      const { place } = leg;
      const { protocol } = evidence.question;
      if (direction !== 'there' || leg.does !== 'forward' || protocol === 'icmp') return [];
      const filter = filterOf(reading.firewall);
      for (const { hook, families, packet } of stopsOf(passage, evidence)) {
        const chains = hook === 'prerouting' ? filter.at(hook, families) : [];
        for (const chain of chains.filter(({ base }) => base?.type === 'nat')) {
          for (const { text, parts } of filter.rules(chain)) {
            const port = Number(/(?:--to-ports|redirect to :?)\s*(\d+)/.exec(text)?.[1]);
            const met = parts.every((part) => !('test' in part) || part.test(packet) === true);
            if (!/redirect/i.test(text) || Number.isNaN(port) || !met) continue;
            if (reading.listeners.some((one) => one.protocol === protocol && one.port === port)) {
              return [];
            }
            const [where, what] = [nameOf(place), flow(passage, leg.destination, evidence)];
            const iptables = chain.tool !== 'nft';
            const name = protocol.toUpperCase();
            return [
              {
                direction,
                place,
                at: (['routing', 'input', 'socket'] as const).map((point) => ({
                  ...{ direction, place, point },
                })),
                says: t(
                  `A rule on ${where.en} redirects ${what.en} to its own ${name} port ${port}, where nobody listens: ${text}`,
                  `${where.zh}上的一条规则把${what.zh}重定向到本机的 ${name} 端口 ${port}，而那里没有程序监听：${text}`,
                ),
                evidence: [same(`${chain.table} ${chain.name}: ${text}`)],
                check: [
                  {
                    place,
                    argv: iptables
                      ? [chain.tool, '-t', chain.table, '-S', chain.name]
                      : ['nft', '-a', 'list', 'chain', chain.family, chain.table, chain.name],
                  },
                ],
                ...(iptables
                  ? {
                      fix: {
                        place,
                        argv: [chain.tool, '-t', chain.table, '-D', chain.name, ...words(text)],
                      },
                    }
                  : {}),
                certain: true,
              },
            ];
          }
        }
      }
      return [];
    }),
};
