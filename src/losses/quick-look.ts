import type { HostView, LinkFact } from '../facts/index.ts';
import { subnetTo } from '../facts/routes.ts';
import type { ChainFact } from '../filter/chain.ts';
import { contains, parseAddress } from '../model/ipv4.ts';
import type { Attachment, Lab, LabNetwork } from '../model/lab.ts';
import { isOurGroup } from '../model/names.ts';
import { isOurTable } from '../model/nft.ts';
import { forwardingKey } from '../resolve/network-rules.ts';
import { waysOut } from '../resolve/ways.ts';

/** A rule that ctr adds, as iptables-save(8) prints it. The only one that drops packets is about loopback addresses. */
const ourRule =
  /--comment "?ctr:\S+ .*-j (ACCEPT|MASQUERADE|DNAT --to-destination \S+)$|^-d 127\.0\.0\.0\/8 -i \S+ .*--comment "?ctr:\S+ .*-j DROP$/;

/** Whether somebody else's rules could take what the lab publishes. */
export function publishes({ containers }: Lab): boolean {
  return containers.some(({ attachments }) => attachments.some(({ ports }) => ports !== undefined));
}

/** The same in a table of ctr, as JSON (libnftables-json(5)): the comment comes first. */
const ourNftRule =
  /^\[\{"comment":"ctr:\S+"\},.*\{"(?:accept|masquerade|dnat)":[^[\]]*\}\]$|^\[\{"comment":"ctr:\S+"\},\{"match":\{"op":"==","left":\{"meta":\{"key":"iifname"\}\}.*"127\.0\.0\.0".*\{"drop":null\}\]$/;

/** Whether a chain lets everything through, by its policy and by rules of ctr. */
export function isHarmless({ base, rules, family, table }: ChainFact): boolean {
  const isOurs = isOurTable(family, table);
  const passes = (rule: string) => ourRule.test(rule) || (isOurs && ourNftRule.test(rule));
  return base?.policy !== 'drop' && rules.every(passes);
}

/** A port that ctr did not make, or that is locked, isolated or blind. */
function isForeignPort({ master, group, port }: LinkFact): boolean {
  const shut = port?.locked === true || port?.isolated === true || port?.blind === true;
  return shut || (master !== undefined && !isOurGroup(group));
}

/** A bridge that somebody has set up otherwise than ctr does. */
function isUnusual({ mtu: wanted }: LabNetwork, link: LinkFact): boolean {
  const { master, noArp, mtu, bridge } = link;
  const stp = bridge !== undefined && bridge.stp !== 'off';
  return master !== undefined || noArp === true || mtu < wanted || stp || bridge?.vlan === 0;
}

/** Whether every packet for these containers goes to their bridge, and the gateway is this host. */
function isReached(attachments: readonly Attachment[], { links, routes }: HostView): boolean {
  const own = new Set(
    links.flatMap(({ up, addresses }) => (up ? addresses.map((one) => one.split('/')[0]) : [])),
  );
  const ways = routes.map((route) => ({ dev: route.dev, subnet: subnetTo(route) }));
  return attachments.every(({ address, network }) => {
    const self = parseAddress(address);
    const fitting = ways.filter(({ subnet }) => contains(subnet, self));
    const longest = Math.max(...fitting.map(({ subnet }) => subnet.prefix));
    const chosen = fitting.filter(({ subnet }) => subnet.prefix === longest);
    const leads = chosen.length > 0 && chosen.every(({ dev }) => dev === network.bridge);
    return leads && own.has(network.gateway) && !own.has(address);
  });
}

/** A default route, or half of one. */
const wide = 8;

/**
 * Whether something on this host could lose packets of this lab; if not, `allLosses` need not be loaded. False only
 * where `allLosses` finds nothing: a property test compares the two. Pure.
 */
export function couldLose(lab: Lab, host: HostView): boolean {
  const { firewall, links, routes, rules, sysctls } = host;
  const { networks, containers } = lab;
  const bridges = networks.map(({ bridge }) => bridge);
  const inBridges = (network: LabNetwork) => links.filter(({ name }) => name === network.bridge);
  return (
    rules !== undefined ||
    publishes(lab) ||
    firewall.unread.length > 0 ||
    !firewall.chains.every(isHarmless) ||
    routes.some(({ type, table, another }) => type ?? table ?? another) ||
    !routes.some((route) => route.down !== true && subnetTo(route).prefix < wide) ||
    links.some(isForeignPort) ||
    networks.some((network) => inBridges(network).some((link) => isUnusual(network, link))) ||
    [...bridges, ...waysOut(host, bridges)].some((name) => sysctls[forwardingKey(name)] === '0') ||
    !isReached(
      containers.flatMap(({ attachments }) => attachments),
      host,
    )
  );
}
