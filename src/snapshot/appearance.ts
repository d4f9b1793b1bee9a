import { type MarkedRule, markedRules } from '../facts/firewall.ts';
import { fullName, tableOf } from '../model/nft.ts';
import type { FirewallRule, Kind, Resource, ResourceOf, Route } from '../model/resource.ts';
import { ruleSpec, toolOf } from '../model/rule.ts';
import { sameRules } from '../resources/firewall-rule.ts';
import { isSameRule } from '../resources/nft-rule.ts';
import type { Change } from './change.ts';
import { linkAt, networkAt } from './places.ts';
import type { Snapshot } from './snapshot.ts';

/** How a resource of one kind looks in a snapshot. */
interface Appearance<R extends Resource> {
  /** Whether the change is the resource itself. */
  readonly accounts: (resource: R, change: Change) => boolean;
  /** Whether the resource is there. @returns undefined when a snapshot does not tell. */
  readonly there: (
    resource: R,
    snapshot: Snapshot,
    all: readonly Resource[],
  ) => boolean | undefined;
}

function placeOf({ container }: { readonly container?: string | undefined }): string {
  return container ?? 'host';
}

function isOf(change: Change, object: Change['object'], place: string): boolean {
  return change.object === object && change.place === place;
}

/** Whether a change is about a chain of the table: that there is one, or where the kernel asks it. */
/** @param table with its family. */
function isChainOf(table: string, of: string): boolean {
  const start = `${table} `;
  return (
    of.startsWith(start) && /^(\w+): (?:chain \1$|type \w+ hook )/.test(of.slice(start.length))
  );
}

/** States of an interface that is on and has nothing to wait for; a loopback's is UNKNOWN (RFC 2863). */
const working = ['UP', 'UNKNOWN'];

/** What a change of a firewall is about, as rules of the program that the rule is for. */
function rulesIn({ rule }: FirewallRule, lines: readonly string[]): readonly MarkedRule[] {
  const tool = toolOf(rule);
  const isSix = (line: string) => line.startsWith('ip6tables ');
  const own = lines.filter((line) => isSix(line) === (tool === 'ip6tables'));
  return markedRules(
    own.map((line) => line.replace(/^ip6tables /, '')),
    tool,
  );
}

/** The destination as a snapshot tells it: of two default routes, that of IPv6 is `::/0`. */
function shownAs({ to, via = '' }: Route): string {
  return to === 'default' && via.includes(':') ? '::/0' : to;
}

