import type { Config } from '../config/schema.ts';
import { sleep } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import type { Facts, NeighbourFact } from '../facts/index.ts';
import { network } from '../facts/network.ts';
import { readAll } from '../facts/probe.ts';
import { isOurGroup } from '../model/names.ts';
import { settle } from '../resolve/lab.ts';

/** Milliseconds to wait for ARP replies. A neighbour answers within a few; a busy one may take this long. */
const answerMs = 100;
/**
 * Each taken address makes ctr pick another automatic one. After this many rounds ctr assumes that the rest are free.
 */
const rounds = 8;

/** Bridges with ports that are not ctr's: other machines may be behind them. */
function foreignBridges({ links }: Pick<Facts, 'links'>): ReadonlySet<string> {
  return new Set(links.flatMap(({ master, group }) => (isOurGroup(group) ? [] : (master ?? []))));
}

/** Addresses that the plan would assign on such bridges and that no known neighbour has. */
function open(config: Config, facts: Facts): readonly Pick<NeighbourFact, 'address' | 'dev'>[] {
  const bridges = foreignBridges(facts);
  const up = new Set(facts.links.flatMap((link) => (link.up ? link.name : [])));
  return settle(config, facts).lab.containers.flatMap(({ attachments }) =>
    attachments.flatMap(({ address, network: { bridge: dev } }) =>
      bridges.has(dev) && up.has(dev) ? [{ address, dev }] : [],
    ),
  );
}

/**
 * Probes bridges of others for the addresses that the plan would assign (RFC 5227). The kernel sends the ARP requests
 * when ctr adds a neighbour entry with `use` (ip-neighbour(8)). ctr deletes the entries that stay unanswered.
 * @returns the facts, including the neighbours that answered.
 */
export async function askAround(
  runner: Runner,
  config: Config,
  facts: Facts,
  hold: number,
): Promise<Facts> {
  const told = (neighbours: readonly NeighbourFact[]): Facts => ({
    ...facts,
    ...(neighbours.length > 0 ? { neighbours } : {}),
  });
  let known = facts.neighbours ?? [];
  const asked = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const key = ({ address, dev }: Pick<NeighbourFact, 'address' | 'dev'>) =>
      `${address} dev ${dev}`;
    const due = open(config, told(known))
      .map(key)
      .filter((one) => !asked.has(one));
    const fresh = due.filter((one) => !known.some((neighbour) => key(neighbour) === one));
    if (fresh.length === 0) break;
    for (const one of fresh) asked.add(one);
    const batch = (lines: readonly string[]) =>
      runner.run(['ip', '-force', '-batch', '-'], { hold, input: `${lines.join('\n')}\n` });
    await batch(fresh.map((one) => `neigh replace ${one} nud none use`));
    await sleep(answerMs);
    const { neighbours = [] } = (await readAll(runner, { network }, { hold })).network;
    known = [...known, ...neighbours.filter((one) => fresh.includes(key(one)))];
    const silent = fresh.filter((one) => !known.some((neighbour) => key(neighbour) === one));
    if (silent.length > 0) await batch(silent.map((one) => `neigh del ${one}`));
  }
  return told(known);
}
