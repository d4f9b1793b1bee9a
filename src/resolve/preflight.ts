import type { Facts } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import { groupOf, isOurGroup, outerName } from '../model/names.ts';
import type { Text } from '../model/text.ts';
import {
  limitProblems,
  rootfsProblems,
  stagingProblems,
  userProblems,
} from './preflight/containers.ts';
import type { Preflight } from './preflight/findings.ts';
import { takenAddress, vlanWarnings } from './preflight/neighbours.ts';
import { addressProblems, bridgeProblems, sharedSubnets } from './preflight/networks.ts';
import { overlapProblems, overlapWarnings } from './preflight/overlaps.ts';
import { privilegeProblems } from './preflight/privilege.ts';
import { takenTables } from './preflight/tables.ts';
import { missingTools } from './preflight/tools.ts';
import { firewallWarnings, sandboxWarnings } from './preflight/warnings.ts';

function unreadFirewall(facts: Facts): readonly Problem[] {
  const { missingCapabilities, firewall, tools } = facts;
  if (
    missingCapabilities.includes('CAP_NET_ADMIN') ||
    firewall.readable ||
    tools['iptables-save'] == null
  )
    return [];
  const [asked] = firewall.unread;
  if (asked !== undefined) {
    return [
      {
        code: 'H009',
        place: asked,
        message: {
          en: "ctr cannot read this host's firewall: only nft can show some of its rules, and nft does not work",
          zh: 'ctr 无法读取本机的防火墙：有些规则只有 nft 才能显示，而 nft 不能用',
        },
        fix: {
          en: `install nftables; to see why: ${asked}`,
          zh: `安装 nftables；查看原因：${asked}`,
        },
      },
    ];
  }
  return [
    {
      code: 'H009',
      place: 'iptables-save',
      message: {
        en: "ctr cannot read this host's firewall: iptables-save does not work",
        zh: 'ctr 无法读取本机的防火墙：iptables-save 不能用',
      },
      fix: { en: 'to see why: iptables-save', zh: '查看原因：iptables-save' },
    },
  ];
}

export function runTaken(name: string): Problem {
  return {
    code: 'H003',
    place: name,
    message: { en: `a run named ${name} is already up`, zh: `名为 ${name} 的运行实例已在运行` },
    fix: {
      en: `ctr down ${name}, or use another "name" in the config`,
      zh: `ctr down ${name}，或者在配置里换一个 "name"`,
    },
  };
}

/** What to do about a name that is taken: ctr itself chose only those made of a hash. */
function otherName(lab: Lab, name: string): Text {
  const chosen = lab.containers.some(({ attachments }) =>
    attachments.some(
      ({ outer, container, device }) =>
        outer === name && outer !== outerName(lab.name, container, device),
    ),
  );
  return chosen
    ? { en: 'use another "host_interface" in the config', zh: '在配置里换一个 "host_interface"' }
    : { en: 'use another "name" in the config', zh: '在配置里换一个 "name"' };
}

/** Names of the config that interfaces of living runs have, or will have again after a repair. */
function heldNames(lab: Lab, facts: Facts): readonly Problem[] {
  const held = new Set(facts.reservedInterfaces);
  return lab.containers
    .flatMap(({ attachments }) => attachments.map(({ outer }) => outer))
    .filter((name) => held.has(name) && !facts.links.some((link) => link.name === name))
    .map((name) => ({
      code: 'H004',
      place: name,
      message: {
        en: `the interface name ${name} belongs to another run`,
        zh: `接口名 ${name} 属于另一个运行实例`,
      },
      fix: otherName(lab, name),
    }));
}

