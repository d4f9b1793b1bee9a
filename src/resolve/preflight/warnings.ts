import type { Facts } from '../../facts/index.ts';
import type { Problem } from '../../model/errors.ts';
import type { Lab } from '../../model/lab.ts';
import { own } from '../../model/own.ts';
import { isSandboxHost } from '../../model/world-addresses.ts';
import { forwardingChain } from '../network-rules.ts';

/** Docker and ufw always set the policy of FORWARD to DROP, and expect others to add rules. */
function isByProgram({ firewall }: Facts): boolean {
  return firewall.chains.some(({ name }) => /^(?:DOCKER|ufw-)/.test(name));
}

export function firewallWarnings(lab: Lab, facts: Facts): readonly Problem[] {
  const warnings: Problem[] = [];
  const chain = forwardingChain(facts);
  // A table of nftables cannot accept what this policy drops: the losses tell.
  const networks = lab.networks.filter(({ firewall }) => firewall === undefined);
  const drops = facts.firewall.forwardPolicy === 'DROP';
  if (drops && networks.length > 0 && !isByProgram(facts)) {
    warnings.push({
      code: 'W103',
      message: {
        en: `this host drops forwarded packets (FORWARD policy DROP): ctr adds three marked ACCEPT rules for ${networks.map(({ bridge }) => bridge).join(', ')} to ${chain}`,
        zh: `本机丢弃要转发的数据包（FORWARD 策略为 DROP）：ctr 会在 ${chain} 里为 ${networks.map(({ bridge }) => bridge).join('、')} 各添加三条带标记的 ACCEPT 规则`,
      },
    });
  }
  for (const container of lab.containers) {
    if (container.resolvers.length > 0) continue;
    warnings.push({
      code: 'W106',
      place: container.name,
      message: {
        en: 'no name server is known: names will not resolve',
        zh: '没有可用的域名服务器：无法解析名字',
      },
      fix: { en: 'set "dns"', zh: '设置 "dns"' },
    });
  }
  return warnings;
}

/** Warnings about installing software in a sandbox host. */
export function sandboxWarnings(lab: Lab, facts: Facts): readonly Problem[] {
  if (!isSandboxHost(facts.links)) return [];
  return lab.containers.flatMap(({ name, rootfs }): readonly Problem[] => {
    const { packageManager, foreign } = own(facts.rootfs, rootfs) ?? {};
    const warnings: Problem[] = [];
    if (packageManager !== undefined) {
      warnings.push({
        code: 'W115',
        place: name,
        message: {
          en: `${packageManager} cannot reach its package servers: a sandbox host has no internet`,
          zh: `${packageManager} 连不上它的软件源：沙盒主机不能访问互联网`,
        },
        fix: {
          en: 'ctr sandbox --help lists what a sandbox host has instead, with a package that you can install',
          zh: 'ctr sandbox --help 列出沙盒主机里有什么，其中有一个可以安装的软件包',
        },
      });
    }
    if (foreign === true && facts.userIds === 1) {
      warnings.push({
        code: 'W116',
        place: name,
        message: {
          en: `${rootfs} belongs to another user: the container can read its files, but not change them`,
          zh: `${rootfs} 属于另一个用户：容器能读里面的文件，但不能修改`,
        },
        fix: {
          en: 'use a root file system of your own (ctr rootfs create), or run ctr up --sandbox with sudo',
          zh: '用自己的根文件系统 (ctr rootfs create)，或者用 sudo 运行 ctr up --sandbox',
        },
      });
    }
    return warnings;
  });
}
