import type { Facts } from '../facts/index.ts';
import { project } from '../losses/project.ts';
import type { Attachment, Lab, LabContainer } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';
import { isKind, type NftRule } from '../model/resource.ts';
import { toolOf } from '../model/rule.ts';
import { madeBy } from '../model/step.ts';
import { isSandboxHost, isWorld6, worldNamesFor } from '../model/world-addresses.ts';
import { plannedResources } from '../plan.ts';
import { hasIpv6 } from '../steps/ipv6.ts';
import {
  assemble,
  marksOf,
  type Seen,
  type SeenLink,
  type SeenRule,
  type SeenSpace,
} from './assemble.ts';
import { publishedBy } from './published.ts';
import { containerId, deviceId, hostId, type Topology } from './topology.ts';

function insideOf({ attachments }: LabContainer): SeenSpace {
  const ends = attachments.map(
    ({ device, mac, address, prefix, network, ipv6 }): SeenLink => ({
      name: device,
      kind: 'veth',
      mac,
      state: 'up',
      addresses: [
        `${address}/${prefix}`,
        ...(ipv6 === undefined ? [] : [`${ipv6.address}/${network.ipv6?.prefix}`]),
      ],
    }),
  );
  const loopback: SeenLink = {
    name: 'lo',
    kind: 'loopback',
    mac: '00:00:00:00:00:00',
    state: 'up',
    addresses: ['127.0.0.1/8'],
  };
  return {
    links: [loopback, ...ends],
    routes: [
      ...attachments.flatMap(({ device, gateway, network }) => [
        ...(gateway === null ? [] : [{ to: 'default', via: gateway, dev: device }]),
        { to: network.subnet, dev: device },
      ]),
      ...attachments.flatMap(({ device, ipv6, network }) => [
        ...(network.ipv6 === undefined ? [] : [{ to: network.ipv6.subnet, dev: device }]),
        ...(ipv6 === undefined || ipv6.gateway === null
          ? []
          : [{ to: '::/0', via: ipv6.gateway, dev: device }]),
      ]),
    ],
    forwarding: [],
    rules: [],
  };
}

function portOf({ outer, outerMac, network }: Attachment, mac: string | undefined): SeenLink {
  return {
    name: outer,
    kind: 'veth',
    mac: mac ?? outerMac,
    state: 'up',
    master: network.bridge,
    addresses: [],
  };
}

/** The rules in tables of nft(8); those of a table that another run has made are in its record. */
function native(plan: Plan): readonly NftRule[] {
  return plan.steps.flatMap(({ commands }) => commands.flatMap(madeBy)).filter(isKind('nft-rule'));
}

function rulesOf(plan: Plan, facts: Facts): readonly SeenRule[] {
  const policy: SeenRule = { what: 'policy', value: facts.firewall.forwardPolicy };
  const all = plannedResources(plan);
  const made = [...all.filter(isKind('firewall-rule')), ...native(plan)];
  return [
    ...(facts.firewall.readable ? [policy] : []),
    ...made.flatMap(({ rule }): SeenRule[] => {
      const { bridge } = rule;
      switch (rule.rule) {
        case 'publish': {
          const value = publishedBy(rule);
          return value === undefined ? [] : [{ what: 'nat', value, bridge }];
        }
        case 'admit':
        case 'hairpin':
        case 'guard-loopback':
          return [];
        case 'masquerade':
          return [{ what: rule.rule, value: rule.subnet, bridge }];
        default:
          if (toolOf(rule) === 'ip6tables') return [];
          return [{ what: rule.rule, value: '', bridge }];
      }
    }),
  ];
}

/** The IPv6 routes of the host once the plan has run, as ip-route(8) lists them: by prefix. */
function routes6({ networks }: Lab, { ipv6, links }: Facts): SeenSpace['routes'] {
  const isThere = (bridge: string) =>
    links.some(({ name, up, addresses6 = [] }) => name === bridge && up && addresses6.length > 0);
  const made = networks.flatMap(({ bridge, ipv6: six }) =>
    six === undefined || isThere(bridge) ? [] : [{ to: six.subnet, via: undefined, dev: bridge }],
  );
  const there = (ipv6?.routes ?? []).flatMap(({ to, dev, gateway }) =>
    dev === undefined ? [] : [{ to: to === 'default' ? '::/0' : to, via: gateway, dev }],
  );
  const [last, first] = [
    there.filter(({ to }) => to === '::/0'),
    there.filter(({ to }) => to !== '::/0'),
  ];
  return [...first, ...made, ...last];
}

/** What will be there once the plan has run on the host with these facts. Pure. */
export function topologyOfPlan(plan: Plan, facts: Facts): Topology {
  const { lab } = plan;
  const rules = plannedResources(plan).filter(isKind('firewall-rule'));
  const after = project(
    lab,
    facts,
    rules.map(({ rule }) => rule).filter((rule) => toolOf(rule) === 'iptables'),
    native(plan).filter(({ rule }) => toolOf(rule) === 'iptables'),
  );
  const attachments = lab.containers.flatMap((container) => container.attachments);
  const made = plan.steps.flatMap(({ commands }) => commands.flatMap(madeBy));
  // A bridge that was there keeps its addresses, and gets the network's if it has none.
  const added = (name: string) =>
    made
      .filter(isKind('address'))
      .flatMap(({ link, address, container }) =>
        container === undefined && link === name ? [address] : [],
      );
  const macOf = (name: string) =>
    made
      .filter(isKind('link-setting'))
      .find(
        ({ link, setting, container }) =>
          container === undefined && link === name && setting === 'mac',
      )?.value;
  const isDrawn = (address: string) => hasIpv6(lab) || !isWorld6(address);
  const host: SeenSpace = {
    links: [
      ...after.links.map(
        ({ name, kind, mac, up, master, addresses, addresses6 = [] }): SeenLink => ({
          ...{ name, kind, mac, master },
          state: up ? 'up' : 'down',
          addresses: [...new Set([...addresses, ...addresses6.filter(isDrawn), ...added(name)])],
        }),
      ),
      ...attachments.map((one) => portOf(one, macOf(one.outer))),
    ],
    routes: [
      ...after.routes.flatMap(({ to, gateway, dev, table, type }) =>
        dev === undefined || table !== undefined || type !== undefined
          ? []
          : [{ to, via: gateway, dev }],
      ),
      ...routes6(lab, facts),
    ],
    forwarding: after.links.flatMap(({ name }) =>
      after.sysctls[`net/ipv4/conf/${name}/forwarding`] === '1' ? [name] : [],
    ),
    rules: rulesOf(plan, facts),
  };
  const sandbox = isSandboxHost(facts.links);
  const seen: Seen = {
    host,
    containers: lab.containers.map((container) => ({
      name: container.name,
      space: insideOf(container),
    })),
    ...(sandbox || lab.uplinks.length > 0
      ? { world: sandbox ? { names: worldNamesFor(hasIpv6(lab)) } : {} }
      : {}),
    pairs: attachments.map(({ container, device, outer }) => [
      deviceId(hostId, outer),
      deviceId(containerId(container), device),
    ]),
  };
  return assemble(marksOf(lab), seen, { from: 'plan' });
}
