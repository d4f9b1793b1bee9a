import { containerPlace } from '../../model/place.ts';
import type { Text } from '../../model/text.ts';
import type { Cause, Found, Hint } from '../cause.ts';
import { grown } from '../clues/counters.ts';
import { isSomewhere } from '../clues/passages.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { NamespaceReading } from '../reading.ts';

/** A name that the sender could not resolve. */
interface Failed {
  readonly name: string;
  readonly said: string;
  readonly reading: NamespaceReading;
  /** The name servers of its resolv.conf(5), and those that the lab gives it. */
  readonly servers: readonly string[];
  readonly wanted: readonly string[];
}

function failed({ question, reading, lab }: Evidence): Failed | undefined {
  const here = reading[question.from];
  if (question.unresolved === undefined || here === undefined) return undefined;
  const container = lab?.containers.find(({ name }) => containerPlace(name) === question.from);
  const wanted = container?.resolvers ?? (question.from === 'host' ? here.resolvers : []);
  return { ...question.unresolved, reading: here, servers: here.resolvers, wanted };
}

/** Error codes of node:dns, and the words of resolver(3) programs. */
const shapes = {
  refused: /ECONNREFUSED|EREFUSED|refused/i,
  timeout: /ETIMEOUT|ETIMEDOUT|timed? ?out|Temporary failure|no servers could be reached/i,
  unknown: /ENOTFOUND|ENODATA|NXDOMAIN|Name or service not known|bad address|No address/i,
};

/** What the sender's name servers are, as evidence. */
function written({ servers, said }: Failed): readonly Text[] {
  const list = servers.map((one) => `nameserver ${one}`).join(', ');
  return [
    servers.length === 0
      ? t('resolv.conf has no nameserver line', 'resolv.conf 里没有 nameserver 行')
      : t(`resolv.conf: ${list}`, `resolv.conf：${list}`),
    ...(said === '' ? [] : [same(said)]),
  ];
}

/** What all findings of this stage have. The fix: to write the lab's own name server again. */
function base(
  { question }: Evidence,
  { servers, wanted }: Failed,
): Pick<Found, 'direction' | 'place' | 'at' | 'check' | 'fix'> {
  const place = question.from;
  const check: readonly Hint[] = [{ place, argv: ['cat', '/etc/resolv.conf'] }];
  const [first] = wanted;
  const line = `echo nameserver ${first} >/etc/resolv.conf`;
  const mends = first !== undefined && !wanted.includes(servers[0] ?? '');
  return {
    ...{ direction: 'there', place, at: [{ direction: 'there', place, point: 'send' }], check },
    ...(mends ? { fix: { place, argv: ['sh', '-c', line] } } : {}),
  };
}

/** The servers that the lab asks for, in words. */
function rather({ wanted }: Failed): Text {
  return wanted.length === 0
    ? t('', '')
    : t(` The lab gives it ${wanted.join(', ')}.`, `实验配置给它的是 ${wanted.join('、')}。`);
}

const noResolver: Cause = {
  id: 'name-no-resolver',
  stage: 'name',
  title: t('No name server is set', '没有设置域名服务器'),
  judge: (evidence) => {
    const found = failed(evidence);
    if (found === undefined || found.servers.length > 0) return [];
    const [where, more] = [nameOf(evidence.question.from), rather(found)];
    return [
      {
        ...base(evidence, found),
        says: t(
          `${capital(where).en} has no name server in /etc/resolv.conf, so it cannot look up ${found.name}.${more.en}`,
          `${where.zh}的 /etc/resolv.conf 里没有域名服务器，查不到 ${found.name} 的地址。${more.zh}`,
        ),
        evidence: written(found),
        certain: true,
      },
    ];
  },
};

const everywhere = new Set(['0.0.0.0', '::']);

function answersAt(reading: NamespaceReading, address: string): boolean {
  return reading.listeners.some(
    (one) =>
      one.protocol === 'udp' &&
      one.port === 53 &&
      (everywhere.has(one.address) || one.address === address),
  );
}

const stub: Cause = {
  id: 'name-loopback-stub',
  stage: 'name',
  title: t(
    'The name server is a loopback address without a server',
    '域名服务器是回环地址，而那里没有服务',
  ),
  judge: (evidence) => {
    const found = failed(evidence);
    const [first = ''] = found?.servers ?? [];
    if (found === undefined || !first.startsWith('127.') || answersAt(found.reading, first))
      return [];
    const [where, more] = [nameOf(evidence.question.from), rather(found)];
    const host = evidence.reading.host;
    const onHost =
      evidence.question.from !== 'host' && host !== undefined && answersAt(host, first);
    const stubOf = onHost
      ? t(
          ` One answers on the host, but the loopback of the host is another one.`,
          `宿主机上有，但那是宿主机自己的回环接口。`,
        )
      : t('', '');
    return [
      {
        ...base(evidence, found),
        says: t(
          `The name server of ${where.en} is ${first}, its own loopback, where no server answers.${stubOf.en}${more.en}`,
          `${where.zh}的域名服务器是 ${first}，即它自己的回环接口，那里没有服务应答。${stubOf.zh}${more.zh}`,
        ),
        evidence: written(found),
        certain: true,
      },
    ];
  },
};

