import type { OwnTable } from '../facts/own-tables.ts';
import { type Argv, cmd } from '../model/command.ts';
import { mark } from '../model/names.ts';
import { fullName } from '../model/nft.ts';
import type { NftTable } from '../model/resource.ts';
import type { Judgement, Leftover, ResourceKind } from './kind.ts';

function deleteTable({ family, table }: Pick<NftTable, 'family' | 'table'>): Argv {
  return cmd`nft delete table ${family ?? 'ip'} ${table}`;
}

const others = 'it also holds what ctr did not add';

/** Whose a table with one of ctr's names is. */
function stateOf({ rules, chains, foreign }: OwnTable): Judgement {
  if (rules.length === 0 && (chains.length === 0 || foreign.length > 0))
    return { state: 'foreign' };
  return foreign.length > 0 ? { state: 'in-use', found: others } : { state: 'ours' };
}

function leftover(found: OwnTable): Leftover {
  const argv = deleteTable(found).map(String);
  return stateOf(found).state === 'in-use' ? { argv, users: others } : { argv };
}

/** nft(8), "Tables". */
export const nftTable: ResourceKind<NftTable, 'tables'> = {
  reads: { tables: true },
  judge(wanted, { tables }) {
    if (tables === undefined) return undefined;
    const found = tables.find((one) => fullName(one) === fullName(wanted));
    return found === undefined ? { state: 'absent', found: 'no such table' } : stateOf(found);
  },
  removal: {
    id: 'delete-tables',
    title: { en: 'Delete the tables of nftables', zh: '删除 nftables 的表' },
    why: {
      en: 'The rules stand in tables that hold nothing else, so one command removes a table with its chains and rules, in one transaction. No other table is touched.',
      zh: '这些规则都在 ctr 自己的表里，表里没有别的内容。所以一条命令、一次事务就把整张表连同它的链和规则一起删除，不影响其他表。',
    },
    one: deleteTable,
    guard: ({ bridge, run, ...table }) => [
      `nft list table ${fullName(table)} 2>/dev/null | grep -q 'comment "${mark(bridge, run)}"' || return 0`,
    ],
  },
  says: (one) => ({ en: `table ${fullName(one)}`, zh: `表 ${fullName(one)}` }),
  strays({ tables = [] }, recorded, unreadable) {
    if (unreadable.size > 0) return [];
    const known = new Set(recorded.map(fullName));
    return tables
      .filter((one) => !known.has(fullName(one)) && stateOf(one).state !== 'foreign')
      .map(leftover);
  },
};
