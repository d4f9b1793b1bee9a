import type { Facts } from '../../facts/index.ts';
import type { CapabilityName } from '../../facts/privilege.ts';
import type { Problem } from '../../model/errors.ts';
import type { Lab } from '../../model/lab.ts';

/** Capabilities for networks, namespaces and overlay roots, determined by dropping each in turn. */
const always: readonly CapabilityName[] = [
  'CAP_NET_ADMIN',
  'CAP_SYS_ADMIN',
  'CAP_SYS_CHROOT',
  'CAP_DAC_OVERRIDE',
];
/** Further capabilities for a user namespace with other uids on the host. */
const forUsers: readonly CapabilityName[] = [
  'CAP_SETUID',
  'CAP_SETGID',
  'CAP_CHOWN',
  'CAP_SYS_PTRACE',
];

/** The privileges that ctr lacks; for root, the missing capabilities. */
export function privilegeProblems(lab: Lab, facts: Facts): readonly Problem[] {
  const users = lab.containers.some(({ firstUser }) => firstUser !== null);
  const needed = users ? [...always, ...forUsers] : always;
  const missing = needed.filter((name) => facts.missingCapabilities.includes(name));
  if (missing.length === 0) return [];
  const place = `uid ${facts.uid}`;
  if (facts.uid !== 0) {
    return [
      {
        code: 'H002',
        place,
        message: {
          en: "changing this host's network needs root",
          zh: '改动本机网络需要 root',
        },
        fix: {
          en: 'run it with sudo, or with --sandbox, which needs no root',
          zh: '用 sudo 运行，或者加 --sandbox（不需要 root）',
        },
      },
    ];
  }
  const list = missing.join(', ');
  const granted = missing.map((name) => `--cap-add ${name.replace('CAP_', '')}`).join(' ');
  return [
    {
      code: 'H002',
      place,
      message: {
        en: `root lacks ${list} here (capabilities(7))`,
        zh: `这里的 root 没有 ${list} (capabilities(7))`,
      },
      fix: {
        en: `in a container, start it with ${granted}; in a systemd unit, look at CapabilityBoundingSet=; in a user namespace (lsns -t user), run ctr outside of it or in a network namespace of its own`,
        zh: `在容器里，启动容器时加 ${granted}；在 systemd 单元里，检查 CapabilityBoundingSet=；在用户命名空间里 (lsns -t user)，到外面运行 ctr，或者让它有自己的网络命名空间`,
      },
    },
  ];
}
