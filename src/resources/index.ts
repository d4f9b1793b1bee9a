import { type Argv, fill } from '../model/command.ts';
import type { Kind, Resource, ResourceOf } from '../model/resource.ts';
import { address } from './address.ts';
import { bridgeSettings } from './bridge-settings.ts';
import { cgroup } from './cgroup.ts';
import { connections } from './connections.ts';
import { firewallRule } from './firewall-rule.ts';
import { file, hostname, mount, program } from './inside.ts';
import type {
  AnyKind,
  Asker,
  Judgement,
  Leftover,
  Read,
  Removal,
  Seen,
  Unreadable,
} from './kind.ts';
import { link } from './link.ts';
import { linkSetting } from './link-setting.ts';
import { nftRule } from './nft-rule.ts';
import { nftTable } from './nft-table.ts';
import { peer } from './peer.ts';
import { firstProcess } from './process.ts';
import { route } from './route.ts';
import { sysctl } from './sysctl.ts';

/** Every kind of resource; the type makes the table complete. */
const kinds: { readonly [K in Kind]: AnyKind<ResourceOf<K>> } = {
  'firewall-rule': firewallRule,
  'nft-table': nftTable,
  'nft-rule': nftRule,
  connections,
  sysctl,
  cgroup,
  process: firstProcess,
  link,
  peer,
  'link-setting': linkSetting,
  'bridge-settings': bridgeSettings,
  address,
  route,
  mount,
  file,
  hostname,
  program,
};

/** The kind of a resource. The cast is needed because the compiler does not relate the two. */
function kindOf(resource: Resource): AnyKind<Resource> {
  return kinds[resource.kind] as unknown as AnyKind<Resource>;
}

export function judge(resource: Resource, seen: Seen, asker: Asker): Judgement | undefined {
  return kindOf(resource).judge(resource, seen, asker);
}

/** Whether the command that removes a resource finds out for itself whether it is there and ctr's. */
export function looksForItself(resource: Resource): boolean {
  return kindOf(resource).removal?.looks === true;
}

/** What must be read before these resources are removed. */
export function readsBefore(resources: readonly Resource[]): readonly Read[] {
  const judged = resources.filter((one) => !looksForItself(one));
  return [...new Set(judged.flatMap((one) => Object.keys(kindOf(one).reads) as Read[]))];
}

/** How to remove a resource. @returns undefined when the kernel removes it with another one. */
export function removalOf(resource: Resource): Removal<Resource> | undefined {
  return kindOf(resource).removal;
}

/** The kinds that need a command to remove them. */
export const removableKinds: readonly Kind[] = (Object.keys(kinds) as Kind[]).filter(
  (kind) => kinds[kind].removal !== undefined,
);

export function isRemovable(resource: Resource): boolean {
  return kindOf(resource).removal !== undefined;
}

/** The command that removes a resource. @throws when the kernel removes it with another one. */
export function removeArgv(resource: Resource): Argv {
  const removal = removalOf(resource);
  if (removal === undefined) throw new Error(`${resource.kind} has no command that removes it`);
  return removal.one(resource);
}

/**
 * Whether the kernel has a resource as the plan made it.
 * @returns undefined when `seen` does not say.
 */
export function holds(resource: Resource, seen: Seen, asker: Asker): boolean | undefined {
  const { judge: judged, vanishes, past } = kindOf(resource);
  if (past) return undefined;
  switch (judged(resource, seen, asker)?.state) {
    case undefined:
      return undefined;
    case 'ours':
    case 'in-use':
    case 'foreign':
      return true;
    case 'absent':
      return vanishes ? undefined : false;
    case 'restored':
    case 'changed':
      return false;
  }
}

/** What a resource is, and the interface it belongs to. */
export function describe(resource: Resource) {
  const kind = kindOf(resource);
  return { says: kind.says(resource), subject: kind.of?.(resource) };
}

/** Everything of any kind that carries ctr's mark and is in no record. */
export function strays(
  seen: Seen,
  recorded: readonly Resource[],
  unreadable: Unreadable,
): readonly Leftover[] {
  return Object.entries(kinds).flatMap(([name, kind]) => {
    const own = recorded.filter((one) => one.kind === name);
    return (kind as unknown as AnyKind<Resource>).strays?.(seen, own, unreadable) ?? [];
  });
}

/** The commands that remove what is still there of a resource, if it is ctr's. */
export function leftovers(
  resource: Resource,
  seen: Seen,
  asker: Asker,
  pids: ReadonlyMap<string, number>,
): readonly Leftover[] {
  const kind = kindOf(resource);
  if (kind.leftovers !== undefined) return kind.leftovers(resource, seen, asker);
  if (kind.judge(resource, seen, asker)?.state !== 'ours') return [];
  const argv = fill(removeArgv(resource), pids);
  return [{ argv }];
}
