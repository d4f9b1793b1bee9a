import { type Argv, cmd } from '../model/command.ts';
import type { Connections } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';

function forget({ address }: Connections): Argv {
  const family = address.includes(':') ? cmd`-f ipv6` : [];
  return cmd`conntrack -D ${family as readonly string[]} --dst-nat ${address}`;
}

/** Lines of shell that forget the connections to each of several addresses. */
function forgetAll(all: readonly Connections[]): string {
  const isSix = ({ address }: Connections) => address.includes(':');
  const four = all.filter((one) => !isSix(one)).map(({ address }) => address);
  const loop =
    four.length === 0
      ? []
      : [`for address in ${four.join(' ')}; do conntrack -D --dst-nat "$address" || :; done`];
  const six = all.filter(isSix).map((one) => `${forget(one).join(' ')} || :`);
  return [...loop, ...six].join('; ');
}

/** conntrack(8). */
export const connections: ResourceKind<Connections> = {
  reads: {},
  // Nothing that ctr reads tells of them: connections come and go by themselves.
  judge: () => undefined,
  removal: {
    id: 'forget-connections',
    title: {
      en: 'Forget the connections of the published ports',
      zh: '清除已发布端口的连接记录',
    },
    why: {
      en: 'Connection tracking keeps translating the packets of a connection after the rule is gone, UDP ones for as long as packets come. Whoever gets the address next would receive them, so ctr deletes the entries that lead to it.',
      zh: '规则删除之后，连接跟踪仍会继续改写已有连接的数据包；对于 UDP，只要还有数据包到来就不会停止。下一个使用这个地址的容器会收到它们，所以 ctr 删除指向这个地址的记录。',
    },
    one: forget,
    looks: true,
    all: (all) => ({
      argv: cmd`sh -euc ${forgetAll(all)}`,
      makes: [],
    }),
    guard: () => [],
    script: (one) => [`${forget(one).join(' ')} >/dev/null 2>&1 || :`],
  },
  says: ({ address }) => ({
    en: `connections to ${address} by published ports`,
    zh: `经已发布端口到 ${address} 的连接`,
  }),
};
