import { cidrPattern } from '../config/ipv4.ts';
import { cgroupMounts } from '../facts/cgroup.ts';
import { plainInterfaceName } from '../names.ts';
import type { Undo } from '../undo.ts';

type Test = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Test>>;

function matches(pattern: RegExp): Test {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function oneOf(...words: readonly string[]): Test {
  return (value) => words.includes(value as string);
}

/** Exactly these keys, and each as its test wants it. */
function has(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(shape);
  if (!Object.keys(value).every((key) => keys.includes(key))) return false;
  return keys.every((key) => shape[key]?.((value as Record<string, unknown>)[key]));
}

const link = matches(plainInterfaceName);
const subnet = matches(cidrPattern);
const macAddress = matches(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
const number = matches(/^\d{1,10}$/);
const group: Test = (value) => Number.isInteger(value) && Number(value) > 0;
const switchKey = matches(/^net(\/[A-Za-z0-9._-]+){2,5}$/);
const address: Test = (value) => value === undefined || subnet(value);
const mac: Test = (value) => value === undefined || macAddress(value);
const shared: Test = (value) =>
  value === undefined || (typeof value === 'string' && value.length <= 200);

const masquerade: Shape = { rule: oneOf('masquerade'), subnet, bridge: link };
const passing: Shape = {
  rule: oneOf('between', 'outward', 'answers'),
  chain: oneOf('FORWARD', 'DOCKER-USER'),
  bridge: link,
};

function isRule(value: unknown): boolean {
  const kind = (value as { readonly rule?: unknown } | null)?.rule;
  return has(value, kind === 'masquerade' ? masquerade : passing);
}

/** What each kind of undo is made of (src/undo.ts). */
const shapes: Readonly<Record<Undo['kind'], Shape>> = {
  'delete-link': { kind: oneOf('delete-link'), link, group, address, mac, shared },
  'restore-bridge': {
    kind: oneOf('restore-bridge'),
    link,
    mac,
    mtu: (value) => Number.isInteger(value) && Number(value) > 0,
    up: (value) => typeof value === 'boolean',
    shared,
  },
  'restore-sysctl': {
    kind: oneOf('restore-sysctl'),
    key: switchKey,
    value: number,
    ours: number,
    unless: (value) => value === undefined || (Array.isArray(value) && value.every(switchKey)),
    shared,
  },
  'delete-rule': { kind: oneOf('delete-rule'), rule: isRule, shared },
  'end-container': {
    kind: oneOf('end-container'),
    container: matches(/^[a-z][a-z0-9-]{0,62}$/),
    shared,
  },
  'remove-cgroup': {
    kind: oneOf('remove-cgroup'),
    mount: oneOf(...cgroupMounts),
    cgroup: matches(/^ctr\.\d{1,12}\.[a-z][a-z0-9-]{0,30}\.[a-z][a-z0-9-]{0,62}$/),
    shared,
  },
};

/** Whether a value is an undo as it stands in a state file: nothing else is taken back. */
export function isUndo(value: unknown): value is Undo {
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  return (
    typeof kind === 'string' &&
    Object.hasOwn(shapes, kind) &&
    has(value, shapes[kind as Undo['kind']])
  );
}
