import type { LinkFact } from '../facts/index.ts';
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
 * Addresses of a bridge of ctr's that others have added. A link-local 169.254.0.0/16 address does not count: daemons
 * assign one to any interface without an address (RFC 3927).
 * @param own the addresses that ctr assigned; the first one of each family if unknown.
 */
function otherAddresses(
  { addresses, addresses6 = [] }: LinkFact,
  own: OwnAddresses | undefined,
): readonly string[] {
  const ours = bare(own?.address ?? addresses[0] ?? '');
  const ours6 = bare(own === undefined ? (addresses6[0] ?? '') : (own.address6 ?? ''));
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
