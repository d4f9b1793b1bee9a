import { existsSync, readFileSync } from 'node:fs';
import type { Probe } from './probe.ts';

/** Whether keyctl(1) may give a process another session keyring: some sandboxes forbid keyctl(2). */
export function keyring(keyctl: string): Probe<readonly string[]> {
  return { argv: [keyctl, 'session', '-', 'true'], parse: () => [keyctl], absent: [] };
}

/**
 * Whether that need not be tried: the kernel has keyrings (keyrings(7)), and no filter stands before its
 * system calls (proc_pid_status(5), Seccomp).
 */
export function hasKeyrings(): boolean {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return existsSync('/proc/key-users') && /^Seccomp:\s*0$/m.test(status);
  } catch {
    return false;
  }
}
