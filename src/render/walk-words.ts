import type { Text } from '../model/text.ts';
import type { Outcome } from '../trace/walk.ts';

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
    en: 'the frame is addressed to the bridge itself: it leaves layer 2 for layer 3',
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
  never: { en: 'the packet was seen nowhere', zh: '任何地方都没有看到这个包' },
} satisfies Record<string, Text>;

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
    case 'unreachable':
      return {
        en: `${outcome.by} answers with an ICMP error, type ${outcome.type} code ${outcome.code}`,
        zh: `${outcome.by} 返回 ICMP 差错，类型 ${outcome.type} 代码 ${outcome.code}`,
      };
    case 'not-sent':
      return { en: `not sent: ${outcome.said}`, zh: `没有发出：${outcome.said}` };
  }
}
