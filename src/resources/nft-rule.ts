import type { OwnTable } from '../facts/own-tables.ts';
import { fullName, nftSpec, tableOf } from '../model/nft.ts';
import type { NftRule } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';

/** The words of a rule, sorted, and lists with them: the same for two spellings of one rule. */
function essence(text: string): string {
  return text
    .split(/[ ,]+/)
    .filter((word) => word !== '{' && word !== '}')
    .sort()
    .join(' ');
}

/** Whether two texts of nft(8) are the same rule. */
export function isSameRule({ rule }: NftRule, text: string): boolean {
  return essence(nftSpec(rule).words.map(String).join(' ')) === essence(text);
}

function isIn(one: NftRule, found: OwnTable): boolean {
  const { chain } = nftSpec(one.rule);
  return (
    fullName(found) === tableOf(one) &&
    found.rules.some((rule) => rule.chain === chain && isSameRule(one, rule.text))
  );
}

/** nft(8), "Rules". It goes with its table. */
export const nftRule: ResourceKind<NftRule, 'tables'> = {
  reads: { tables: true },
  judge(one, { tables }) {
    if (tables === undefined) return undefined;
    if (tables.some((table) => isIn(one, table))) return { state: 'ours' };
    return { state: 'absent', found: 'no such rule' };
  },
  says(one) {
    const { chain, words } = nftSpec(one.rule);
    const what = `${tableOf(one)} ${chain} ${words.join(' ')}`;
    return { en: `rule ${what}`, zh: `规则 ${what}` };
  },
};
