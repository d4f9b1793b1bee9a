import { forwardingKey } from '../resolve/network-rules.ts';
import { waysOut } from '../resolve/ways.ts';
import type { LossRule } from './loss-rule.ts';

/**
 * Interfaces without forwarding. The kernel checks the interface where a packet arrives: the bridge for packets from
 * containers, the uplink for replies (kernel: networking/ip-sysctl).
 */
export const notForwarded: LossRule = (lab, host) => {
  const bridges = lab.networks.map(({ bridge }) => bridge);
  return [...new Set([...bridges, ...waysOut(host, bridges)])]
    .filter((name) => host.sysctls[forwardingKey(name)] === '0')
    .map((name) => ({
      code: 'W120',
      place: name,
      message: {
        en: `this host does not forward packets that come in by ${name}: ${forwardingKey(name)} is 0`,
        zh: `本机不转发从 ${name} 进来的数据包：${forwardingKey(name)} 为 0`,
      },
      fix: {
        en: `sysctl -w ${forwardingKey(name)}=1`,
        zh: `sysctl -w ${forwardingKey(name)}=1`,
      },
    }));
};
