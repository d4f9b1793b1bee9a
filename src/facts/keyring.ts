import type { Probe } from './probe.ts';

/** Whether keyctl(1) may give a process another session keyring: some sandboxes forbid keyctl(2). */
export function keyring(keyctl: string): Probe<readonly string[]> {
  return { argv: [keyctl, 'session', '-', 'true'], parse: () => [keyctl], absent: [] };
}