function names(lab: Lab, facts: Facts): readonly Problem[] {
  const taken = facts.runs.includes(lab.name);
  const run: readonly Problem[] = taken ? [runTaken(lab.name)] : [];
  const ends = lab.containers.flatMap((container) =>
    container.attachments.flatMap(({ outer, inner }) => [outer, inner]),
  );
  const links = taken
    ? []
    : facts.links.flatMap((link): readonly Problem[] => {
        const name = [link.name, ...link.altnames].find((one) => ends.includes(one));
        if (name === undefined) return [];
        const other = otherName(lab, name);
        return [
          {
            code: 'H004',
            place: name,
            message: {
              en: `an interface named ${name} already exists`,
              zh: `名为 ${name} 的网络接口已存在`,
            },
            // gc removes only interfaces with ctr's mark.
            fix: isOurGroup(link.group)
              ? { en: `run ctr gc, or ${other.en}`, zh: `运行 ctr gc，或者${other.zh}` }
              : { en: `ctr did not create it: ${other.en}`, zh: `它不是 ctr 创建的：${other.zh}` },
          },
        ];
      });
  return [...run, ...links, ...(taken ? [] : heldNames(lab, facts))];
}

/** A run's link group has sixteen bits of a hash of its name, so another run may have the same. */
function markTaken(lab: Lab, facts: Facts): readonly Problem[] {
  const group = groupOf(lab.name);
  const link = facts.links.find((one) => one.group === group);
  if (link === undefined || facts.runs.includes(lab.name)) return [];
  return [
    {
      code: 'H007',
      place: link.name,
      message: {
        en: `interface ${link.name} already carries the mark of this run (group ${group})`,
        zh: `接口 ${link.name} 已带有本次运行要用的标记 (group ${group})`,
      },
      fix: {
        en: 'run ctr gc, or use another "name" in the config',
        zh: '运行 ctr gc，或者在配置里换一个 "name"',
      },
    },
  ];
}

/** Drops duplicates: replicas have the same problems. */
export function unique(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message }) => {
    const key = `${code} ${message.en}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Problems and warnings from networks that exist on the host. */
function onTheirNetworks(lab: Lab, facts: Facts): Preflight {
  const attachments = lab.containers.flatMap((container) => container.attachments);
  const taken = attachments.map((one) => takenAddress(one, facts));
  return {
    problems: taken.flatMap(({ problems }) => problems),
    warnings: [
      ...taken.flatMap(({ warnings }) => warnings),
      ...attachments.flatMap((one) => vlanWarnings(one, facts)),
    ],
  };
}

/** What prevents the lab's networks and interfaces, whoever starts its containers. Pure. */
export function networkProblems(
  lab: Lab,
  facts: Facts,
  programs: readonly string[],
): readonly Problem[] {
  return [
    ...missingTools(facts, programs),
    ...privilegeProblems(lab, facts),
    ...unreadFirewall(facts),
    ...names(lab, facts),
    ...markTaken(lab, facts),
    ...takenTables(lab, facts),
    ...sharedSubnets(lab.networks),
    ...lab.networks.flatMap((network) => [
      ...bridgeProblems(network, facts),
      ...overlapProblems(network, lab, facts),
    ]),
    ...onTheirNetworks(lab, facts).problems,
    ...lab.containers.flatMap(({ attachments }) =>
      attachments.flatMap((attachment) => addressProblems(attachment, lab, facts)),
    ),
  ];
}

/**
 * Everything in the facts that prevents this lab or deserves a warning, except losses. Pure.
 * @param programs what the plan of the lab starts.
 */
export function preflight(lab: Lab, facts: Facts, programs: readonly string[]): Preflight {
  const there = onTheirNetworks(lab, facts);
  return {
    problems: unique([
      ...networkProblems(lab, facts, programs),
      ...lab.containers.flatMap((container) => [
        ...rootfsProblems(container, facts),
        ...stagingProblems(container, facts),
        ...userProblems(container, facts),
        ...limitProblems(container, facts),
      ]),
    ]),
    warnings: unique([
      ...there.warnings,
      ...firewallWarnings(lab, facts),
      ...sandboxWarnings(lab, facts),
      ...lab.networks.flatMap((network) => overlapWarnings(network, facts)),
    ]),
  };
}
