import { readdirSync, readFileSync } from 'node:fs';

const directory = '/proc/sys/';

/** One value of /proc/sys, or undefined if it does not exist. */
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

/** The sysctls that control forwarding on this host (kernel: networking/ip-sysctl). */
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
