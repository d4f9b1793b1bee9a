import type { HostView } from '../facts/index.ts';

/** Kinds of links that connect guests: a container's veth, a virtual machine's tap. */
const guests = ['veth', 'tun', 'macvtap'];

/**
 * Whether an interface is a bridge for the guests of another program, with this host as their only router. Docker,
 * Podman and libvirt isolate such networks on purpose, so packets that are lost there are no loss.
 */
export function isForGuests({ links, routes }: HostView, name: string): boolean {
  if (!links.some((link) => link.name === name && link.kind === 'bridge')) return false;
  return (
    links.every(({ master, kind }) => master !== name || guests.includes(kind)) &&
    routes.every(
      ({ dev, gateway, to }) => dev !== name || (gateway === undefined && to !== 'default'),
    )
  );
}
