import { contains, overlaps, parseAddress, parseCidr, subnetOf } from './config/ipv4.ts';
import type { Problem } from './errors.ts';
import type { Facts } from './facts/index.ts';
import type { Attachment, Lab, LabContainer, LabNetwork } from './lab.ts';
import { groupOf, usersInRange } from './names.ts';
import { own } from './own.ts';
import type { Text } from './text.ts';

/** What must hold on the host before the first command; all of it is said at once. */
export interface Preflight {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Every tool a plan may start, and the Debian package it comes in. */
const toolPackages: Readonly<Record<string, string>> = {
  chroot: 'coreutils',
  echo: 'coreutils',
  env: 'coreutils',
  flock: 'util-linux',
  hostname: 'hostname',
  ip: 'iproute2',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  'iptables-save': 'iptables',
  kill: 'procps',
  mkdir: 'coreutils',
  mount: 'mount',
  nsenter: 'util-linux',
  pivot_root: 'util-linux',
  rmdir: 'coreutils',
  setpriv: 'util-linux',
  setsid: 'util-linux',
  sh: 'dash',
  sysctl: 'procps',
  tee: 'coreutils',
  test: 'coreutils',
  umount: 'mount',
  unshare: 'util-linux',
};
const terminalTools: Readonly<Record<string, string>> = { script: 'bsdutils', stty: 'coreutils' };

export const neededTools: readonly string[] = [
  ...Object.keys(toolPackages),
  ...Object.keys(terminalTools),
];

function missingTools(facts: Facts): readonly Problem[] {
  const needed = { ...toolPackages, ...(facts.terminal === null ? {} : terminalTools) };
  return Object.entries(needed)
    .filter(([tool]) => facts.tools[tool] == null)
    .map(([tool, name]) => ({
      code: 'H001',
      place: tool,
      message: { en: `the program ${tool} is not installed`, zh: `没有安装程序 ${tool}` },
      fix: { en: `apt-get install ${name}`, zh: `apt-get install ${name}` },
    }));
}

function privilege(facts: Facts): readonly Problem[] {
  if (facts.privileged) return [];
  return [
    {
      code: 'H002',
      place: `uid ${facts.uid}`,
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

function unreadFirewall(facts: Facts): readonly Problem[] {
  const { privileged, firewall, tools } = facts;
  if (!privileged || firewall.readable || tools['iptables-save'] == null) return [];
  return [
    {
      code: 'H009',
      place: 'iptables-save',
      message: {
        en: "the host's firewall cannot be read: iptables-save does not work",
        zh: '无法读取本机的防火墙：iptables-save 不能用',
      },
      fix: { en: 'run iptables-save: it says why', zh: '运行 iptables-save：它会说明原因' },
    },
  ];
}

function names(lab: Lab, facts: Facts): readonly Problem[] {
  const taken = facts.runs.includes(lab.name);
  const run: readonly Problem[] = taken
    ? [
        {
          code: 'H003',
          place: lab.name,
          message: { en: `a run named ${lab.name} is up`, zh: `名为 ${lab.name} 的运行还在` },
          fix: {
            en: `ctr down ${lab.name}, or give this one another "name"`,
            zh: `ctr down ${lab.name}，或者在配置里换一个 "name"`,
          },
        },
      ]
    : [];
  const ends = lab.containers.flatMap((container) =>
    container.attachments.flatMap(({ outer, inner }) => [outer, inner]),
  );
  const links = taken
    ? []
    : facts.links
        .filter((link) => ends.includes(link.name))
        .map((link) => ({
          code: 'H004',
          place: link.name,
          message: {
            en: `an interface named ${link.name} is there already`,
            zh: `已经有名为 ${link.name} 的网络接口`,
          },
          fix: { en: 'ctr gc, or another "name" in the config', zh: 'ctr gc，或者换一个 "name"' },
        }));
  return [...run, ...links];
}

/** What a container asks for and this kind of host cannot give. */
function userProblems({ name, firstUser }: LabContainer, facts: Facts): readonly Problem[] {
  if (firstUser === null || firstUser + usersInRange <= facts.userIds) return [];
  const one = facts.userIds === 1;
  return [
    {
      code: 'H008',
      place: name,
      message:
        facts.userIds === 0
          ? {
              en: '"user_namespace": this host makes no user namespaces',
              zh: '"user_namespace"：本机不创建用户命名空间',
            }
          : {
              en: `"user_namespace" needs users ${firstUser} to ${firstUser + usersInRange - 1}, and this host has ${one ? 'one user' : `${facts.userIds}`}`,
              zh: `"user_namespace" 需要用户 ${firstUser} 到 ${firstUser + usersInRange - 1}，而本机只有 ${facts.userIds} 个`,
            },
      fix: one
        ? {
            en: 'run it as root, or leave it out: without root the whole sandbox is in a user namespace of yours already',
            zh: '以 root 运行，或者去掉它：没有 root 时，整个沙盒本来就在你自己的用户命名空间里',
          }
        : { en: 'leave it out', zh: '去掉它' },
    },
  ];
}

function limitProblems({ name, limits }: LabContainer, facts: Facts): readonly Problem[] {
  const wanted = [
    ...(limits.memory === null ? [] : ['memory']),
    ...(limits.pids === null ? [] : ['pids']),
  ];
  if (wanted.length === 0) return [];
  const { cgroup } = facts;
  if (cgroup === null) {
    return [
      {
        code: 'H009',
        place: name,
        message: {
          en: '"limits" cannot be had here: there is no cgroup2 tree that can be written to (cgroups(7))',
          zh: '"limits" 在这里办不到：没有可写的 cgroup2（cgroups(7)）',
        },
        fix: {
          en: 'leave them out; a sandbox host has none, nor has a machine that is on version 1',
          zh: '去掉它；沙盒主机没有，仍在用第 1 版的机器也没有',
        },
      },
    ];
  }
  const missing = wanted.filter((controller) => !cgroup.controllers.includes(controller));
  if (missing.length === 0) return [];
  const enable = `echo '${missing.map((one) => `+${one}`).join(' ')}' >${cgroup.mount}/cgroup.subtree_control`;
  return [
    {
      code: 'H009',
      place: name,
      message: {
        en: `"limits" cannot be had here: ${cgroup.mount} does not hand on ${missing.join(' and ')}`,
        zh: `"limits" 在这里办不到：${cgroup.mount} 没有下放 ${missing.join('、')}`,
      },
      fix: { en: `${enable}, or leave them out`, zh: `${enable}，或者去掉它` },
    },
  ];
}

function bridgeProblems(network: LabNetwork, facts: Facts): readonly Problem[] {
  const link = facts.links.find(({ name }) => name === network.bridge);
  if (link === undefined) return [];
  if (link.kind !== 'bridge') {
    return [
      {
        code: 'E060',
        place: network.bridge,
        message: {
          en: `${network.bridge} is there and is not a bridge but ${link.kind}`,
          zh: `${network.bridge} 已存在，但不是网桥 (bridge) 而是 ${link.kind}`,
        },
        fix: { en: 'name another bridge', zh: '换一个网桥名' },
      },
    ];
  }
  const has = link.addresses
    .map(parseCidr)
    .some((one) => one.address === parseAddress(network.gateway));
  if (has) return [];
  const found = link.addresses.join(', ');
  return [
    {
      code: 'E062',
      place: network.bridge,
      message: {
        en: `bridge ${network.bridge} is there and does not have the gateway's address ${network.gateway}`,
        zh: `网桥 ${network.bridge} 已存在，但没有网关地址 ${network.gateway}`,
      },
      fix:
        found === ''
          ? { en: 'name another bridge', zh: '换一个网桥名' }
          : {
              en: `it has ${found}: use that as the gateway, or name another bridge`,
              zh: `它有 ${found}：用它当网关，或者换一个网桥名`,
            },
    },
  ];
}

function stolenRoutes(network: LabNetwork, facts: Facts): readonly Problem[] {
  const subnet = subnetOf(parseCidr(network.subnet));
  return facts.routes
    .filter((route) => route.to !== 'default' && route.dev !== network.bridge)
    .filter((route) => {
      const to = route.to.includes('/') ? route.to : `${route.to}/32`;
      return overlaps(subnet, subnetOf(parseCidr(to)));
    })
    .map((route) => ({
      code: 'H005',
      place: network.bridge,
      message: {
        en: `subnet ${network.subnet} overlaps the route ${route.to} dev ${route.dev}: packets for it would go astray`,
        zh: `子网 ${network.subnet} 与路由 ${route.to} dev ${route.dev} 重叠：发往那里的包会走错`,
      },
      fix: { en: 'choose a subnet that is free here', zh: '选一个这里没用到的子网' },
    }));
}

function addressProblems(attachment: Attachment, lab: Lab, facts: Facts): readonly Problem[] {
  const { network, address, container } = attachment;
  const subnet = subnetOf(parseCidr(network.subnet));
  const problems: Problem[] = [];
  const add = (code: string, message: Text, fix: Text) =>
    problems.push({ code, place: container, message, fix });
  if (!contains(subnet, parseAddress(address))) {
    add(
      'E022',
      {
        en: `address ${address} is outside ${network.subnet}, the subnet of ${network.bridge}`,
        zh: `地址 ${address} 不在 ${network.bridge} 的子网 ${network.subnet} 里`,
      },
      { en: `choose one inside ${network.subnet}`, zh: `在 ${network.subnet} 里选一个` },
    );
  }
  if (!facts.runs.includes(lab.name) && own(facts.reserved, network.bridge)?.includes(address)) {
    add(
      'H006',
      {
        en: `address ${address} belongs to a container that is up`,
        zh: `地址 ${address} 属于一个正在运行的容器`,
      },
      { en: 'choose another address', zh: '换一个地址' },
    );
  }
  return problems;
}

function rootfsProblems(container: LabContainer, facts: Facts): readonly Problem[] {
  const { rootfs } = container;
  const fact = own(facts.rootfs, rootfs);
  const at = (code: string, message: Text, fix: Text): readonly Problem[] => [
    { code, place: container.name, message, fix },
  ];
  const create: Text = {
    en: `ctr rootfs create ${rootfs}`,
    zh: `ctr rootfs create ${rootfs}`,
  };
  const another: Text = { en: 'use another directory', zh: '换一个目录' };
  if (fact === undefined || fact.state === 'missing') {
    return at('E050', { en: `there is no directory ${rootfs}`, zh: `没有目录 ${rootfs}` }, create);
  }
  if (fact.state !== 'directory') {
    return at(
      'E050',
      fact.state === 'unreadable'
        ? { en: `${rootfs} cannot be read`, zh: `无法读取 ${rootfs}` }
        : { en: `${rootfs} is not a directory`, zh: `${rootfs} 不是目录` },
      another,
    );
  }
  if (fact.realPath === '/') {
    return at(
      'E050',
      { en: `${rootfs} is the root of this host itself`, zh: `${rootfs} 就是本机的根` },
      create,
    );
  }
  if (/[\p{Cc},:\\"]/u.test(fact.realPath)) {
    return at(
      'E050',
      {
        en: `the path ${JSON.stringify(fact.realPath)} holds a character that mount options cannot carry`,
        zh: `路径 ${JSON.stringify(fact.realPath)} 含有挂载选项不能用的字符`,
      },
      another,
    );
  }
  if (fact.unsafe.length > 0) {
    const list = fact.unsafe.map((name) => `/${name}`).join(', ');
    return at(
      'E052',
      {
        en: `${list} in ${rootfs} must be a directory, not a link or a file`,
        zh: `${rootfs} 里的 ${list} 必须是目录，不能是链接或文件`,
      },
      { en: 'remove it from the root file system', zh: '从根文件系统里删掉它' },
    );
  }
  const program = container.command[0] ?? '';
  const found = own(fact.commands, program);
  if (found === 'found' || found === undefined) return [];
  return at(
    'E051',
    found === 'not-found'
      ? { en: `there is no ${program} in ${rootfs}`, zh: `${rootfs} 里没有 ${program}` }
      : {
          en: `${program} in ${rootfs} is not executable`,
          zh: `${rootfs} 里的 ${program} 不可执行`,
        },
    { en: 'correct "command", or put the program there', zh: '改正 "command"，或者把程序放进去' },
  );
}

function firewallWarnings(lab: Lab, facts: Facts): readonly Problem[] {
  const warnings: Problem[] = [];
  const chain = facts.firewall.dockerUser ? 'DOCKER-USER' : 'FORWARD';
  if (facts.firewall.forwardPolicy === 'DROP') {
    warnings.push({
      code: 'W103',
      message: {
        en: `this host drops what it would pass on (FORWARD policy DROP): three marked ACCEPT rules for ${lab.networks.map(({ bridge }) => bridge).join(', ')} go into ${chain}`,
        zh: `本机丢弃要转发的包（FORWARD 策略为 DROP）：将在 ${chain} 里为 ${lab.networks.map(({ bridge }) => bridge).join(', ')} 各加三条带标记的 ACCEPT 规则`,
      },
    });
  }
  if (facts.firewall.otherFlavour) {
    warnings.push({
      code: 'W102',
      message: {
        en: 'this host has legacy iptables rules beside nft ones: both decide, and either can drop',
        zh: '本机同时有 legacy 和 nft 两套 iptables 规则：两套都起作用，任何一套都能丢包',
      },
    });
  }
  if (lab.uplinks.length === 0) {
    warnings.push({
      code: 'W105',
      message: {
        en: 'this host has no default route: the container will reach the host and no further',
        zh: '本机没有默认路由：容器只能到达宿主机',
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

/** The mark of a run's links is sixteen bits of its name: another run may have the same. */
function markTaken(lab: Lab, facts: Facts): readonly Problem[] {
  const group = groupOf(lab.name);
  const link = facts.links.find((one) => one.group === group);
  if (link === undefined || facts.runs.includes(lab.name)) return [];
  return [
    {
      code: 'H007',
      place: link.name,
      message: {
        en: `the interface ${link.name} bears the mark (group ${group}) that this run would use`,
        zh: `接口 ${link.name} 带有本次运行要用的标记 (group ${group})`,
      },
      fix: { en: 'ctr gc, or another "name" in the config', zh: 'ctr gc，或者换一个 "name"' },
    },
  ];
}

/** Replicas share what is wrong with them: it is said once. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message }) => {
    const key = `${code} ${message.en}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Pure: everything the facts say against this lab, and everything worth knowing before. */
export function preflight(lab: Lab, facts: Facts): Preflight {
  return {
    problems: unique([
      ...missingTools(facts),
      ...privilege(facts),
      ...unreadFirewall(facts),
      ...names(lab, facts),
      ...markTaken(lab, facts),
      ...lab.networks.flatMap((network) => [
        ...bridgeProblems(network, facts),
        ...stolenRoutes(network, facts),
      ]),
      ...lab.containers.flatMap((container) => [
        ...container.attachments.flatMap((attachment) => addressProblems(attachment, lab, facts)),
        ...rootfsProblems(container, facts),
        ...userProblems(container, facts),
        ...limitProblems(container, facts),
      ]),
    ]),
    warnings: unique(firewallWarnings(lab, facts)),
  };
}
