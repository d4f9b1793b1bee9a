import { containerPlace } from '../../model/place.ts';
import type { Cause, Found, Hint } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { endThere } from '../clues/ends.ts';
import { firstOfEach, lossesIn, lossFinding } from '../clues/filters.ts';
import { flow } from '../clues/flow.ts';
import { isSomewhere, networkOf, type Passage, passages, sysctl } from '../clues/passages.ts';
import { isLedAway } from '../clues/translation.ts';
import { capital, nameOf, packetOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { Listener, NamespaceReading } from '../reading.ts';

/** The passage in which the target takes the packet. */
function arrival(evidence: Evidence, path: Path): Passage | undefined {
  return passages(evidence, path).find(
    ({ leg, direction }) => direction === 'there' && leg.does === 'deliver',
  );
}

const absent: Cause = {
  id: 'target-absent',
  stage: 'target',
  title: t('Nobody has the address', '没有主机使用这个地址'),
  judge: (evidence, path) => {
    const last = passages(evidence, path).findLast(({ direction }) => direction === 'there');
    if (last === undefined || path.arrives || last.index === 0) return [];
    // Of a name server, the name stage tells.
    if (evidence.question.unresolved !== undefined) return [];
    if (last.index !== path.there.length - 1) return [];
    const { leg, leaves } = last;
    const { place, out } = leg;
    const to = leaves.destination;
    const { lab, reading } = evidence;
    const container = lab?.containers.find(({ attachments }) =>
      attachments.some(({ address }) => address === to),
    )?.name;
    const ended = container !== undefined && reading[containerPlace(container)] === undefined;
    if (path.leaves && !ended) return [];
    // Where somebody has it, the way there is at fault. What the host cannot route is the routing stage's story.
    if (isSomewhere(evidence, to)) return [];
    if (passages(evidence, path).some((one) => isLedAway(one, evidence))) return [];
    const network = networkOf(evidence, to);
    const ends = leg.does === 'none' ? place === 'world' : leg.nextHop === to;
    if (!ends) return [];
    const [where, what] = [nameOf(place), flow(last, to, evidence)];
    const who = ended
      ? t(
          `container ${container}, which has this address, is not running`,
          `它是容器 ${container} 的地址，而该容器没有运行`,
        )
      : network === undefined
        ? t(`nobody in ${where.en} has ${to}`, `${where.zh}里没有主机使用 ${to}`)
        : t(`nobody on ${out} has ${to}`, `${out} 上没有主机使用 ${to}`);
    const check: Hint =
      leg.does === 'none'
        ? { place, argv: ['ip', 'address'] }
        : { place, argv: ['ip', 'neigh', 'show', to] };
    return [
      {
        direction: 'there',
        place,
        at: endThere(path),
        says: t(
          `${capital(what).en} has no receiver: ${who.en}.`,
          `${what.zh}没有接收者：${who.zh}。`,
        ),
        evidence: [
          t(`no namespace that was read has ${to}`, `读取到的所有网络命名空间里都没有 ${to}`),
          ...grown(evidence, place, 'IpInAddrErrors', 'IpExtInNoRoutes', 'IcmpOutDestUnreachs'),
        ],
        check: [check],
        certain: true,
      },
    ];
  },
};

const filter: Cause = {
  id: 'target-filter',
  stage: 'target',
  title: t("The target's own firewall does not let the packet in", '目标自己的防火墙不放行'),
  judge: (evidence, path) => {
    const passage = arrival(evidence, path);
    if (passage === undefined) return [];
    return firstOfEach(lossesIn(passage, evidence))
      .filter(({ hook }) => passage.leg.place !== 'host' || hook === 'input')
      .filter(({ hook }) => hook === 'input' || passage.leg.in !== undefined)
      .map((loss) => lossFinding(loss, evidence));
  },
};

const everywhere = new Set(['0.0.0.0', '::']);

function takes({ address }: Listener, to: string): boolean {
  return everywhere.has(address) || address === to;
}

/** Rules that may hand a packet to a socket at another port: what listens there is not looked for. */
function mayRedirect({ firewall }: NamespaceReading): boolean {
  return firewall.chains.some(({ rules }) => rules.some((one) => /redirect|tproxy/i.test(one)));
}

/** The listeners of a TCP or UDP question's port at the target, and where it is asked. */
function asked(evidence: Evidence, path: Path) {
  const { protocol } = evidence.question;
  const passage = arrival(evidence, path);
  const port = passage?.port.leaves;
  if (protocol === 'icmp' || passage === undefined || port === undefined) return undefined;
  if (mayRedirect(passage.reading)) return undefined;
  const to = passage.leaves.destination;
  const all = passage.reading.listeners.filter(
    (one) => one.protocol === protocol && one.port === port,
  );
  const open = all.some((one) => takes(one, to));
  return { protocol, passage, port, to, all, open };
}

function listenersOf(place: Passage['leg']['place'], protocol: 'tcp' | 'udp', port: number): Hint {
  return { place, argv: ['ss', protocol === 'tcp' ? '-ltn' : '-lun', 'sport', '=', `:${port}`] };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

const refusals = { tcp: 'TcpOutRsts', udp: 'UdpNoPorts' } as const;

const closed: Cause = {
  id: 'target-closed',
  stage: 'target',
  title: t('Nobody listens on the port', '端口上没有程序监听'),
  judge: (evidence, path) => {
    const found = asked(evidence, path);
    if (found === undefined || found.open) return [];
    // Of a name server, the name stage tells.
    if (evidence.question.unresolved !== undefined) return [];
    const { protocol, passage, port, to, all } = found;
    if (all.some(({ address }) => isLoopback(address)) || hostsOwn(evidence, path) !== undefined) {
      return [];
    }
    const { place } = passage.leg;
    const where = nameOf(place);
    const name = protocol.toUpperCase();
    const others = all.map(({ address }) => `${address}:${port}`).join(', ');
    const counter = refusals[protocol];
    return [
      {
        direction: 'there',
        place,
        at: [{ direction: 'there', place, point: 'socket' }],
        grows: [{ place, counter }],
        says:
          others === ''
            ? t(
                `Nobody listens on ${name} port ${port} of ${where.en} (${to}).`,
                `${where.zh}（${to}）的 ${name} 端口 ${port} 上没有程序监听。`,
              )
            : t(
                `The server on ${name} port ${port} of ${where.en} listens only at ${others}, not at ${to}.`,
                `${where.zh}上 ${name} 端口 ${port} 的服务只监听 ${others}，不监听 ${to}。`,
              ),
        evidence: [
          t(
            `no ${name} socket of ${where.en} is bound to ${to}:${port}`,
            `${where.zh}没有 ${name} 套接字绑定到 ${to}:${port}`,
          ),
          ...grown(evidence, place, counter),
        ],
        check: [listenersOf(place, protocol, port)],
        certain: true,
      },
    ];
  },
};

/** A server of the host that a container looks for on its own loopback address. */
function hostsOwn(evidence: Evidence, path: Path): Listener | undefined {
  const found = asked(evidence, path);
  const { from, to } = evidence.question;
  if (found === undefined || found.open || from === 'host' || !isLoopback(to)) return undefined;
  if (found.all.length > 0) return undefined;
  return evidence.reading.host?.listeners.find(
    (one) => one.protocol === found.protocol && one.port === found.port,
  );
}

const loopbackOnly: Cause = {
  id: 'target-loopback-only',
  stage: 'target',
  title: t('The server listens on 127.0.0.1 only', '服务只监听 127.0.0.1'),
  judge: (evidence, path) => {
    const found = asked(evidence, path);
    if (found === undefined || found.open) return [];
    const { protocol, passage, port, to, all } = found;
    const { place } = passage.leg;
    const where = nameOf(place);
    const name = protocol.toUpperCase();
    const shared = {
      direction: 'there' as const,
      place,
      at: [{ direction: 'there' as const, place, point: 'socket' as const }],
      grows: [{ place, counter: refusals[protocol] }],
      certain: true,
    };
    const host = hostsOwn(evidence, path);
    if (host !== undefined) {
      return [
        {
          ...shared,
          says: t(
            `${to} in ${where.en} is ${where.en} itself, where nobody listens on ${name} port ${port}. The server listens on the host (${host.address}:${port}): every network namespace has a loopback of its own.`,
            `在${where.zh}里，${to} 就是${where.zh}自己，那里没有程序监听 ${name} 端口 ${port}。服务在宿主机上监听（${host.address}:${port}）：每个网络命名空间都有自己的回环接口。`,
          ),
          evidence: [same(`host: ${protocol} ${host.address}:${port}`)],
          check: [listenersOf(place, protocol, port), listenersOf('host', protocol, port)],
        },
      ];
    }
    const local = all.find(({ address }) => isLoopback(address));
    if (local === undefined || isLoopback(to)) return [];
    return [
      {
        ...shared,
        says: t(
          `The server on ${name} port ${port} of ${where.en} listens only at ${local.address}, so it accepts connections from ${where.en} itself, but none to ${to}.`,
          `${where.zh}上 ${name} 端口 ${port} 的服务只监听 ${local.address}，只接受${where.zh}自己的连接，不接受发往 ${to} 的连接。`,
        ),
        evidence: [
          same(`${protocol} ${local.address}:${port}`),
          ...grown(evidence, place, refusals[protocol]),
        ],
        check: [listenersOf(place, protocol, port)],
      },
    ];
  },
};

const silent: Cause = {
  id: 'target-silent',
  stage: 'target',
  title: t('The target does not answer pings', '目标不应答 ping'),
  judge: (evidence, path): readonly Found[] => {
    const passage = arrival(evidence, path);
    if (passage === undefined || evidence.question.protocol !== 'icmp') return [];
    if (sysctl(passage.reading, 'net/ipv4/icmp_echo_ignore_all') !== '1') return [];
    const { place } = passage.leg;
    const [where, what] = [nameOf(place), packetOf(evidence.question)];
    const key = 'net.ipv4.icmp_echo_ignore_all';
    return [
      {
        direction: 'there',
        place,
        at: [{ direction: 'there', place, point: 'socket' }],
        says: t(
          `${capital(where).en} receives ${what.en}, but is set to ignore all pings: ${key} is 1.`,
          `${where.zh}能收到 ${what.zh}，但一律不应答：${key} 为 1。`,
        ),
        evidence: [same(`${key} = 1`), ...grown(evidence, place, 'IcmpInEchos')],
        check: [{ place, argv: ['sysctl', key] }],
        fix: { place, argv: ['sysctl', '-w', `${key}=0`] },
        certain: true,
      },
    ];
  },
};

/** Whether the target takes the packet. */
export const target: readonly Cause[] = [absent, filter, loopbackOnly, closed, silent];
