import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import { messageOf, systemCode } from '../model/errors.ts';
import type { Resource } from '../model/resource.ts';
import { isResource } from '../model/resource-schema.ts';
import { type TeardownOrder, teardownOrders } from '../teardown.ts';
import { checksum } from './checksum.ts';
import { upgraded, upgradedNote } from './record-v1.ts';

/** The record version that this ctr writes. */
export const recordVersion = 2;

/**
 * The state file of a run, completely on disk before the first change (docs/decisions/0004). Resources are data. Config
 * and facts serve to derive what should exist; ctr never executes anything from them.
 */
export interface RunState {
  readonly version: typeof recordVersion;
  readonly name: string;
  readonly bootId: string;
  /** The network namespace that the resources are in, as /proc/self/ns/net names it. */
  readonly netns: string;
  readonly detached: boolean;
  readonly createdAt: string;
  /** The order of the way back. */
  readonly order: TeardownOrder;
  /** The resources that need a command to remove them, in the order in which they are made. */
  readonly resources: readonly Resource[];
  /** Addresses by bridge. */
  readonly reserved: Readonly<Record<string, readonly string[]>>;
  readonly config: Config;
  readonly facts: Facts;
  /**
   * The engine's container that this is the network of (src/cni/). No process of ctr's holds its lock: it lives until
   * the engine ends it, or the machine reboots.
   */
  readonly attachment?: AttachedTo;
}

/** What an engine attached, in its own words (CNI 1.1.0, "Parameters"). */
export interface AttachedTo {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
  /** The path of the network namespace, as the engine gave it. */
  readonly netns: string;
}

/**
 * An event since the state file was written, one line each. Space for the notes is preallocated with the state file.
 */
export type Note =
  | {
      readonly note: 'child';
      readonly container: string;
      readonly pid: number;
      readonly start: string;
    }
  | { readonly note: 'supervisor'; readonly pid: number; readonly start: string }
  /** The ctr that keeps a run at a stage (src/stepping/stage-server.ts). */
  | { readonly note: 'stepper'; readonly pid: number; readonly start: string }
  | { readonly note: 'ready' };

function isState(value: Readonly<Record<string, unknown>>): boolean {
  const { version: written, name, bootId: boot, netns, detached, createdAt } = value;
  const { order, resources, reserved, config, facts } = value;
  return (
    written === recordVersion &&
    typeof name === 'string' &&
    /^[a-z][a-z0-9-]{0,30}$/.test(name) &&
    [boot, netns, createdAt].every((one) => typeof one === 'string') &&
    typeof detached === 'boolean' &&
    teardownOrders.includes(order as TeardownOrder) &&
    Array.isArray(resources) &&
    resources.every(isResource) &&
    [reserved, config, facts].every((one) => typeof one === 'object' && one !== null)
  );
}

/** Why ctr cannot read a state file: it was altered, or a later ctr wrote it. */
export type Damage = 'damaged' | 'newer';

export class UnreadableState extends Error {
  readonly damage: Damage;

  constructor(damage: Damage, why: string) {
    super(why);
    this.damage = damage;
  }
}

/** @returns the text of a file that this user owns, or undefined when it does not exist. @throws UnreadableState. */
export function readOwn(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new UnreadableState('damaged', messageOf(error));
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.uid !== process.geteuid?.()) {
      throw new UnreadableState('damaged', "somebody else's");
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

export function writeDurably(path: string, text: string): void {
  const descriptor = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    const bytes = Buffer.from(text);
    // A full disk may cause a short write before it causes an error.
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(descriptor, bytes, sent);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function parseState(text: string): RunState {
  const newline = text.indexOf('\n');
  const body = text.slice(newline + 1);
  if (newline < 0 || text.slice(0, newline) !== checksum(body)) {
    throw new UnreadableState('damaged', 'checksum');
  }
  const value = upgraded(JSON.parse(body) as Readonly<Record<string, unknown>>);
  if (isState(value)) return value as unknown as RunState;
  const written = value.version;
  const newer = typeof written === 'number' && written > recordVersion;
  throw new UnreadableState(newer ? 'newer' : 'damaged', `version ${written}`);
}

function isNote(value: Readonly<Record<string, unknown>>): boolean {
  const { note, container, pid, start } = value;
  const process = Number.isInteger(pid) && Number(pid) > 1 && typeof start === 'string';
  if (note === 'child') return process && typeof container === 'string';
  return note === 'supervisor' || note === 'stepper' ? process : note === 'ready';
}

export function parseNote(line: string): Note[] {
  const end = line.indexOf(' ');
  const body = line.slice(end + 1);
  if (end < 0 || line.slice(0, end) !== checksum(body)) return [];
  const value = upgradedNote(JSON.parse(body) as Readonly<Record<string, unknown>>);
  return isNote(value) ? [value as unknown as Note] : [];
}
