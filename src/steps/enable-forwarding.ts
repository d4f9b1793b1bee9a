import { cmd } from '../model/command.ts';
import { forwardingKey } from '../resolve/network-rules.ts';
import { allOf, enableForwarding6, forwarding6Why } from './ipv6.ts';
import type { NetworkStep } from './scope.ts';
import { sharedChange } from './shared-change.ts';

/**
 * Sysctls that switch on forwarding for the whole host: writing ip_forward sets all existing interfaces, and `default`
 * applies to new ones (`all` is another name for ip_forward). If somebody sets one of them to 1 during the run, the way
 * back leaves forwarding on.
 */
const hostWideKeys = ['net/ipv4/ip_forward', 'net/ipv4/conf/default/forwarding'];

/**
 * The kernel checks the sysctl of the interface where a packet arrives. ip_forward only sets all interfaces when it is
 * written (kernel: networking/ip-sysctl, `conf/interface/forwarding`).
 */
export const enableForwarding: NetworkStep = (network, { lab, facts }) => {
  const { bridge } = network;
  const held = (key: string) => facts.shared[`sysctl:${key}`] !== undefined;
  // A new bridge inherits the value of `default`.
  const fallback = facts.sysctls['net/ipv4/conf/default/forwarding'] ?? '0';
  const four = [bridge, ...lab.uplinks]
    .map((link) => ({ link, key: forwardingKey(link) }))
    .map(({ link, key }) => ({ link, key, value: facts.sysctls[key] ?? fallback }))
    .filter(({ key, value }) => value !== '1' || held(key))
    .map(({ key, value }) =>
      sharedChange(facts, `sysctl:${key}`, cmd`sysctl -qw ${key}=1`, {
        kind: 'sysctl',
        key,
        value: '1',
        before: value,
        unless: hostWideKeys.filter((one) => facts.sysctls[one] === '0'),
      }),
    );
  const six = enableForwarding6(network, { lab, facts });
  const all = allOf([...four, six]);
  if (all.commands.length + all.inherits.length === 0) return null;
  const also = network.ipv6 === undefined ? { en: '', zh: '' } : forwarding6Why(facts);
  const last = lab.uplinks.at(-1);
  const listed = (comma: string, and: string) =>
    `${[bridge, ...lab.uplinks].slice(0, -1).join(comma)}${and}${last}`;
  return {
    id: 'enable-forwarding',
    of: network.name,
    title:
      last === undefined
        ? {
            en: `Let the host forward packets from ${bridge}`,
            zh: `让宿主机转发来自 ${bridge} 的数据包`,
          }
        : {
            en: `Let the host forward packets between ${listed(', ', ' and ')}`,
            zh: `让宿主机在 ${listed('、', ' 和 ')} 之间转发数据包`,
          },
    why: {
      en: `A host drops packets that are not addressed to it, unless forwarding is on for the interface where they arrive. ctr switches it on for these interfaces only. Writing ip_forward would set every interface, and writing its old value back would set every interface once more, so the value that each had before would be lost.${also.en}`,
      zh: `如果数据包到达的接口没有打开转发 (forwarding)，宿主机会丢弃目的地址不是自己的数据包。ctr 只对这些接口打开转发。改 ip_forward 会一次改掉所有接口；写回旧值也是一次改所有接口，各接口原来的值无法恢复。${also.zh}`,
    },
    ...all,
  };
};
