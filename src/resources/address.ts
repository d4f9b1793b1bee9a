import type { Address } from '../model/resource.ts';
import { linksIn, type ResourceKind } from './kind.ts';

/** ip-address(8). The kernel removes an address with its interface. */
export const address: ResourceKind<Address, 'links' | 'inside'> = {
  reads: { links: true, inside: true },
  judge({ link, address: wanted, container }, seen) {
    const links = linksIn(seen, container);
    if (links === undefined) return undefined;
    const found = links.find(({ name }) => name === link);
    const addresses = wanted.includes(':') ? (found?.addresses6 ?? []) : found?.addresses;
    if (found === undefined || addresses === undefined)
      return { state: 'absent', found: 'no such link' };
    if (addresses.includes(wanted)) return { state: 'ours' };
    return { state: 'absent', found: `address ${addresses.join(' ') || '-'}` };
  },
  says: (one) => ({ en: `address ${one.address}`, zh: `地址 ${one.address}` }),
  of: ({ link }) => link,
};
