import type { HostView, RouteFact, RuleFact } from '../facts/index.ts';
import { subnetTo } from '../facts/routes.ts';
import { usualRules } from '../facts/rules.ts';
import { contains, parseAddress, parseCidr, type Subnet, subnetOf } from '../model/ipv4.ts';

/** A packet to be routed. */
export interface Packet {
  readonly to: number;
  /** 0 when the kernel has yet to choose the source. */
  readonly from: number;
  /** The interface it comes in by; `lo` for one of the host's own (ip-rule(8)). */
  readonly iif: string;
  /** The mark that firewall rules have set, else 0. */
  readonly mark?: number;
}

/** What the kernel would do with a packet. */
export interface Answer {
  /** Absent when no rule leads to a route. */
  readonly rule?: RuleFact;
  /** The route, once for each of its next hops; empty where the rule itself decides. */
  readonly routes: readonly RouteFact[];
  readonly does: 'deliver' | 'send' | 'blackhole' | 'unreachable' | 'prohibit' | 'none';
  /** The answer is for some packets only, since the rule also matches a protocol, a port… */
  readonly partly: boolean;
}

/** The facts that determine routing. */
export type Routing = Pick<HostView, 'links' | 'routes' | 'rules'>;

interface Entry {
  readonly subnet: Subnet;
  readonly metric: number;
  /** Its next hops. */
  readonly routes: RouteFact[];
}

/** The host's own addresses, as the kernel keeps them in the table `local`. */
function ownRoutes({ links }: Pick<HostView, 'links'>): readonly RouteFact[] {
  const local = { table: 'local', type: 'local' } as const;
  const own = links.flatMap(({ name, up, addresses }) =>
    up ? addresses.map((text) => ({ ...local, to: text.split('/')[0] ?? '', dev: name })) : [],
  );
  return [...own, { ...local, to: '127.0.0.0/8', dev: 'lo' }];
}

/** The tables, with routes in order of preference: longest prefix, then lowest metric (ip-route(8)). */
function tablesOf(host: Routing): ReadonlyMap<string, readonly Entry[]> {
  const tables = new Map<string, Entry[]>();
  for (const route of [...ownRoutes(host), ...host.routes]) {
    const name = route.table ?? 'main';
    const table = tables.get(name) ?? [];
    tables.set(name, table);
    const before = table.at(-1);
    if (route.another === true && before !== undefined) before.routes.push(route);
    else table.push({ subnet: subnetTo(route), metric: route.metric ?? 0, routes: [route] });
  }
  for (const table of tables.values()) {
    table.sort((a, b) => b.subnet.prefix - a.subnet.prefix || a.metric - b.metric);
  }
  return tables;
}

/** @returns whether the rule matches a packet. */
function matcher(rule: RuleFact): (packet: Packet) => boolean {
  const subnet = (text: string | undefined) =>
    text === undefined ? { base: 0, prefix: 0 } : subnetOf(parseCidr(text));
  const [from, to] = [subnet(rule.from), subnet(rule.to)];
  const { mark, mask = 0xffff_ffff } = rule;
  const marked = (has: number) => mark === undefined || ((mark ^ has) & mask) === 0;
  return (packet) => {
    const fits =
      rule.oif === undefined &&
      marked(packet.mark ?? 0) &&
      contains(from, packet.from) &&
      contains(to, packet.to) &&
      (rule.iif === undefined || rule.iif === packet.iif);
    return fits !== (rule.not === true);
  };
}

const doing = {
  local: 'deliver',
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
} as const;

function answerBy(
  rule: RuleFact,
  table: readonly Entry[],
  to: number,
): Omit<Answer, 'partly'> | undefined {
  const { action, suppress = -1 } = rule;
  if (action === 'nop' || action === 'goto') return undefined;
  if (action !== undefined) return { rule, routes: [], does: action };
  const entry = table.find(({ subnet }) => contains(subnet, to));
  const type = entry?.routes[0]?.type;
  if (entry === undefined || type === 'throw') return undefined;
  const does = type === undefined ? 'send' : doing[type];
  // suppress_prefixlength does not apply to routes such as blackhole.
  const leads = does === 'send' || does === 'deliver';
  return leads && entry.subnet.prefix <= suppress
    ? undefined
    : { rule, routes: entry.routes, does };
}

/**
 * Pure: routes packets as the kernel does, by policy rules in order, each with its table (ip-rule(8)). A test compares
 * it with `ip route get`.
 * @returns the answers for a packet: first those for some such packets only, last the one for all others.
 */
export function waysOn(host: Routing): (packet: Packet) => readonly Answer[] {
  const tables = tablesOf(host);
  const rules = (host.rules ?? usualRules).map((rule) => ({
    rule,
    matches: matcher(rule),
    table: tables.get(rule.table ?? '') ?? [],
  }));
  return (packet) => {
    const some: Answer[] = [];
    let from = 0;
    for (const { rule, matches, table } of rules) {
      if (rule.priority < from || !matches(packet)) continue;
      const partly = rule.partly === true;
      if (rule.action === 'goto' && !partly) from = rule.target ?? 0;
      const answer = answerBy(rule, table, packet.to);
      if (answer === undefined) continue;
      some.push({ ...answer, partly });
      if (!partly) return some;
    }
    return [...some, { routes: [], does: 'none', partly: false }];
  };
}

/** Not loopback, multicast, reserved or `this network` (RFC 6890). */
function isOrdinary(address: number): boolean {
  const first = Math.floor(address / 2 ** 24);
  return first > 0 && first !== 127 && first < 224;
}

const familiar = ['1.1.1.1', '9.9.9.9', '203.0.113.10'].map(parseAddress);

/** An address that is in this subnet and in none of the narrower ones. */
export function exampleIn(subnet: Subnet, narrower: readonly Subnet[]): number | undefined {
  const { base, prefix } = subnet;
  const size = 2 ** (32 - prefix);
  const parts = [0, 1, 2, 3, 4, 5, 6, 7].map((part) => base + Math.floor((size * part) / 8));
  const inside = prefix === 32 ? [base] : parts.map((part) => part + 1);
  return [...(prefix < 8 ? familiar : []), ...inside].find(
    (one) =>
      contains(subnet, one) &&
      isOrdinary(one) &&
      !narrower.some((other) => other.prefix > prefix && contains(other, one)),
  );
}
