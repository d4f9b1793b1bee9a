import { readFileSync } from 'node:fs';
import type { Runner } from '../exec/runner.ts';
import { type Connection, parseConnections } from '../facts/connections.ts';
import { parseRules, parseTables, parseWatchedLinks } from './parse.ts';
import type { Reading, WatchedLink, WatchedRule } from './reading.ts';

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

/** The rules of iptables(8), and of a run with tables of nft(8) those first: iptables need not be installed for them. */
async function rules(
  runner: Runner,
  bridges: ReadonlySet<string>,
  native: boolean,
): Promise<readonly WatchedRule[] | null> {
  const [saved, listed] = await Promise.all([
    runner.run(['iptables-save', '-c']),
    native ? runner.run(['nft', 'list', 'ruleset']) : undefined,
  ]);
  const ofIptables = saved.ok ? parseRules(saved.stdout, bridges) : null;
  if (listed === undefined) return ofIptables;
  return listed.ok ? [...parseTables(listed.stdout, bridges), ...(ofIptables ?? [])] : null;
}

/**
 * Reads the host and the containers once. Changes nothing.
 * @param native whether the run's rules are in tables of nft(8).
 * @param pids of the first processes, undefined for a container that has ended.
 */
export async function takeReading(
  runner: Runner,
  bridges: ReadonlySet<string>,
  native: boolean,
  pids: ReadonlyMap<string, number | undefined>,
): Promise<Reading> {
  const [links, found, tracked, containers] = await Promise.all([
    linksBy(runner, []),
    rules(runner, bridges, native),
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
      rules: found,
      connections: tracked,
    },
    containers,
  };
}
