import type { LinkFact } from '../facts/index.ts';
import { readSysctl } from '../facts/sysctls.ts';
import type { Link } from '../model/resource.ts';

/** Ports of a bridge, except those that are removed with it. */
export function otherPorts(
  links: readonly LinkFact[],
  bridge: string,
  goes: (port: LinkFact) => boolean,
): readonly string[] {
  return links.filter((link) => link.master === bridge && !goes(link)).map(({ name }) => name);
}

/** Interfaces stacked on a link, except those that are removed with it. */
export function stackedOn(
  links: readonly LinkFact[],
  name: string,
  goes: (link: LinkFact) => boolean,
): readonly string[] {
  return links.filter((link) => link.on === name && !goes(link)).map((link) => link.name);
}

function bare(address: string): string {
  return address.split('/')[0] ?? '';
}

/** The addresses that ctr gave a bridge, with prefix. */
type OwnAddresses = Pick<Link, 'address' | 'address6'>;

/**
 * The IPv6 address that ctr gave a bridge without a record: it has nodad, on a bridge that listens to no router and
 * detects no duplicates. The kernel lists the oldest one last.
 */
function firstOfIpv6({ name, nodad6 = [] }: LinkFact): string {
  const quiet = ['accept_ra', 'autoconf', 'accept_dad'].every(
    (key) => readSysctl(`net/ipv6/conf/${name}/${key}`) === '0',
  );
  return quiet ? (nodad6.at(-1) ?? '') : '';
}

/**
 * Addresses of a bridge of ctr's that others have added. A link-local 169.254.0.0/16 address does not count: daemons
 * assign one to any interface without an address (RFC 3927).
 * @param own the addresses that ctr assigned; if unknown, the first of IPv4, and `firstOfIpv6`.
 */
function otherAddresses(link: LinkFact, own: OwnAddresses | undefined): readonly string[] {
  const { addresses, addresses6 = [] } = link;
  const ours = bare(own?.address ?? addresses[0] ?? '');
  const ours6 = bare(own === undefined ? firstOfIpv6(link) : (own.address6 ?? ''));
  const others = addresses.filter((one) => bare(one) !== ours && !one.startsWith('169.254.'));
  return [...others, ...addresses6.filter((one) => bare(one) !== ours6)];
}

/**
 * What others have built on a link of ctr's and would lose with it: ports, stacked interfaces, addresses, a master.
 * Routes over the link do not count: they lead only to containers that have ended.
 */
export function usersOf(
  links: readonly LinkFact[],
  name: string,
  goes: (link: LinkFact) => boolean,
  own?: OwnAddresses,
): readonly string[] {
  const self = links.find((link) => link.name === name);
  const said = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what} ${names.join(' ')}`];
  return [
    ...said('port', otherPorts(links, name, goes)),
    ...said('interface', stackedOn(links, name, goes)),
    ...(self?.kind === 'bridge' ? said('address', otherAddresses(self, own)) : []),
    ...(self?.kind === 'bridge' && self.master !== undefined ? [`master ${self.master}`] : []),
  ];
}
