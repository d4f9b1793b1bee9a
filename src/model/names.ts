/** Interface names that ctr writes into commands: without characters that are special to any tool. */
export const plainInterfaceName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;

/**
 * 64-bit FNV-1a over ASCII strings, xor-folded to the given number of bits (draft-eastlake-fnv). The names need no
 * cryptographic hash, and node:crypto loads slowly. The 64 bits are two numbers of 32 bits, since BigInt is slow for
 * thousands of names. The FNV prime is 2^40 + 0x1b3, so all products are safe integers.
 */
function fnv1a(bits: bigint, ...parts: readonly string[]): bigint {
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

// An interface name has at most 15 bytes (IFNAMSIZ, linux/if.h); a test measures those made here.

/**
 * Link groups 0x43540000…0x4354ffff are ctr's (ip-link(8), `group`). The request that makes a link also sets its group,
 * so a link is never without its mark.
 */
const groupBase = 0x4354_0000;

/** The name of an engine's attachment (src/cni/) among the runs: a container's interface on a network. */
export function attachmentName(network: string, containerId: string, device: string): string {
  return `cni-${hex(fnv1a(40n, 'cni', network, containerId, device), 10)}`;
}

/** Whether a run is an attachment, which only its engine ends. */
export function isAttachmentName(run: string): boolean {
  return /^cni-[0-9a-f]{10}$/.test(run);
}

/** The link group of what several runs share. */
export const sharedGroup = groupBase;

/** The link group of what one run made for itself. */
export function groupOf(run: string): number {
  return groupBase + 1 + (Number(fnv1a(16n, 'group', run)) % 0xffff);
}

export function isOurGroup(group: number): boolean {
  return group >= groupBase && group <= groupBase + 0xffff;
}

/**
 * A name for a veth pair's outer end that can be said aloud. It may be too long for an interface, or taken.
 * NetworkManager and dhcpcd ignore names that begin with veth.
 * @param index the interface's number, if its container has several.
 */
export function spokenName(container: string, index?: number): string {
  return `veth-${container}${index === undefined ? '' : `-${index}`}`;
}

/** The name of a veth pair's outer end that fits in every case. */
export function outerName(run: string, container: string, device: string): string {
  return `veth${hex(fnv1a(40n, 'veth', run, container, device), 10)}`;
}

/** The name of the inner end while it is still on the host, for an outer end with a derived name. */
export function innerName(outer: string): string {
  return `${outer}c`;
}

/** A MAC address with the locally administered bit set and the multicast bit clear (IEEE 802). */
export function derivedMac(...parts: readonly string[]): string {
  return `02${hex(fnv1a(40n, 'mac', ...parts), 10).replaceAll(/../g, ':$&')}`;
}

/**
 * A unique local /64 (RFC 4193): 40 bits of a hash stand for the random global ID, so that the same network gets the same
 * subnet on every host. `turn` counts the subnets that were already taken.
 */
export function uniqueLocal(bridge: string, subnet: string, turn: number): string {
  const id = hex(fnv1a(40n, 'ula', bridge, subnet, ...(turn === 0 ? [] : [`${turn}`])), 10);
  return `fd${id.slice(0, 2)}:${id.slice(2, 6)}:${id.slice(6)}::/64`;
}

/**
 * The first uid of the containers' ranges on the host, 4096 ranges of 65536 uids. They are above the ranges of
 * useradd(8) (SUB_UID_MAX) and of systemd (its UIDS-GIDS document), so nobody else uses them.
 */
const firstRange = 0x7000_0000;
export const usersInRange = 0x1_0000;
const ranges = 0x1000;

/** A container's first uid on the host; `turn` counts the ranges that were already taken. */
export function firstUser(run: string, container: string, turn: number): number {
  const index = (Number(fnv1a(12n, 'users', run, container)) + turn) % ranges;
  return firstRange + index * usersInRange;
}

/**
 * The name of a container's cgroup directory; run and container names have no dots. All network namespaces of a machine
 * share one cgroup tree, and a run of the same name may exist in each, so the name includes the network namespace.
 */
export function cgroupOf(netns: number, run: string, container: string): string {
  return `ctr.${netns}.${run}.${container}`;
}

/** The run that a cgroup of this name belongs to, if it is in this network namespace. */
export function markedCgroup(netns: number, name: string): string | undefined {
  const [mark, inode, run, container, ...rest] = name.split('.');
  const ours = mark === 'ctr' && inode === String(netns) && rest.length === 0;
  return ours && container !== undefined ? run : undefined;
}

/**
 * The comment that marks a firewall rule as ctr's. Interface names and run names have no colons.
 * @param run the run that the rule belongs to, if runs do not share it.
 */
export function mark(bridge: string, run?: string): string {
  return run === undefined ? `ctr:${bridge}` : `ctr:${bridge}:${run}`;
}

/** The bridge that a marked firewall rule is for. */
export function markedBridge(comment: string): string | undefined {
  return /^ctr:([^\s:]+)(?::\S+)?$/.exec(comment)?.[1];
}

/** The run that a marked firewall rule belongs to; undefined for a rule that runs share. */
export function markedRun(comment: string): string | undefined {
  return /^ctr:[^\s:]+:(\S+)$/.exec(comment)?.[1];
}

/** The word that marks a container's start in its command line. */
export function containerMark(run: string, container: string): string {
  return `ctr:${run}/${container}`;
}

export function markedContainer(
  word: string | undefined,
): { readonly run: string; readonly container: string } | undefined {
  const found = /^ctr:([a-z][a-z0-9-]*)\/([a-z][a-z0-9-]*)$/.exec(word ?? '');
  return found === null ? undefined : { run: found[1] ?? '', container: found[2] ?? '' };
}
