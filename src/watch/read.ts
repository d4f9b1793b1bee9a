import { readFileSync } from 'node:fs';
import type { Runner } from '../exec/runner.ts';
import { type Connection, parseConnections } from '../facts/connections.ts';
import { parseRules, parseWatchedLinks } from './parse.ts';
import type { Reading, WatchedLink } from './reading.ts';

const addresses = ['ip', '-j', 'addr', 'show'];

async function linksBy(
  runner: Runner,
  first: readonly string[],
): Promise<readonly WatchedLink[] | null> {
  const read = await runner.run([...first, ...addresses]);
  return read.ok ? parseWatchedLinks(read.stdout) : null;
}

/** Connection tracking by the kernel's file, which not every kernel has, otherwise by conntrack(8). */
async function connections(runner: Runner): Promise<readonly Connection[] | null> {
  try {
    return parseConnections(readFileSync('/proc/self/net/nf_conntrack', 'utf8'));
  } catch {
    const listed = await runner.run(['conntrack', '-L', '-f', 'ipv4']);
    return listed.ok ? parseConnections(listed.stdout) : null;
  }
}

/**
 * Reads the host and the containers once. Changes nothing.
 * @param pids of the first processes, undefined for a container that has ended.
 */
export async function takeReading(
  runner: Runner,
  bridges: ReadonlySet<string>,
  pids: ReadonlyMap<string, number | undefined>,
): Promise<Reading> {
  const [links, saved, tracked, containers] = await Promise.all([
    linksBy(runner, []),
    runner.run(['iptables-save', '-c']),
    connections(runner),
    Promise.all(
      [...pids].map(async ([name, pid]) => ({
        name,
        links:
          pid === undefined
            ? null
            : await linksBy(runner, ['nsenter', '--target', String(pid), '--net']),
      })),
    ),
  ]);
  return {
    host: {
      links,
      rules: saved.ok ? parseRules(saved.stdout, bridges) : null,
      connections: tracked,
    },
    containers,
  };
}
