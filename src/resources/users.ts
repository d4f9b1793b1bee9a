import type { LinkFact } from '../facts/index.ts';

/** What is plugged into a bridge beside the links that go with it. */
export function otherPorts(
  links: readonly LinkFact[],
  bridge: string,
  goes: (port: LinkFact) => boolean,
): readonly string[] {
  return links.filter((link) => link.master === bridge && !goes(link)).map(({ name }) => name);
}

/** What is stacked on a link beside those that go with it. */
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

/**
 * Addresses that others have given a bridge of ours. One of 169.254.0.0/16 is what a daemon gives to whatever
 * has none (RFC 3927).
 * @param own the one it was made with; unknown, it is the first.
 */
function otherAddresses(
  { addresses, addresses6 = [] }: LinkFact,
  own: string | undefined,
): readonly string[] {
  const ours = bare(own ?? addresses[0] ?? '');
  const others = addresses.filter((one) => bare(one) !== ours && !one.startsWith('169.254.'));
  return [...others, ...addresses6];
}

/**
 * What others have built on a link of ours, which would go or stop working with it: ports, interfaces on top of
 * it, addresses, and what it was put into. A route by way of it leads to containers alone, which have ended.
 */
export function usersOf(
  links: readonly LinkFact[],
  name: string,
  goes: (link: LinkFact) => boolean,
  own?: string,
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
