import type { LinkFact } from '../facts/index.ts';
import { joined } from '../model/batch.ts';
import { type Argv, cmd, shellLine, shellQuote } from '../model/command.ts';
import { groupOf, isOurGroup, sharedGroup } from '../model/names.ts';
import type { Link } from '../model/resource.ts';
import type { Leftover, ResourceKind, Seen, Unreadable } from './kind.ts';
import { usersOf } from './users.ts';

function deleteOne({ name }: Pick<Link, 'name'>): Argv {
  return cmd`ip link del dev ${name}`;
}

function leftover({ name }: Pick<Link, 'name'>): Leftover {
  return { argv: deleteOne({ name }).map(String) };
}

/**
 * Drops one end of each veth pair whose ends are both on the host: deleting the other deletes both. The kernel lists
 * the peer first, so the end that stays here is the host's.
 */
function onceForAPair(links: readonly LinkFact[]): readonly LinkFact[] {
  const kept = new Set<string>();
  return links
    .toReversed()
    .filter(({ name, otherEnd }) => {
      if (otherEnd !== undefined && kept.has(otherEnd)) return false;
      kept.add(name);
      return true;
    })
    .toReversed();
}

/** Interfaces with ctr's mark that no record names. */
function strays(
  { links = [] }: Seen,
  recorded: readonly Link[],
  unreadable: Unreadable,
): readonly Leftover[] {
  const known = new Set(recorded.map(({ name }) => name));
  const spared = new Set([...unreadable].map(groupOf));
  if (unreadable.size > 0) spared.add(sharedGroup);
  const found = links.filter(
    ({ name, group }) => isOurGroup(group) && !known.has(name) && !spared.has(group),
  );
  const going = new Set(found.map(({ name }) => name));
  return onceForAPair(found).map((link) => {
    const users = usersOf(links, link.name, ({ name }) => going.has(name));
    return { ...leftover(link), ...(users.length === 0 ? {} : { users: users.join(', ') }) };
  });
}

/** Whether an interface is a bridge of ctr's under another name. No other interface of ctr's has its MAC. */
function isRenamed({ group, mac }: LinkFact, made: readonly Link[]): boolean {
  return group === sharedGroup && made.some((link) => link.mac === mac);
}

/**
 * The remaining interfaces of a run, including renamed ones.
 * @param known names in the plans of other runs.
 */
export function remainingLinks(
  made: readonly Link[],
  links: readonly LinkFact[],
  group: number,
  known: ReadonlySet<string>,
): readonly Leftover[] {
  const own = (link: LinkFact) =>
    made.some(({ name }) => name === link.name) ||
    (!known.has(link.name) && (link.group === group || isRenamed(link, made)));
  const bridgeOf = (link: LinkFact) => made.find(({ mac }) => mac === link.mac);
  return onceForAPair(links.filter((link) => isOurGroup(link.group) && own(link)))
    .filter((link) => usersOf(links, link.name, own, bridgeOf(link)).length === 0)
    .map(leftover);
}

/** Shell lines that keep a bridge which others use: through ports, stacked interfaces, addresses or a master. */
function sparing(
  bridge: string,
  addresses: readonly string[],
  language: 'en' | 'zh',
): readonly string[] {
  const says = {
    en: `others use ${bridge}, so it stays`,
    zh: `${bridge} 有别人在用，因此保留`,
  }[language];
  return [
    `if { ip -o link show master ${bridge}; ip -o -d link show | grep -E '@${bridge}: | dev ${bridge} '`,
    `  ip -o link show dev ${bridge} | grep ' master '`,
    `  ip -o addr show dev ${bridge} scope global | ${addresses.map((one) => `grep -v ' ${one} '`).join(' | ')}; } | grep -q .`,
    `then echo "${says}" >&2; return 0; fi`,
  ];
}

/** ip-link(8). */
export const link: ResourceKind<Link, 'links'> = {
  reads: { links: true },
  judge({ name, group, address, address6 }, { links }, asker) {
    if (links === undefined) return undefined;
    const found = links.find((one) => one.name === name);
    if (found === undefined) return { state: 'absent', found: 'no such link' };
    // An interrupted deletion may have left a shared interface in the run's group.
    if (found.group !== group && found.group !== asker.group) return { state: 'foreign' };
    const users = usersOf(
      links,
      name,
      asker.goes,
      address === undefined ? undefined : { address, address6 },
    );
    return users.length === 0 ? { state: 'ours' } : { state: 'in-use', found: users.join(', ') };
  },
  removal: {
    id: 'delete-links',
    title: { en: 'Delete the interfaces that ctr created', zh: '删除 ctr 创建的网络接口' },
    why: {
      en: 'Usually the veth pair is gone already: the kernel deletes it together with the network namespace of the container. ctr deletes only interfaces with a group number of ctr, and keeps a bridge that others use. A group is deleted in one request, so a bridge joins the group of the run first.',
      zh: 'veth 对通常已经不在：内核会把它连同容器的网络命名空间一起删除。ctr 只删除组号 (group) 属于 ctr 的接口；别人仍在使用的网桥会保留。一个组可以用一个请求删除，所以网桥先加入本次运行实例的组。',
    },
    one: deleteOne,
    /**
     * The kernel waits for RCU grace periods on each deletion (twice for a bridge), but only once for a whole group. So
     * shared interfaces join the run's group first.
     */
    all(links, group) {
      const shared = links.filter((one) => one.group !== group);
      return joined([
        ...shared.map(({ name }) => ({
          argv: cmd`ip link set dev ${name} group ${group}`,
          makes: [],
        })),
        { argv: cmd`ip link del group ${group}`, makes: [] },
      ]);
    },
    guard: ({ name, group, address, address6 }, language) => [
      `ip -d link show dev ${shellQuote(name)} 2>/dev/null | grep -q " group ${group} " || return 0`,
      ...(address === undefined
        ? []
        : sparing(name, [address, ...(address6 === undefined ? [] : [address6])], language)),
    ],
    // The kernel deletes a veth pair with the namespace of its other end, perhaps between the guard and this line.
    script(one) {
      const line = shellLine(deleteOne(one) as readonly string[]);
      return [
        `said=$(${line} 2>&1) || ! ip link show dev ${shellQuote(one.name)} >/dev/null 2>&1 || echo "$said" >&2`,
      ];
    },
  },
  says: ({ address }) =>
    address === undefined ? { en: 'veth pair', zh: 'veth 对' } : { en: 'bridge', zh: '网桥' },
  of: ({ name }) => name,
  strays,
};