/** The namespace that has the first name server's address, if one that was read has it. */
function serverOf(evidence: Evidence, path: Path) {
  const last = path.arrives ? path.there.at(-1) : undefined;
  const reading = last === undefined ? undefined : evidence.reading[last.place];
  return last === undefined || reading === undefined
    ? undefined
    : { place: last.place, reading, address: last.translated?.destination ?? last.destination };
}

const refused: Cause = {
  id: 'name-refused',
  stage: 'name',
  title: t('The name server refuses to answer', '域名服务器拒绝应答'),
  judge: (evidence, path) => {
    const found = failed(evidence);
    const [first = ''] = found?.servers ?? [];
    if (found === undefined || first === '' || !shapes.refused.test(found.said)) return [];
    if (first.startsWith('127.') && !answersAt(found.reading, first)) return [];
    const more = rather(found);
    const server = serverOf(evidence, path);
    const closed = server !== undefined && !answersAt(server.reading, server.address);
    const who = server === undefined ? undefined : nameOf(server.place);
    const why =
      closed && who !== undefined
        ? t(`nobody listens on UDP port 53 of ${who.en}`, `${who.zh}的 UDP 端口 53 上没有程序监听`)
        : t('it refuses to answer this client', '它拒绝为这个客户端服务');
    return [
      {
        ...base(evidence, found),
        says: t(
          `The name server ${first} refuses the query for ${found.name}: ${why.en}.${more.en}`,
          `域名服务器 ${first} 拒绝了对 ${found.name} 的查询：${why.zh}。${more.zh}`,
        ),
        evidence: [
          ...written(found),
          ...(server === undefined ? [] : grown(evidence, server.place, 'UdpNoPorts')),
        ],
        certain: closed || !path.leaves,
      },
    ];
  },
};

const timeout: Cause = {
  id: 'name-timeout',
  stage: 'name',
  title: t('The name server does not answer', '域名服务器没有应答'),
  judge: (evidence, path) => {
    const found = failed(evidence);
    const [first = ''] = found?.servers ?? [];
    if (found === undefined || first === '' || first.startsWith('127.')) return [];
    if (!shapes.timeout.test(found.said)) return [];
    const more = rather(found);
    // Where somebody has the address, it is for the packet's way to tell why no answer comes.
    const nobody = !path.arrives && !path.leaves && !isSomewhere(evidence, first);
    return [
      {
        ...base(evidence, found),
        says: t(
          `The name server ${first} does not answer the query for ${found.name}${nobody ? ': nobody has that address' : ''}.${more.en}`,
          `域名服务器 ${first} 没有应答对 ${found.name} 的查询${nobody ? '：没有主机使用这个地址' : ''}。${more.zh}`,
        ),
        evidence: written(found),
        certain: nobody,
      },
    ];
  },
};

const unknown: Cause = {
  id: 'name-unknown',
  stage: 'name',
  title: t('There is no such name', '没有这个域名'),
  judge: (evidence) => {
    const found = failed(evidence);
    const [first = ''] = found?.servers ?? [];
    if (found === undefined || first === '' || !shapes.unknown.test(found.said)) return [];
    const more = found.wanted.includes(first) ? t('', '') : rather(found);
    // It exists, and may have an address of IPv6 (RFC 2308, NODATA).
    const exists = /ENODATA/.test(found.said);
    return [
      {
        ...base(evidence, found),
        says: exists
          ? t(
              `The name server ${first} answers that the name ${found.name} has no IPv4 address.${more.en}`,
              `域名服务器 ${first} 答复称域名 ${found.name} 没有 IPv4 地址。${more.zh}`,
            )
          : t(
              `The name server ${first} answers that the name ${found.name} does not exist (NXDOMAIN).${more.en}`,
              `域名服务器 ${first} 答复称域名 ${found.name} 不存在（NXDOMAIN）。${more.zh}`,
            ),
        evidence: written(found),
        certain: true,
      },
    ];
  },
};

/** Whether a name has an address. */
export const name: readonly Cause[] = [noResolver, stub, unknown, refused, timeout];
