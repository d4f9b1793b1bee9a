import type { Peer } from '../model/resource.ts';
import { linksIn, type ResourceKind } from './kind.ts';

/** veth(4). The kernel removes it with its peer and with its network namespace. */
export const peer: ResourceKind<Peer, 'links' | 'inside'> = {
  reads: { links: true, inside: true },
  judge({ name, container, moves }, seen) {
    const links = moves ? undefined : linksIn(seen, container);
    if (links === undefined) return undefined;
    const there = links.some((link) => link.name === name);
    return there ? { state: 'ours' } : { state: 'absent', found: 'no such link' };
  },
  says: ({ of }) => ({ en: `other end of ${of}`, zh: `${of} 的另一端` }),
  of: ({ name }) => name,
};
