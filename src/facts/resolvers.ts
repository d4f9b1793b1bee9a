import { readFileSync } from 'node:fs';
import { addressPattern } from '../model/ipv4.ts';

/** The servers a resolv.conf(5) names, without stubs that answer on the host's own loopback. */
export function parseResolvers(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .filter((address) => addressPattern.test(address) && !address.startsWith('127.'));
}

/** systemd-resolved(8) keeps the real servers in a file of its own beside the stub. */
const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

export function readResolvers(): readonly string[] {
  for (const file of files) {
    try {
      const found = parseResolvers(readFileSync(file, 'utf8'));
      if (found.length > 0) return found;
    } catch {
      // Not there: the next one.
    }
  }
  return [];
}
