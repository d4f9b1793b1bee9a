import { type Argv, cmd } from '../model/command.ts';
import type { LinkSetting } from '../model/resource.ts';
import { enter } from '../model/where.ts';
import { quietLink, quietWhy } from './ipv6.ts';
import type { AttachmentStep } from './scope.ts';

function up(link: string, container: string): LinkSetting {
  return { kind: 'link-setting', link, setting: 'up', value: '', container };
}

/** ip-address(8). The kernel adds the route to the subnet itself; `configure-route` adds the others. */
export const configureAddress: AttachmentStep = (attachment) => {
  const { container, device, address, prefix, broadcast, network, ipv6 } = attachment;
  const quiet = quietLink(device, container);
  const address6 = ipv6 === undefined ? undefined : `${ipv6.address}/${network.ipv6?.prefix}`;
  const both =
    address6 === undefined ? `${address}/${prefix}` : `${address}/${prefix}, ${address6}`;
  const inside = (words: Argv) => enter(container, ['net'], words);
  const near = prefix < 31 ? (cmd`broadcast ${broadcast}` as readonly string[]) : [];
  return {
    id: 'configure-address',
    of: `${container}/${device}`,
    title: {
      en: `Give ${device} in ${container} the address ${both}`,
      zh: `给 ${container} 里的 ${device} 设置地址 ${both.replace(', ', '、')}`,
    },
    why: {
      en: `All interfaces of a new network namespace are down, even loopback, so ctr switches lo on as well. /${prefix} means that ${network.subnet} is directly reachable through ${device}: when ${device} comes up, the kernel adds that route itself.${address6 === undefined ? '' : quietWhy.en}`,
      zh: `新的网络命名空间里，接口都是关闭的，回环接口 (loopback) 也不例外，所以一并启用 lo。/${prefix} 表示 ${network.subnet} 与 ${device} 直连：${device} 启用后，内核会自动添加这条直连路由。${address6 === undefined ? '' : quietWhy.zh}`,
    },
    commands: [
      ...(address6 === undefined ? [] : [{ ...inside(quiet.argv), makes: quiet.makes }]),
      { ...inside(cmd`ip link set dev lo up`), makes: [up('lo', container)] },
      {
        ...inside(cmd`ip addr add ${address}/${prefix} ${near} dev ${device}`),
        makes: [{ kind: 'address', link: device, address: `${address}/${prefix}`, container }],
      },
      ...(address6 === undefined
        ? []
        : [
            {
              ...inside(cmd`ip addr add ${address6} dev ${device} nodad`),
              makes: [{ kind: 'address' as const, link: device, address: address6, container }],
            },
          ]),
      {
        ...inside(cmd`ip link set dev ${device} up`),
        makes: [up(device, container)],
      },
    ],
  };
};
