import { createHash } from 'node:crypto';

function digest(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(parts.join('\0')).digest();
}

// An interface name has at most 15 bytes (IFNAMSIZ, linux/if.h): a test measures those made here.

/**
 * Link groups 0x43540000…0x4354ffff are ours (ip-link(8), `group`): the kernel sets the group in
 * the request that makes the link, so a link is marked from its first moment.
 */
const groupBase = 0x4354_0000;

/** The mark of what several runs share. */
export const sharedGroup = groupBase;

/** The mark of what one run made for itself. */
export function groupOf(run: string): number {
  return groupBase + 1 + (digest('group', run).readUInt16BE(0) % 0xffff);
}

export function isOurGroup(group: number): boolean {
  return group >= groupBase && group <= groupBase + 0xffff;
}

/** The host's end of a cable. NetworkManager and dhcpcd leave names that begin with veth alone. */
export function outerName(run: string, container: string, device: string): string {
  return `veth${digest('veth', run, container, device).toString('hex', 0, 4)}`;
}

/** The other end, as long as it is still on the host. */
export function innerName(outer: string): string {
  return `${outer}c`;
}

/** A MAC address with the locally administered bit set and the multicast bit clear (IEEE 802). */
export function derivedMac(...parts: readonly string[]): string {
  const bytes = digest('mac', ...parts).subarray(0, 5);
  return ['02', ...[...bytes].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

/** The comment that marks a firewall rule as ours. */
export function mark(bridge: string): string {
  return `ctr:${bridge}`;
}
