import { existsSync, readFileSync } from 'node:fs';
import type { Probe } from './probe.ts';

/** Whether keyctl(1) can start a process with a new session keyring. Some sandboxes forbid keyctl(2). */
export function keyring(keyctl: string): Probe<readonly string[]> {
  return { argv: [keyctl, 'session', '-', 'true'], parse: () => [keyctl], absent: [] };
}

/**
 * Whether keyctl certainly works, so that ctr need not try it: the kernel has keyrings(7), and no seccomp filter is
 * active (proc_pid_status(5)).
 */
export function hasKeyrings(): boolean {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return existsSync('/proc/key-users') && /^Seccomp:\s*0$/m.test(status);
  } catch {
    return false;
  }
}
