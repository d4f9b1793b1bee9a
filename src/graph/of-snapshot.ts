import { routeTypes } from '../facts/index.ts';
import { markedBridge } from '../model/names.ts';
import { isSandboxHost, isWorld6, worldNamesFor } from '../model/world-addresses.ts';
import type { FirewallState, LinkState, NetworkState, Snapshot } from '../snapshot/snapshot.ts';
import { assemble, type Marks, type Seen, type SeenRule, type SeenSpace } from './assemble.ts';
import { portRuleIn, publishedBy } from './published.ts';
import {
  containerId,
  type DeviceState,
  deviceId,
  hostId,
  type Source,
  type Topology,
} from './topology.ts';

/** A veth has a carrier while its other end is up; which of both the operational state tells depends on their indices. */
function stateOf({ up, carrier, kind }: LinkState): DeviceState {
  if (!up) return 'down';
  if (carrier || kind === 'loopback') return 'up';
  return kind === 'veth' ? 'lower-down' : 'no-carrier';
}

/** What a firewall rule means for packets that are passed on; undefined for one that is not the run's. */
function ruleOf({ tool, table, chain, text }: FirewallState, marks: Marks): SeenRule | undefined {
  // The rules of IPv6 that let packets pass say the same once more.
  if (tool === 'ip6tables' && !/masquerade/i.test(text)) return undefined;
  const policy = /^policy (\w+)$/i.exec(text)?.[1];
  if (policy !== undefined) {
    const forward = table === 'filter' && chain === 'FORWARD';
    return forward ? { what: 'policy', value: policy.toUpperCase() } : undefined;
  }
  const comment = /(?:--comment|\bcomment) "?(ctr:[^\s"]+)"?/.exec(text)?.[1] ?? '';
  const bridge = markedBridge(comment);
  if (bridge === undefined || !marks.bridges.includes(bridge)) return undefined;
  const port = portRuleIn(chain, text);
  if (port !== undefined) {
    const value = port === 'helper' ? undefined : publishedBy(port);
    return value === undefined ? undefined : { what: 'nat', value, bridge };
  }
  if (/masquerade/i.test(text)) {
    const subnet = /(?:-s|ip saddr) (\S+)/.exec(text)?.[1] ?? '0.0.0.0/0';
    return { what: 'masquerade', value: subnet, bridge };
  }
  if (/\b(?:[SD]NAT|[sd]nat to)\b/.test(text)) return { what: 'nat', value: text, bridge };
  if (/established/i.test(text)) return { what: 'answers', value: '', bridge };
  const outward = /! -o |oifname !=/.test(text);
  return { what: outward ? 'outward' : 'between', value: '', bridge };
}

const specialTypes: readonly string[] = [...routeTypes, 'broadcast', 'multicast', 'anycast'];

function spaceOf({ links, routes, sysctls, firewall }: NetworkState, marks: Marks): SeenSpace {
  const isHidden = (text: string) => marks.ipv6 !== true && isWorld6(text);
  return {
    links: links.map(({ addresses, ...link }) => ({
      ...{ name: link.name, kind: link.kind, mac: link.mac, master: link.master },
      state: stateOf(link as LinkState),
      // Every interface has an IPv6 address of scope link (RFC 4291, 2.8).
      addresses: addresses.flatMap(({ address, scope }) =>
        scope === 'link' || (scope === 'host' && address.includes(':')) || isHidden(address)
          ? []
          : [address],
      ),
    })),
    routes: routes.flatMap(({ to, via, dev, table, type }) =>
      dev === undefined ||
      !['main', '254'].includes(table) ||
      specialTypes.includes(type) ||
      /^(?:fe80|ff00):/i.test(to) ||
      isHidden(to) ||
      isHidden(via ?? '')
        ? []
        : [{ to, via, dev }],
    ),
    forwarding: links.flatMap(({ name }) =>
      sysctls[`net/ipv4/conf/${name}/forwarding`] === '1' ? [name] : [],
    ),
    rules: firewall.flatMap((one) => ruleOf(one, marks) ?? []),
  };
}

/** The veth pairs between all namespaces: each end names the other one, or its index there (veth(4)). */
function pairsOf({ host, containers }: Snapshot): readonly (readonly [string, string])[] {
  const ends = [
    [hostId, host] as const,
    ...Object.entries(containers).map(([name, state]) => [containerId(name), state] as const),
  ].flatMap(([place, { links }]) => links.map((link) => ({ place, link })));
  return ends.flatMap((one, at) =>
    ends.slice(at + 1).flatMap((other): (readonly [string, string])[] => {
      const near = one.place === other.place;
      const knows = (self: LinkState, peer: LinkState) =>
        near ? self.peer === peer.name : self.peer === peer.index;
      if (!knows(one.link, other.link) || !knows(other.link, one.link)) return [];
      return [[deviceId(one.place, one.link.name), deviceId(other.place, other.link.name)]];
    }),
  );
}

/**
 * What the kernel had when it was read. Pure.
 * @param marks what of the host belongs to the run; the containers are drawn in its order.
 */
export function topologyOfSnapshot(snapshot: Snapshot, marks: Marks, source: Source): Topology {
  const sandbox = isSandboxHost(snapshot.host.links);
  const known = Object.keys(snapshot.containers);
  const order = [...marks.containers.filter((name) => known.includes(name))];
  const names = [...order, ...known.filter((name) => !order.includes(name))];
  const host = spaceOf(snapshot.host, marks);
  const seen: Seen = {
    host: { ...host, rules: [...host.rules, ...(marks.rules ?? [])] },
    containers: names.flatMap((name) => {
      const state = snapshot.containers[name];
      return state === undefined
        ? []
        : [{ name, pid: state.process.pid, space: spaceOf(state, marks) }];
    }),
    ...(sandbox || marks.uplinks.length > 0
      ? { world: sandbox ? { names: worldNamesFor(marks.ipv6) } : {} }
      : {}),
    pairs: pairsOf(snapshot),
  };
  return assemble(marks, seen, source);
}
