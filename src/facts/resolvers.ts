import { readFileSync } from 'node:fs';
import { addressPattern } from '../model/ipv4.ts';

/** The name servers of a resolv.conf(5) that have IPv4 addresses, in order. */
export function parseNameServers(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .filter((address) => addressPattern.test(address));
}

/** The same without stubs on the host's loopback addresses. */
export function parseResolvers(text: string): readonly string[] {
  return parseNameServers(text).filter((address) => !address.startsWith('127.'));
}

/** The second file is where systemd-resolved(8) lists the servers behind its stub. */
const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

export function readResolvers(): readonly string[] {
  for (const file of files) {
    try {
      const found = parseResolvers(readFileSync(file, 'utf8'));
      if (found.length > 0) return found;
    } catch {
      // The file does not exist. Try the next one.
    }
  }
  return [];
}
