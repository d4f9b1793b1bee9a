import { readdirSync, readFileSync } from 'node:fs';

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

/** The values that decide whether this host forwards (kernel: networking/ip-sysctl). */
export function readSysctls(): Readonly<Record<string, string>> {
  const keys = [
    'net/ipv4/ip_forward',
    ...interfaces().map((name) => `net/ipv4/conf/${name}/forwarding`),
    'net/bridge/bridge-nf-call-iptables',
  ];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = readSysctl(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
