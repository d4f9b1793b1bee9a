import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { sleep } from '../exec/processes.ts';

const settings = '/proc/sys/net/netfilter';
const table = '/proc/net/nf_conntrack';

/** Milliseconds after which a connection that nobody uses is forgotten; the kernel counts in seconds. */
const forgottenMs = 1100;
/** Milliseconds to wait for that at most. */
const limitMs = 4000;
const pauseMs = 20;

/**
 * Has the kernel of this sandbox host forget connections after a second (kernel: networking/nf_conntrack-sysctl). It
 * applies a NAT rule to the first packet of a connection only, and takes two pings with the same ID for one connection:
 * the pings of an experiment would be translated as those of the one before.
 */
export function forgetSoon(): void {
  const timeouts = readdirSync(settings).filter((name) =>
    /^nf_conntrack_(?:icmp|udp|tcp|generic)_timeout/.test(name),
  );
  for (const name of timeouts) writeFileSync(`${settings}/${name}`, '1');
}

function known(): string | undefined {
  try {
    return readFileSync(table, 'latin1');
  } catch {
    // A kernel without CONFIG_NF_CONNTRACK_PROCFS.
    return undefined;
  }
}

/** Waits until the kernel has forgotten every connection. */
export async function allForgotten(): Promise<void> {
  if (known() === undefined) return await sleep(forgottenMs);
  const end = performance.now() + limitMs;
  while (known() !== '' && performance.now() < end) await sleep(pauseMs);
}
