/** The interface names that ctr writes into commands: nothing in them means anything to a tool. */
export const plainInterfaceName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;

/**
 * FNV-1a of 64 bits over names, which are ASCII, folded to the lowest so many (draft-eastlake-fnv): they
 * need no secrecy, and crypto loads slowly. In halves of 32 bits, since a thousand containers have thousands of names: the prime is
 * 2^40 + 0x1b3, so that no product is beyond what a number holds.
 */
function digest(bits: bigint, ...parts: readonly string[]): bigint {
  let [high, low] = [0xcbf29ce4, 0x84222325];
  const text = parts.join('\0');
  for (let index = 0; index < text.length; index += 1) {
    const mixed = (low ^ text.charCodeAt(index)) >>> 0;
    const product = mixed * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / 2 ** 32) + mixed * 2 ** 8) % 2 ** 32;
    low = product % 2 ** 32;
  }
  const hash = (BigInt(high) << 32n) | BigInt(low);
  return BigInt.asUintN(Number(bits), hash ^ (hash >> bits));
}

function hex(value: bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0');
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
  return groupBase + 1 + (Number(digest(16n, 'group', run)) % 0xffff);
}

export function isOurGroup(group: number): boolean {
  return group >= groupBase && group <= groupBase + 0xffff;
}

/** The host's end of a cable. NetworkManager and dhcpcd leave names that begin with veth alone. */
export function outerName(run: string, container: string, device: string): string {
  return `veth${hex(digest(40n, 'veth', run, container, device), 10)}`;
}

/** The other end, as long as it is still on the host. */
export function innerName(outer: string): string {
  return `${outer}c`;
}

/** A MAC address with the locally administered bit set and the multicast bit clear (IEEE 802). */
export function derivedMac(...parts: readonly string[]): string {
  return `02${hex(digest(40n, 'mac', ...parts), 10).replaceAll(/../g, ':$&')}`;
}

/**
 * Where the users of containers begin on the host, 4096 ranges of 65536: above what useradd(8) gives
 * away (SUB_UID_MAX) and what systemd takes (its UIDS-GIDS document), so that they are nobody else's.
 */
const firstRange = 0x7000_0000;
export const usersInRange = 0x1_0000;
const ranges = 0x1000;

/** The first user of a container on the host; `turn` counts the ranges that were taken before. */
export function firstUser(run: string, container: string, turn: number): number {
  const index = (Number(digest(12n, 'users', run, container)) + turn) % ranges;
  return firstRange + index * usersInRange;
}

/**
 * The directory of a container's cgroup; neither name holds a dot. A machine has one tree of them
 * for all network namespaces, and in each of those a run may have this name.
 */
export function cgroupOf(netns: number, run: string, container: string): string {
  return `ctr.${netns}.${run}.${container}`;
}

/** The run whose container had a cgroup of this name, in this network namespace. */
export function markedCgroup(netns: number, name: string): string | undefined {
  const [mark, inode, run, container, ...rest] = name.split('.');
  const ours = mark === 'ctr' && inode === String(netns) && rest.length === 0;
  return ours && container !== undefined ? run : undefined;
}

/** The comment that marks a firewall rule as ours. */
export function mark(bridge: string): string {
  return `ctr:${bridge}`;
}

/** The bridge whose rule this comment marks. */
export function markedBridge(comment: string): string | undefined {
  return /^ctr:(\S+)$/.exec(comment)?.[1];
}

/** The word in the command line of a container's start that marks it as ours. */
export function containerMark(run: string, container: string): string {
  return `ctr:${run}/${container}`;
}

export function markedContainer(
  word: string | undefined,
): { readonly run: string; readonly container: string } | undefined {
  const found = /^ctr:([a-z][a-z0-9-]*)\/([a-z][a-z0-9-]*)$/.exec(word ?? '');
  return found === null ? undefined : { run: found[1] ?? '', container: found[2] ?? '' };
}
