import type { Config } from '../../config/schema.ts';
import type { Facts } from '../../facts/index.ts';
import type { Problem } from '../../model/errors.ts';
import { own } from '../../model/own.ts';
import type { Text } from '../../model/text.ts';

/** Warns about what an ordinary user cannot read on this host, and the plan therefore ignores. */
export function unreadAsUser(config: Config, facts: Facts): readonly Problem[] {
  if (facts.missingCapabilities.length === 0) return [];
  const containers = Object.values(config.containers);
  const limited = containers.some(({ limits }) => Object.keys(limits).length > 0);
  const closed = [...new Set(containers.map(({ rootfs }) => rootfs))].filter(
    (rootfs) => own(facts.rootfs, rootfs)?.state === 'unreadable',
  );
  const unread: readonly Text[] = [
    { en: "root's runs", zh: 'root 的运行实例' },
    ...(facts.firewall.readable ? [] : [{ en: 'the firewall', zh: '防火墙' }]),
    ...(limited && facts.cgroup === null ? [{ en: 'the cgroup tree', zh: 'cgroup 树' }] : []),
    ...closed.map((path) => ({ en: path, zh: path })),
  ];
  return [
    {
      code: 'W109',
      place: '--host',
      message: {
        en: `ctr cannot read these without root and assumes that they are empty: ${unread.map(({ en }) => en).join(', ')}`,
        zh: `没有 root，ctr 无法读取以下内容，按空处理：${unread.map(({ zh }) => zh).join('、')}`,
      },
      fix: {
        en: 'plan as root to see exactly what ctr up would run here',
        zh: '以 root 制定计划，才能看到 ctr up 在这里实际会运行的命令',
      },
    },
  ];
}
