import type { Facts } from '../../facts/index.ts';
import type { Problem } from '../../model/errors.ts';
import type { Lab } from '../../model/lab.ts';
import { isOurTable, networkTable, portsTable } from '../../model/nft.ts';

/** The tables of nft(8) that a lab's plan makes. */
function tablesOf({ name, networks, containers }: Lab): readonly string[] {
  const native = networks.filter(({ firewall }) => firewall === 'nftables');
  const publishing = containers
    .flatMap(({ attachments }) => attachments)
    .filter(({ network, ports }) => ports !== undefined && network.firewall === 'nftables');
  return [
    ...native.map(networkTable),
    ...publishing.map(({ network, container }) => portsTable(network.bridge, name, container)),
  ];
}

/** Tables with the names of ours that no run has recorded: `nft create` would fail. */
export function takenTables(lab: Lab, facts: Facts): readonly Problem[] {
  if (facts.runs.includes(lab.name)) return [];
  const held = Object.values(facts.shared).map((one) => ('table' in one ? one.table : ''));
  const there = facts.firewall.chains
    .filter(({ family, table }) => isOurTable(family, table))
    .map(({ table }) => table);
  const taken = tablesOf(lab).filter((table) => there.includes(table) && !held.includes(table));
  return [...new Set(taken)].map((table) => ({
    code: 'H044',
    place: table,
    message: {
      en: `the table ip ${table} of nftables already exists, and no run has recorded it`,
      zh: `nftables 的表 ip ${table} 已存在，而且没有运行实例记录过它`,
    },
    fix: {
      en: `run ctr gc; to look at it: nft list table ip ${table}`,
      zh: `运行 ctr gc；查看它：nft list table ip ${table}`,
    },
  }));
}
