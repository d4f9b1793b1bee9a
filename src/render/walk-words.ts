import type { Text } from '../model/text.ts';
import type { Decision, Outcome } from '../trace/walk.ts';

export const walkWords = {
  where: { en: 'where', zh: '位置' },
  hook: { en: 'hook', zh: '挂载点' },
  addresses: { en: 'source → destination', zh: '源地址 → 目的地址' },
  ttl: { en: 'ttl', zh: 'ttl' },
  cable: { en: 'cable', zh: 'veth 对' },
  answer: { en: 'the answer', zh: '应答' },
  error: { en: 'an ICMP error comes back', zh: '返回一个 ICMP 差错报文' },
  routed: { en: 'forwarded by a router: TTL minus one', zh: '由路由器转发：TTL 减一' },
  climbs: {
    en: 'to the MAC address of the bridge itself: from layer 2 up to layer 3',
    zh: '帧的目的 MAC 是网桥自己：从二层交给三层',
  },
  bridged: {
    en: 'the bridge asks the IP firewall (bridge-nf-call-iptables = 1)',
    zh: '网桥把帧交给 IP 防火墙检查（bridge-nf-call-iptables = 1）',
  },
  restored: {
    en: 'conntrack knows the connection and puts the address back',
    zh: '连接跟踪认得这条连接，把地址还原',
  },
  beyond: {
    en: 'here it leaves what ctr can watch; beyond, only what comes back is known',
    zh: '包从这里离开 ctr 能观察的范围；之后只能看到返回的包',
  },
  tunnel: { en: 'VXLAN', zh: 'VXLAN' },
  never: { en: 'the packet was seen nowhere', zh: '任何地方都没有看到这个包' },
} satisfies Record<string, Text>;

export function frameText(frame: string): Text {
  return { en: `frame ${frame}`, zh: `帧 ${frame}` };
}

function tunnelText({ device, vni, local, remote }: NonNullable<Decision['tunnel']>): Text {
  const from = local ?? '?';
  const to = remote ?? '?';
  return {
    en: `; ${device} puts it into VXLAN ${vni}, from VTEP ${from} to VTEP ${to}`,
    zh: `；${device} 把它封装进 VXLAN ${vni}，从 VTEP ${from} 发往 VTEP ${to}`,
  };
}

/** The route that the kernel chose, and the neighbour that the packet is sent to. */
export function decisionText({
  type,
  out,
  gateway,
  neighbour,
  port,
  tunnel,
  refused,
}: Decision): Text {
  if (refused !== undefined) return { en: `route: ${refused}`, zh: `路由：${refused}` };
  const kind = type === undefined || type === 'unicast' ? '' : `${type} `;
  const via = `${kind}${gateway === undefined ? '' : `via ${gateway} `}dev ${out ?? '-'}`;
  if (neighbour === undefined) return { en: `route: ${via}`, zh: `路由：${via}` };
  const { mac, state } = neighbour;
  const into = tunnel === undefined ? { en: '', zh: '' } : tunnelText(tunnel);
  const behind = port === undefined ? '' : ` (${port})`;
  const who = mac === undefined ? state : `${mac}${behind}`;
  return {
    en: `route: ${via}; next hop ${who}${into.en}`,
    zh: `路由：${via}；下一跳 ${who}${into.zh}`,
  };
}

export function resolvedText({
  name,
  address,
  by,
}: {
  name: string;
  address: string;
  by: string;
}): Text {
  return { en: `${name} is ${address} (${by})`, zh: `${name} 的地址是 ${address}（${by}）` };
}

export function unresolvedText({
  name,
  said,
  server,
}: {
  name: string;
  said: string;
  server?: string;
}): Text {
  return {
    en: `${name} has no address: ${said} (asked ${server ?? 'nobody'})`,
    zh: `${name} 没有地址：${said}（询问了 ${server ?? '无'}）`,
  };
}

/** Types and codes of ICMP errors (RFC 792, RFC 1812). */
const icmpErrors: Readonly<Record<string, Text>> = {
  '3/0': { en: 'network unreachable', zh: '网络不可达' },
  '3/1': { en: 'host unreachable', zh: '主机不可达' },
  '3/2': { en: 'protocol unreachable', zh: '协议不可达' },
  '3/3': { en: 'port unreachable', zh: '端口不可达' },
  '3/4': { en: 'fragmentation needed', zh: '需要分片' },
  '3/9': { en: 'network prohibited', zh: '网络被禁止' },
  '3/10': { en: 'host prohibited', zh: '主机被禁止' },
  '3/13': { en: 'administratively prohibited', zh: '被管理策略禁止' },
  '11/0': { en: 'time to live exceeded', zh: 'TTL 耗尽' },
};

function icmpErrorText(type: number, code: number): Text {
  return (
    icmpErrors[`${type}/${code}`] ?? {
      en: `type ${type} code ${code}`,
      zh: `类型 ${type} 代码 ${code}`,
    }
  );
}

export function outcomeText(outcome: Outcome): Text {
  switch (outcome.kind) {
    case 'answered': {
      const ms = outcome.milliseconds.toFixed(1);
      return { en: `answered in ${ms} ms`, zh: `${ms} 毫秒后收到应答` };
    }
    case 'silent':
      return { en: 'no answer', zh: '没有应答' };
    case 'refused':
      return {
        en: 'refused: the target is reached, but nobody listens there',
        zh: '被拒绝：目标可达，但没有程序在监听',
      };
    case 'unreachable': {
      const { en, zh } = icmpErrorText(outcome.type, outcome.code);
      return {
        en: `${outcome.by} answers: ${en} (ICMP)`,
        zh: `${outcome.by} 返回 ICMP 差错：${zh}`,
      };
    }
    case 'not-sent':
      return { en: `not sent: ${outcome.said}`, zh: `没有发出：${outcome.said}` };
  }
}