/** Every kind of resource; the type makes the table complete. */
const appearances: { readonly [K in Kind]: Appearance<ResourceOf<K>> } = {
  link: {
    accounts: ({ name }, change) =>
      isOf(change, 'link', 'host') && change.of === name && change.op !== 'changed',
    there: ({ name }, snapshot) => linkAt(snapshot, 'host', name) !== undefined,
  },
  peer: {
    accounts: (peer, change) =>
      (isOf(change, 'link', placeOf(peer)) &&
        change.of === peer.name &&
        (change.op !== 'changed' || change.field === 'name')) ||
      (change.op === 'moved' && change.from === placeOf(peer)),
    there: (peer, snapshot, all) => {
      const { name, of, moves } = peer;
      // The same step moves it.
      const later = moves && all.some((one) => one.kind === 'peer' && one.of === of && !one.moves);
      if (later || networkAt(snapshot, placeOf(peer)) === undefined) return undefined;
      return linkAt(snapshot, placeOf(peer), name) !== undefined;
    },
  },
  'link-setting': {
    accounts: (one, change) => {
      const { link, setting } = one;
      if (!isOf(change, 'link', placeOf(one)) || change.of !== link) return false;
      const { field, to = '' } = change;
      if (setting !== 'up') return field === setting;
      return field === 'up' || (field === 'state' && (working.includes(to) || to === 'DOWN'));
    },
    there: (one, snapshot) => {
      if (networkAt(snapshot, placeOf(one)) === undefined) return undefined;
      const { setting, value } = one;
      const link = linkAt(snapshot, placeOf(one), one.link);
      switch (setting) {
        case 'up':
          return link?.up === true;
        case 'mac':
        case 'master':
          return link?.[setting] === value;
        case 'altname':
          return link?.altnames.includes(value) === true;
        case 'hairpin':
          return link?.port?.hairpin === true;
      }
    },
  },
  'bridge-settings': {
    accounts: ({ link }, { place, of, field = '' }) =>
      place === 'host' && of === link && ['mac', 'mtu', 'up', 'state'].includes(field),
    there: () => undefined,
  },
  address: {
    accounts: (one, change) =>
      isOf(change, 'address', placeOf(one)) && change.of === `${one.address} dev ${one.link}`,
    there: (one, snapshot) => {
      if (networkAt(snapshot, placeOf(one)) === undefined) return undefined;
      const link = linkAt(snapshot, placeOf(one), one.link);
      return link?.addresses.some(({ address }) => address === one.address) === true;
    },
  },
  route: {
    accounts: (one, change) => {
      const { via, dev } = one;
      const text = `${shownAs(one)}${via === undefined ? '' : ` via ${via}`} dev ${dev}`;
      // The kernel gives a route of IPv6 without a metric 1024 (ip-route(8)).
      const same = change.of === text || change.of === `${text} metric 1024`;
      return isOf(change, 'route', placeOf(one)) && same;
    },
    there: (one, snapshot) => {
      const { via, dev } = one;
      return networkAt(snapshot, placeOf(one))?.routes.some(
        (route) => route.to === shownAs(one) && route.via === via && route.dev === dev,
      );
    },
  },
  sysctl: {
    accounts: ({ key }, change) => isOf(change, 'sysctl', 'host') && change.of === key,
    there: ({ key, value }, { host }) => {
      const now = host.sysctls[key];
      return now === undefined ? undefined : now === value;
    },
  },
  'firewall-rule': {
    accounts: (rule, change) =>
      isOf(change, 'firewall', 'host') && sameRules(rule, rulesIn(rule, [change.of])).length > 0,
    there: (rule, { host }) => {
      const { table } = ruleSpec(rule.rule);
      const lines = host.firewall
        .filter((one) => one.tool === toolOf(rule.rule) && one.table === table)
        .map(({ text }) => `-t ${table} ${text}`);
      return sameRules(rule, markedRules(lines, toolOf(rule.rule))).length > 0;
    },
  },
  'nft-table': {
    accounts: (table, change) =>
      isOf(change, 'firewall', 'host') &&
      (change.of === `nft table ${fullName(table)}` ||
        isChainOf(fullName(table), change.of) ||
        // Everything in it goes with it.
        (change.op === 'removed' && change.of.startsWith(`${fullName(table)} `))),
    there: (table, { host }) =>
      host.firewall.some((one) => one.tool === 'nft' && one.table === fullName(table)),
  },
  'nft-rule': {
    accounts: (one, change) =>
      isOf(change, 'firewall', 'host') &&
      change.of.startsWith(`${tableOf(one)} `) &&
      isSameRule(one, change.of.slice(change.of.indexOf(': ') + 2)),
    there: (one, { host }) =>
      host.firewall.some(
        ({ tool, table, text }) =>
          tool === 'nft' && table === tableOf(one) && isSameRule(one, text),
      ),
  },
  connections: { accounts: () => false, there: () => undefined },
  cgroup: { accounts: () => false, there: () => undefined },
  process: {
    accounts: ({ container }, { object, place }) =>
      place === container && (object === 'process' || object === 'namespace'),
    there: ({ container }, { containers }) => container in containers,
  },
  mount: {
    accounts: ({ container, path }, change) =>
      isOf(change, 'mount', container) && change.of === path,
    there: ({ container, path }, { containers }, all) => {
      // What the old root showed is out of sight once the root is another one.
      const pivots = all.some((one) => one.kind === 'mount' && one.path === '/');
      if (pivots && path !== '/') return undefined;
      return containers[container]?.process.mounts.some((mount) => mount.path === path);
    },
  },
  file: { accounts: () => false, there: () => undefined },
  hostname: {
    accounts: ({ container }, change) => isOf(change, 'hostname', container),
    there: ({ container, hostname }, { containers }) => {
      const process = containers[container]?.process;
      return process === undefined ? undefined : process.hostname === hostname;
    },
  },
  program: {
    accounts: ({ container }, change) =>
      isOf(change, 'process', container) && change.field === 'command',
    there: ({ container, program }, { containers }) => {
      // One that has ended has run.
      const process = containers[container]?.process;
      return process === undefined ? undefined : runs(process.command, program);
    },
  },
};

/** A script runs as an argument of its interpreter (execve(2)). */
function runs([first = '', ...rest]: readonly string[], program: string): boolean {
  return (
    first === program || (rest.includes(program) && !rest.some((word) => word.startsWith('ctr:')))
  );
}

/** The appearance of a resource. The cast is needed because the compiler does not relate the two. */
function appearanceOf(resource: Resource): Appearance<Resource> {
  return appearances[resource.kind] as unknown as Appearance<Resource>;
}

export function accounts(resource: Resource, change: Change): boolean {
  return appearanceOf(resource).accounts(resource, change);
}

/** Those that the snapshot should show and does not. */
export function absent(resources: readonly Resource[], snapshot: Snapshot): readonly Resource[] {
  return resources.filter(
    (resource) => appearanceOf(resource).there(resource, snapshot, resources) === false,
  );
}

/** Whether the snapshot shows the resource. */
export function present(resource: Resource, snapshot: Snapshot): boolean {
  return appearanceOf(resource).there(resource, snapshot, [resource]) === true;
}
