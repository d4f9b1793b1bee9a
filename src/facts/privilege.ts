import { readFileSync } from 'node:fs';

/** capabilities(7): CAP_NET_ADMIN is bit 12, CAP_SYS_ADMIN bit 21. */
const needed = (1n << 12n) | (1n << 21n);

/** Whether this process may change networks and make namespaces. */
export function readPrivileged(): boolean {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    return (effective & needed) === needed;
  } catch {
    return false;
  }
}
