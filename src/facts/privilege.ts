import { readFileSync } from 'node:fs';

/** capabilities(7): CAP_NET_ADMIN is bit 12, CAP_SYS_ADMIN bit 21. */
const needed = (1n << 12n) | (1n << 21n);

/** The ids from 0 on that are somebody here: all of them, or one where an ordinary user is root. */
export function readUserIds(): number {
  try {
    const read = (path: string) => readFileSync(path, 'utf8').trim();
    if (read('/proc/sys/user/max_user_namespaces') === '0') return 0;
    const counts = ['/proc/self/uid_map', '/proc/self/gid_map'].map((path) => {
      const [inside, , count] = read(path).split(/\s+/).map(Number);
      return inside === 0 ? (count ?? 0) : 0;
    });
    return Math.min(...counts);
  } catch {
    return 0;
  }
}

/** Whether this process may change networks and make namespaces. */
export function readPrivileged(): boolean {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    return (effective & needed) === needed;
  } catch {
    return false;
  }
}
