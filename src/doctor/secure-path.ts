import { readFileSync } from 'node:fs';
import { findTool } from '../facts/tools.ts';
import type { Host } from './host.ts';

/** What the distributions set in sudoers(5). That file itself is only for root to read. */
const usual = {
  debian: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  fedora: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  suse: '/usr/sbin:/usr/bin:/sbin:/bin',
} as const;

/** The value of secure_path in sudoers(5), if it is set. */
export function parseSecurePath(text: string): string | undefined {
  return /^\s*Defaults\s.*?secure_path\s*=\s*"?([^"\n,]+)"?/m.exec(text)?.[1]?.trim();
}

/**
 * The search path under sudo(8), or undefined if there is no sudo, or sudo keeps the user's PATH. sudo itself is not
 * run: it would write to the system's log.
 */
export function secureDirectories(host: Host): string | undefined {
  if (findTool('sudo') === null) return undefined;
  try {
    return parseSecurePath(readFileSync('/etc/sudoers', 'utf8'));
  } catch {
    const { family } = host.distribution;
    return Object.hasOwn(usual, family) ? usual[family as keyof typeof usual] : undefined;
  }
}
