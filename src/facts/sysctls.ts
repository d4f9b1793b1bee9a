import { readdirSync, readFileSync } from 'node:fs';
import { isOuterName } from '../names.ts';

const directory = '/proc/sys/';

/** One value of /proc/sys, or undefined when it is not there. */
export function readSysctl(key: string): string | undefined {
  try {
    return readFileSync(`${directory}${key}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function interfaces(): readonly string[] {
  try {
    return readdirSync(`${directory}net/ipv4/conf`);
  } catch {
    return [];
  }
}

/** Interfaces that take a packet only where they would send to its source; loose is what `all` makes them at 2. */
function strictKeys(): readonly string[] {
  const key = (name: string) => `net/ipv4/conf/${name}/rp_filter`;
  if (readSysctl(key('all')) === '2') return [];
  return interfaces()
    .filter((name) => !isOuterName(name))
    .map(key)
    .filter((one) => readSysctl(one) === '1');
}

/** The values that decide what this host passes on and takes (kernel: networking/ip-sysctl). */
export function readSysctls(): Readonly<Record<string, string>> {
  const keys = [
    'net/ipv4/ip_forward',
    ...interfaces().map((name) => `net/ipv4/conf/${name}/forwarding`),
    'net/bridge/bridge-nf-call-iptables',
  ];
  return Object.fromEntries(
    [...keys, ...strictKeys()].flatMap((key) => {
      const value = readSysctl(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
