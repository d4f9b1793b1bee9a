import { routeText } from '../../facts/routes.ts';
import type { Cause, Found } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { endBack } from '../clues/ends.ts';
import { firstOfEach, lossesIn, lossFinding } from '../clues/filters.ts';
import { flow } from '../clues/flow.ts';
import { linkOf, passages, sysctl } from '../clues/passages.ts';
import { decisions } from '../clues/routing.ts';
import { diversionIn } from '../clues/translation.ts';
import { untranslated } from '../clues/untranslated.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';

const route: Cause = {
  id: 'reply-route',
  stage: 'reply',
  title: t('The target has no way back', '目标没有回程路由'),
  judge: (evidence, path) => {
    const [first] = passages(evidence, path).filter(({ direction }) => direction === 'back');
    if (first === undefined || first.index !== 0 || path.returns || path.leaves) return [];
    const arrival = path.there.at(-1)?.in;
    // When an interface goes down, its routes go too: that is the interface's story.
    if (linkOf(first.reading, arrival)?.up === false) return [];
    const { leg, leaves, reading } = first;
    const { place } = leg;
    // The host's own routes are the routing stage's story, an untranslated source is the translation stage's.
    if (place === 'host' || leg.in !== undefined || untranslated(evidence, path).length > 0)
      return [];
    const to = leaves.destination;
    const answers = decisions(reading, { to, from: leg.source, iif: 'lo' });
    const answer = answers.at(-1);
    // A good route that ends further on is no fault of the target.
    const onward = answer?.does === 'send' && path.back.length > 1;
    if (answer === undefined || answer.does === 'deliver' || onward) return [];
    const [where, what] = [nameOf(place), flow(first, to, evidence)];
    const [chosen] = answer.routes;
    const text = chosen === undefined ? undefined : routeText(chosen);
    const says =
      answer.does === 'none'
        ? t(
            `${capital(where).en} receives the packet, but has no route to ${to}, so it cannot send ${what.en}.`,
            `${where.zh}收到了包，但没有到 ${to} 的路由，发不出${what.zh}。`,
          )
        : t(
            `${capital(where).en} receives the packet, but its route for ${what.en} leads nowhere: ${text}`,
            `${where.zh}收到了包，但${what.zh}所走的路由不通：${text}`,
          );
    return [
      {
        direction: 'back',
        place,
        at: endBack(path),
        says,
        evidence: [
          text === undefined
            ? t(`no route of ${where.en} leads to ${to}`, `${where.zh}没有通往 ${to} 的路由`)
            : same(text),
          ...grown(evidence, place, 'IcmpInEchos', 'IpOutNoRoutes'),
        ],
        check: [
          { place, argv: ['ip', 'route', 'get', to] },
          { place, argv: ['ip', 'route'] },
        ],
        certain: answers.length === 1,
      },
    ];
  },
};

const filter: Cause = {
  id: 'reply-filter',
  stage: 'reply',
  title: t('A rule blocks the answer', '有规则拦下了应答'),
  judge: (evidence, path) => {
    const lost = passages(evidence, path)
      .filter(({ leg }) => leg.does !== 'bridged')
      .flatMap((passage) => lossesIn(passage, evidence));
    // What takes the packet on its way there does not wait for an answer.
    return firstOfEach(lost)
      .filter(({ passage }) => passage.direction === 'back')
      .map((loss) => lossFinding(loss, evidence));
  },
};

const hairpin: Cause = {
  id: 'reply-hairpin',
  stage: 'reply',
  title: t('The answer bypasses the host that translates addresses', '应答绕过了做地址转换的主机'),
  judge: (evidence, path) =>
    passages(evidence, path).flatMap((passage): readonly Found[] => {
      const { leg, leaves, direction, before, reading } = passage;
      const diverted = diversionIn(passage, evidence);
      const turns = leg.does === 'forward' && leg.in === leg.out && leaves.source === leg.source;
      if (direction !== 'there' || diverted === undefined || !turns || before === undefined)
        return [];
      const target = path.there.at(-1);
      const self = target?.does === 'deliver' && target.place === evidence.question.from;
      // With br_netfilter the host sees, and translates back, what its bridge passes on.
      if (sysctl(reading, 'net/bridge/bridge-nf-call-iptables') === '1' && !self) return [];
      const { place } = leg;
      const [where, what] = [nameOf(place), flow(passage, leg.destination, evidence)];
      const { to, ending } = diverted;
      const who = target === undefined ? t(to, to) : nameOf(target.place);
      const sameCable = self && leg.bridgeFiltered === true;
      const port = leg.inPort ?? leg.in ?? '';
      const rest = sameCable
        ? t(
            `${leg.in} does not send a frame back out of the port ${port} on which it came in (hairpin mode is off)`,
            `${leg.in} 不会把帧从收到它的端口 ${port} 再发出去（未开启 hairpin 模式）`,
          )
        : self
          ? t(
              `it comes back to ${who.en}, which gets a packet from its own address ${leg.source} and drops it`,
              `包又回到${who.zh}，而源地址 ${leg.source} 是它自己的，因此被丢弃`,
            )
          : t(
              `${who.en} answers ${leg.source} directly over ${leg.in}, from ${to} instead of ${leg.destination}, so ${leg.source} does not take it for the answer`,
              `${who.zh}经 ${leg.in} 直接应答 ${leg.source}，应答来自 ${to} 而不是 ${leg.destination}，对方不会把它当作这个连接的应答`,
            );
      return [
        {
          direction: 'back',
          place: target?.place ?? place,
          at: sameCable
            ? (['bridge', 'routing', 'forward'] as const).map((point) => ({
                direction: 'there',
                place,
                point,
              }))
            : self
              ? [{ direction: 'there', place: target.place, point: 'routing' }]
              : [
                  { direction: 'back', place: evidence.question.from, point: 'routing' },
                  { direction: 'back', place: evidence.question.from, point: 'input' },
                  { direction: 'back', place: evidence.question.from, point: 'socket' },
                ],
          says: t(
            `DNAT on ${where.en} sends ${what.en} back out of ${leg.in} to ${to}, with the source ${leg.source}: ${rest.en}.`,
            `${where.zh}上的 DNAT 把${what.zh}又从 ${leg.in} 发往 ${to}，源地址仍是 ${leg.source}：${rest.zh}。`,
          ),
          evidence: [
            ...(ending?.rule === undefined ? [] : [same(`nat: ${ending.rule}`)]),
            t(
              `no rule masquerades packets that come in on ${leg.in} and leave by ${leg.in}`,
              `没有规则对从 ${leg.in} 进、又从 ${leg.in} 出的包做源地址转换`,
            ),
          ],
          check: [
            { place, argv: ['iptables', '-t', 'nat', '-S'] },
            ...(sameCable ? [{ place, argv: ['bridge', '-d', 'link', 'show', 'dev', port] }] : []),
          ],
          ...(sameCable
            ? {}
            : {
                fix: {
                  place,
                  argv: [
                    'iptables',
                    '-t',
                    'nat',
                    '-A',
                    'POSTROUTING',
                    '-s',
                    leg.source,
                    '-d',
                    to,
                    '-j',
                    'MASQUERADE',
                  ],
                },
              }),
          certain: true,
        },
      ];
    }),
};

/** Whether the answer finds back. */
export const reply: readonly Cause[] = [route, filter, hairpin];
