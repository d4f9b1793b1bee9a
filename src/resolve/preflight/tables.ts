import type { Facts } from '../../facts/index.ts';
import type { Problem } from '../../model/errors.ts';
import type { Lab, LabNetwork } from '../../model/lab.ts';
import { fullName, isOurTable, networkTable, networkTable6, portsTable } from '../../model/nft.ts';

function ofNetwork(network: LabNetwork): readonly string[] {
  const six = networkTable6(network);
  return [
    fullName({ table: networkTable(network) }),
    ...(six === undefined ? [] : [fullName({ family: 'ip6', table: six })]),
  ];
}

/** The tables of nft(8) that a lab's plan makes. */
function tablesOf({ name, networks, containers }: Lab): readonly string[] {
  const native = networks.filter(({ firewall }) => firewall === 'nftables');
  const publishing = containers
    .flatMap(({ attachments }) => attachments)
    .filter(({ network, ports }) => ports !== undefined && network.firewall === 'nftables');
  return [
    ...native.flatMap(ofNetwork),
    ...publishing.flatMap(({ network, container }) => {
      const table = portsTable(network.bridge, name, container);
      return [fullName({ table }), fullName({ family: 'ip6', table })];
    }),
  ];
}

/** Tables with the names of ours that no run has recorded: `nft create` would fail. */
export function takenTables(lab: Lab, facts: Facts): readonly Problem[] {
  if (facts.runs.includes(lab.name)) return [];
  const held = Object.values(facts.shared).flatMap((one) =>
    one.kind === 'nft-table' ? [fullName(one)] : [],
  );
  const there = [
    ...facts.firewall.chains
      .filter(({ family, table }) => isOurTable(family, table))
      .map(({ family, table }) => `${family} ${table}`),
    ...(facts.ipv6?.tables ?? []).map(fullName),
  ];
  const taken = tablesOf(lab).filter((table) => there.includes(table) && !held.includes(table));
  return [...new Set(taken)].map((table) => ({
    code: 'H044',
    place: table,
    message: {
      en: `the table ${table} of nftables already exists, and no run has recorded it`,
      zh: `nftables 的表 ${table} 已存在，而且没有运行实例记录过它`,
    },
    fix: {
      en: `run ctr gc; to look at it: nft list table ${table}`,
      zh: `运行 ctr gc；查看它：nft list table ${table}`,
    },
  }));
}
