import { readFileSync } from 'node:fs';

/** Host tests change the network of their host, so they must run in a sandbox host. */
export function assertSandbox(): void {
  const hostname = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
  if (hostname !== 'sandbox')
    throw new Error('run host tests with npm run test:host, in a sandbox host');
}
